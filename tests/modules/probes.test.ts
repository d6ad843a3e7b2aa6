// Every module's probe is POSIX sh, as dash and shellcheck understand it, and reads only.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { modules } from '../../modules/index.ts';
import { asFile, sampleProbes, sampleWants } from './samples.ts';

const SHELLCHECK = spawnSync('shellcheck', ['--version']).error === undefined;
if (!SHELLCHECK) console.warn('SKIPPED shellcheck of probes: shellcheck is not installed.');

/** Steps may do what probes may not: a word of these at the start of a command is a probe that writes. */
const WRITERS =
  /(^|[;&|({]|\bthen|\bdo|\belse)\s*(rm|mv|cp|ln|mkdir|rmdir|touch|chmod|chown|chgrp|tee|install|truncate|useradd|usermod|userdel|systemctl (start|stop|restart|enable|disable))\s/m;

/** Warnings that our scripts can't mean: literal words from the inventory, fields of `read` that aren't used. */
const EXCLUDED = ['SC2016', 'SC2034', 'SC2043', 'SC2088', 'SC1083', 'SC3043'].join(',');

describe.each(modules.map((module) => [module.name, module] as const))('%s', (name, module) => {
  const wants = sampleWants(module);

  test('has samples', () => {
    expect(wants, `tests/modules/samples/${name}.json is missing`).toBeDefined();
  });

  const probes = sampleProbes(module, wants ?? []);
  test.runIf(probes.length > 0)('dash reads its probes', () => {
    for (const probe of probes) {
      const { status, stderr } = spawnSync('dash', ['-n'], { input: asFile(probe), encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    }
  });

  test.runIf(probes.length > 0 && SHELLCHECK)('shellcheck has nothing against them', () => {
    const { stdout } = spawnSync('shellcheck', ['-s', 'sh', '-S', 'warning', '-e', EXCLUDED, '-'], {
      input: probes.map(asFile).join('\n'),
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
  });

  test.runIf(probes.length > 0)('they write nothing', () => {
    for (const probe of probes) expect(asFile(probe)).not.toMatch(WRITERS);
  });
});
