// parallel-ssh, and Node itself.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FORKS } from '../forks.js';
import { sshOptions } from '../hosts.js';
import { BENCH } from '../place.js';
import { run } from '../program.js';

/** @type {import('../runner.js').Side} */
export const parallelSsh = {
  async run({ way, directory }) {
    const [addresses, output] = [join(directory, 'addresses'), join(directory, 'parallel-ssh')];
    await writeFile(addresses, `${way.hosts.map(({ address }) => address).join('\n')}\n`);
    const extra = ['-x', sshOptions(way.knownHosts).join(' ')];
    const args = ['-h', addresses, '-l', 'ops', '-p', `${FORKS}`, '-t', '0', '-o', output, ...extra, 'uname -n'];
    const { seconds, stdout } = await run('parallel-ssh', args, { mayFail: true });
    await rm(output, { recursive: true });
    return { seconds, failed: way.hosts.length - [...stdout.matchAll(/\[SUCCESS\]/g)].length };
  },
};

/** @type {import('../runner.js').Side} */
export const node = {
  async run() {
    return { seconds: (await run(process.execPath, ['-e', '0'])).seconds };
  },
};

/** @type {import('../runner.js').Side} */
export const yamlAlone = {
  async run({ documents }) {
    return { seconds: (await run(process.execPath, [join(BENCH, 'parse.js'), ...documents])).seconds };
  },
};
