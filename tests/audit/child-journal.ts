// Writes a journal in a process that may not write files beyond 64 KiB: what a full disk is like.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { Journal, newSessionKey } from '../../engine/audit/journal/journal.ts';
import { taskEvents } from './run-data.ts';

const [directory = ''] = process.argv.slice(2);
execFileSync('prlimit', [`--pid=${process.pid}`, '--fsize=65536:65536']);
process.on('SIGXFSZ', () => {});
const session = newSessionKey();
const file = path.join(directory, 'journal.jsonl');
const journal = await Journal.create(file, { run: 'r', prev: '0'.repeat(64), session });
const [event] = taskEvents('r', 'web1', 'x');
const errors: string[] = [];
const note = (error: unknown): void => {
  errors.push(error instanceof Error && 'code' in error ? String(error.code) : String(error));
};
while (errors.length === 0) {
  journal.append(event);
  const [first, second] = [journal.durable(), journal.durable()];
  await first.catch(note);
  await second.catch(note);
}
try {
  journal.append(event);
} catch (error) {
  note(error);
}
await journal.close().catch(note);
process.stdout.write(JSON.stringify({ sessionKey: session.publicKey, errors }));
