// Many tasks about files, many files, and one that is large.
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { probeScripts } from '../floor.js';
import { cleanHosts, onAll } from '../hosts.js';
import { run } from '../program.js';
import { rsync } from '../sides/ssh.js';
import { vrun } from '../sides/vrun.js';
import { writeRunbook } from './runbook.js';

/** On the hosts: it belongs to whoever logs in. */
const HOME = '/srv/bench';

const DIGEST = 'find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum';

/** @type {import('../runner.js').Scene} */
export const tasks = {
  async prepare(stage) {
    await cleanHosts(stage.way.hosts);
    const runbook = await writeRunbook(stage.directory, {
      become: true,
      tasks: Array.from({ length: 300 }, (_, index) => ({
        name: `Directory ${index + 1}`,
        file: { path: `${HOME}/${index + 1}`, state: 'directory', owner: 'root', group: 'root', mode: '0755' },
      })),
    });
    await vrun.run({ ...stage, runbook });
    return { runbook, reads: await probeScripts(runbook, stage.way.inventory) };
  },
};

/** @type {import('../runner.js').Scene} */
export const emptyTree = {
  prepare: prepareTree,
  async before({ way, dest }) {
    await onAll(way.hosts, `rm -rf ${dest}`);
  },
  after: sameTree,
};

/** @type {import('../runner.js').Scene} */
export const tree = {
  async prepare(stage) {
    const ready = { ...stage, ...(await prepareTree(stage)) };
    await vrun.run(ready);
    await rsync.run(ready); // which goes by times, and may want others
    return ready;
  },
  after: sameTree,
};

/** @type {import('../runner.js').Scene} */
export const largeFile = {
  async prepare({ way, directory }) {
    await cleanHosts(way.hosts);
    await onAll(way.hosts, `install -d -o ops ${HOME}`);
    const [source, dest] = [join(directory, 'large'), `${HOME}/large`];
    const content = randomBytes(100_000_000);
    await writeFile(source, content);
    const digest = createHash('sha256').update(content).digest('hex');
    const runbook = await writeRunbook(directory, { tasks: [{ name: 'The file', copy: { src: source, dest } }] });
    return { runbook, source, dest, digest };
  },
  async before({ way, dest }) {
    await onAll(way.hosts, `rm -f ${dest}`);
  },
  async after({ way, dest, digest }) {
    for (const said of await onAll(way.hosts, `sha256sum ${dest}`)) {
      if (said !== `${digest}  ${dest}\n`) throw new Error('The file is not what was sent.');
    }
  },
};

async function prepareTree({ way, directory }) {
  await cleanHosts(way.hosts);
  await onAll(
    way.hosts,
    `{ apt-get -q update && apt-get -q -y install rsync; } >/dev/null && install -d -o ops ${HOME}`,
  );
  const [source, dest] = [join(directory, 'tree'), `${HOME}/tree`];
  await writeTree(source, { directories: 100, files: 20, bytes: 13_000 });
  const runbook = await writeRunbook(directory, { tasks: [{ name: 'The tree', sync: { src: `${source}/`, dest } }] });
  const { stdout } = await run('sh', ['-c', DIGEST], { cwd: source });
  return { runbook, source, dest, digest: stdout };
}

async function sameTree({ way, dest, digest }) {
  const [said] = await onAll(way.hosts, `cd ${dest} && ${DIGEST}`);
  if (said !== digest) throw new Error('The tree is not what was sent.');
}

/** Files of random bytes, from a few to `bytes`. */
export async function writeTree(directory, { directories, files, bytes }) {
  for (let outer = 0; outer < directories; outer += 1) {
    const place = join(directory, `d${outer}`);
    await mkdir(place, { recursive: true });
    for (let inner = 0; inner < files; inner += 1) {
      const size = 1 + Math.floor((bytes * (inner + 0.5)) / files);
      await writeFile(join(place, `f${inner}`), randomBytes(size));
    }
  }
}
