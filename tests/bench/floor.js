// The floor: the reads that vrun makes of a host, as one script without anything around it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { listedModules } from '../../build-modules.js';
import { programs } from '../../build-programs.js';
import { ROOT } from './place.js';

/**
 * Asks the engine, from its sources, what it would send to each host first. The working directory is the project.
 * @param {string} runbook  absolute path
 * @param {string} inventory  absolute path
 * @returns {Promise<ReadonlyMap<string, string>>} POSIX sh by host
 */
export async function probeScripts(runbook, inventory) {
  const directory = await mkdtemp(join(tmpdir(), 'vrun-bench-'));
  const outfile = join(directory, 'reads.cjs');
  try {
    await build({
      absWorkingDir: ROOT,
      entryPoints: ['tests/bench/reads.ts'],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: ['cpu-features', '*.node'],
      plugins: [listedModules(ROOT).esbuild, programs(ROOT).esbuild],
      logLevel: 'error',
    });
    const { readsOf } = await import(outfile);
    return await readsOf(ROOT, { runbook, inventory });
  } finally {
    await rm(directory, { recursive: true });
  }
}
