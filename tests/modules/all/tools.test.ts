// Every program of coreutils that scripts for hosts call, with each option that they give it, does what they rely on: GNU's and BusyBox's here,
// uutils' on a host of the lab (tests/law/tools.test.ts). A new one fails until there is a row that tries it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GIVEN, ROWS } from './tool-rows.ts';
import { callsIn, scriptsOfEngine, scriptsOfModules } from './tools.ts';

const MODULES = join(import.meta.dirname, '..');

test('every program with each of its options is tried', () => {
  const scripts = scriptsOfModules((module, situation) =>
    JSON.parse(readFileSync(join(MODULES, module, `transcripts/bookworm/${situation}.json`), 'utf8')),
  );
  const called = new Set([...scripts, ...scriptsOfEngine()].flatMap(callsIn));
  expect(called.size).toBeGreaterThan(80);
  const tried = new Set(ROWS.flatMap(({ run }) => callsIn(run)));
  expect([...called].filter((call) => !tried.has(call)).sort()).toEqual([]);
});

const has = (program: string) => spawnSync('which', [program]).status === 0;

describe.skipIf(process.getuid?.() !== 0)('they do what scripts rely on', () => {
  let place = '';
  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'vrun-tools-'));
  });
  afterAll(() => rmSync(place, { recursive: true }));

  const tryIn = (name: string, run: string, path: string) => {
    const cwd = join(place, name);
    mkdirSync(cwd);
    const { stdout } = spawnSync('sh', ['-c', `${GIVEN}\n${run}`], { cwd, env: { PATH: path }, encoding: 'utf8' });
    return stdout;
  };

  test.each(ROWS.map((row, index) => [row.run, row, index] as const))('GNU: %s', (_, { run, prints }, index) => {
    expect(tryIn(`gnu-${index}`, run, '/usr/bin:/bin')).toBe(prints);
  });

  test
    .skipIf(!has('busybox'))
    .each(ROWS.flatMap((row, index) => (row.busybox === false ? [] : [[row.run, row, index] as const])))(
    'BusyBox: %s',
    (_, { run, prints }, index) => {
      const programs = join(place, 'busybox');
      mkdirSync(programs, { recursive: true });
      spawnSync('busybox', ['--install', '-s', programs]);
      expect(tryIn(`busybox-${index}`, run, programs)).toBe(prints);
    },
  );
});
