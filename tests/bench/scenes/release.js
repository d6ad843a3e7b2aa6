// A signed release of ten thousand files, deployed.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanHosts, onAll } from '../hosts.js';
import { VRUN } from '../place.js';
import { run } from '../program.js';
import { tar } from '../sides/ssh.js';
import { writeTree } from './files.js';
import { writeRunbook } from './runbook.js';

/** @type {import('../runner.js').Scene} */
export const release = {
  async prepare(stage) {
    const { way, directory } = stage;
    const [source, key, signers] = ['release', 'proof-key', 'signers'].map((name) => join(directory, name));
    await writeTree(source, { directories: 100, files: 100, bytes: 20_000 });
    await writeFile(join(source, 'package-lock.json'), '{}\n');
    await run(process.execPath, [VRUN, 'proof', 'init', '--key', key, '--allowed-signers', signers]);
    const signing = ['--key', key, '--commit', 'c0ffee'.padEnd(40, '0'), '--gate', 'lint=passed'];
    await run(process.execPath, [VRUN, 'proof', 'sign', source, ...signing], { cwd: directory });
    const dest = '/srv/bench/release';
    await cleanHosts(way.hosts);
    await onAll(way.hosts, 'install -d -o ops /srv/bench');
    await tar.run({ ...stage, source, dest });
    const proof = { path: dest, manifest: join(source, 'manifest.json'), allowed_signers: signers, gates: ['lint'] };
    const runbook = await writeRunbook(directory, { tasks: [{ name: 'As signed', 'proof-verify': proof }] });
    return { runbook, dest };
  },
};
