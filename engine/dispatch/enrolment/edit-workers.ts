// workers.yml as text: an entry more, or a worker that is revoked. Every other byte stays as it is.
import { entryText, type ListedWorker, type Worker } from './worker.ts';

const HEAD = [
  '# Who may take part in dispatched runs, by name: public keys alone. `vrun worker add` and `vrun worker revoke` write here.',
  '# What the broker has to allow them is printed by `vrun worker permissions`.',
  '',
].join('\n');

/** The text with these entries at its end; without a text, a new file. */
export function withWorkers(text: string | undefined, workers: readonly Worker[]): string {
  const before = text ?? HEAD;
  return [...(before === '' ? [] : [before.replace(/\n?$/, '\n')]), ...workers.map(entryText)].join('\n');
}

/** The text with the time of revocation behind the worker's last field. */
export function withRevoked(text: string, { last: { keyAt, at } }: ListedWorker, time: string): string {
  const lines = text.split('\n');
  const line = lines[at.line - 1] ?? '';
  const indent = keyAt.text.slice(0, keyAt.column - 1);
  const end = at.column - 1 + at.length;
  if (indent.trim() === '') lines.splice(at.line, 0, `${indent}revoked: ${time}${line.endsWith('\r') ? '\r' : ''}`);
  else lines[at.line - 1] = `${line.slice(0, end)}, revoked: ${time}${line.slice(end)}`;
  return lines.join('\n');
}
