// vrun, as people run it: the built command line, with its record.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FORKS } from '../forks.js';
import { BENCH, VRUN } from '../place.js';
import { run } from '../program.js';

/** @type {import('../runner.js').Side} */
export const vrun = {
  async run({ way, directory, command, runbook = '', check = false, usage = false }) {
    if (command) return { seconds: (await run(process.execPath, [VRUN, ...command], { cwd: directory })).seconds };
    const report = join(directory, 'usage.json');
    const args = [
      ...(usage ? ['--require', join(BENCH, 'usage.cjs')] : []),
      ...[VRUN, runbook, '-i', way.inventory, '--forks', `${FORKS}`, '--output', 'json'],
      ...(check ? ['--check'] : []),
    ];
    const { seconds, stdout } = await run(process.execPath, args, {
      cwd: directory,
      env: { VRUN_BENCH_USAGE: report },
      mayFail: usage, // hosts that couldn't be reached are a figure there
    });
    const hosts = Object.values(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '').hosts);
    return {
      seconds,
      changed: hosts.reduce((sum, { changed }) => sum + changed, 0),
      failed: hosts.filter(({ failed, unreachable }) => failed > 0 || unreachable).length,
      messages: Math.max(...hosts.map(({ messages }) => messages)),
      ...(usage ? { megabytes: JSON.parse(await readFile(report, 'utf8')).maxRSS / 1024 } : {}),
    };
  },
};
