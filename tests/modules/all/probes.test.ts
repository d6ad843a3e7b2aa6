// Every module's probe, in every situation that transcripts are recorded in, is POSIX sh, as dash and shellcheck
// understand it, and reads only. That dash, bash and BusyBox find the same is seen where they are recorded.
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { modules } from '../../../modules/index.ts';
import { SHELLCHECK, shellcheck } from '../harness/shellcheck.ts';
import { situations } from '../harness/situations.ts';
import { probesOf } from '../harness/transcript.ts';

if (!SHELLCHECK) console.warn('SKIPPED shellcheck of probes: shellcheck is not installed.');

/** Steps may do what probes may not: a word of these at the start of a command is a probe that writes. */
const WRITERS =
  /(^|[;&|({]|\bthen|\bdo|\belse)\s*(rm|mv|cp|ln|mkdir|rmdir|touch|chmod|chown|chgrp|tee|install|truncate|useradd|usermod|userdel|systemctl (start|stop|restart|enable|disable))\s/m;

/** These read nothing of a host. */
const BLIND = ['assert', 'debug', 'fail', 'meta', 'pause', 'set-fact'];

const readers = modules.filter(({ name }) => !BLIND.includes(name));

describe.each(readers.map((module) => [module.name, module] as const))('%s', (name, module) => {
  // What a user's own command does is the user's affair.
  const scripts = (situations.get(name) ?? [])
    .filter(({ readOnly }) => readOnly === undefined)
    .flatMap((situation) => probesOf(module, situation))
    .map(({ script }) => `${script}\n`);
  const probes = [...new Set(scripts)];

  test('has situations', () => {
    expect(probes.length, `tests/modules/${name}/situations.ts`).toBeGreaterThan(0);
  });

  test('dash reads its probes', () => {
    for (const probe of probes) {
      const { status, stderr } = spawnSync('dash', ['-n'], { input: probe, encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    }
  });

  test.runIf(SHELLCHECK)('shellcheck has nothing against them', () => {
    expect(shellcheck(probes)).toBe('');
  });

  test('they write nothing', () => {
    for (const probe of probes) expect(probe).not.toMatch(WRITERS);
  });
});

test('modules without a probe have no situations', () => {
  expect([...situations.keys()].filter((name) => BLIND.includes(name))).toEqual([]);
});

test.runIf(SHELLCHECK)('what shellcheck has something against is told each time', () => {
  const scripts = ['echo fine\n', '[[ a ]]\n'];
  expect(shellcheck(scripts)).toContain('SC3010');
  expect(shellcheck(scripts)).toContain('SC3010');
});
