// Records what the modules' probes print on a lab host, as transcripts for the tests of their parsers. The modules are
// TypeScript, so what records is bundled first.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { listedModules } from '../../build-modules.js';
import { programs } from '../../build-programs.js';
import { listedSituations } from '../modules/harness/listed-situations.js';
import { offerApp } from './app-offer.js';
import { address, borrow, exec, KEY_FILE, KNOWN_HOSTS_FILE, reset } from './lab-api.js';
import { chosenSuite } from './plan.js';
import { versionsOn } from './versions.js';

const ROOT = join(import.meta.dirname, '../..');
/** A module's transcripts lie in MODULE/transcripts/SUITE. */
const MODULES = join(ROOT, 'tests/modules');

/** Described in capture.d.ts. */
export async function capture(modules, say, directory = MODULES) {
  const recordTranscripts = await bundled();
  if (modules.length === 0 || modules.includes('prisma-migrate')) await offerApp(['v1', 'v2', 'failing-migration']);
  const { names, release } = await borrow(1);
  const [host = ''] = names;
  try {
    const faults = await recordTranscripts(
      {
        host,
        suite: chosenSuite(),
        address: address(host),
        keyFile: KEY_FILE,
        knownHostsFile: KNOWN_HOSTS_FILE,
        directory,
        reset: () => reset(host),
        exec: (command) => exec(host, command),
        say,
      },
      modules,
    );
    if (directory === MODULES) await recordVersions(host);
    return faults;
  } finally {
    release();
  }
}

/** @param {string} host */
async function recordVersions(host) {
  await reset(host);
  const versions = await versionsOn((command) => exec(host, command));
  const file = join(import.meta.dirname, 'versions', `${chosenSuite()}.json`);
  await writeFile(file, `${JSON.stringify(versions, undefined, 2)}\n`);
}

async function bundled() {
  const directory = join(ROOT, 'node_modules/.cache/vrun-lab');
  const bundle = join(directory, `record-${process.pid}.mjs`);
  await mkdir(directory, { recursive: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['tests/modules/harness/record-transcripts.ts'],
    outfile: bundle,
    bundle: true,
    packages: 'external',
    plugins: [listedModules(ROOT).esbuild, programs(ROOT).esbuild, listedSituations.esbuild],
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
    // A module that is required when it is first needed stays that.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  try {
    const { recordTranscripts } = await import(pathToFileURL(bundle).href);
    return recordTranscripts;
  } finally {
    await rm(bundle);
  }
}
