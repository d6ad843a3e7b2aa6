// What stock ssh, scp, rsync and tar do: the floors.
import { sshAll, sshOptions } from '../hosts.js';
import { run } from '../program.js';

/** @type {import('../runner.js').Side} */
export const floor = {
  async run({ way, reads }) {
    return { seconds: (await sshAll(way, 'sudo sh', ({ name }) => reads.get(name))).seconds };
  },
};

/** @type {import('../runner.js').Side} */
export const shellScript = {
  async run({ way, scripts }) {
    return { seconds: (await sshAll(way, 'sudo sh', ({ name }) => scripts.get(name))).seconds };
  },
};

/** @type {import('../runner.js').Side} */
export const login = {
  async run({ way }) {
    return { seconds: (await sshAll(way, 'true')).seconds };
  },
};

/** @type {import('../runner.js').Side} */
export const sha256sum = {
  async run({ way, dest }) {
    const { seconds, stdout } = await sshAll(way, `cd ${dest} && find . -type f -print0 | xargs -0 sha256sum`);
    return { seconds, files: stdout[0].trimEnd().split('\n').length };
  },
};

/** @type {import('../runner.js').Side} */
export const scp = {
  async run({ way, source, dest }) {
    const began = performance.now();
    await Promise.all(
      way.hosts.map(({ address, port }) =>
        run('scp', ['-q', ...sshOptions(way.knownHosts), '-P', `${port}`, source, `ops@${address}:${dest}`]),
      ),
    );
    return { seconds: (performance.now() - began) / 1000 };
  },
};

/** @type {import('../runner.js').Side} */
export const tar = {
  async run({ way, source, dest }) {
    const [{ address, port }] = way.hosts;
    const ssh = ['ssh', ...sshOptions(way.knownHosts), '-p', `${port}`, `ops@${address}`].join(' ');
    const pipe = `tar -C '${source}' -c . | ${ssh} 'mkdir -p ${dest} && tar -C ${dest} -x'`;
    return { seconds: (await run('sh', ['-c', pipe])).seconds };
  },
};

/** @type {import('../runner.js').Side} */
export const rsync = { run: (stage) => rsyncWith(stage, []) };

/** @type {import('../runner.js').Side} */
export const rsyncByContent = { run: (stage) => rsyncWith(stage, ['--checksum']) };

/** rsync tells what it changed, a line each. */
async function rsyncWith({ way, source, dest }, options) {
  const [{ address, port }] = way.hosts;
  const ssh = ['ssh', ...sshOptions(way.knownHosts), '-p', `${port}`].join(' ');
  const args = ['-a', '--delete', ...options, '--out-format=%n', '-e', ssh, `${source}/`, `ops@${address}:${dest}`];
  const { seconds, stdout } = await run('rsync', args);
  return { seconds, changed: stdout.trim() === '' ? 0 : 1 };
}
