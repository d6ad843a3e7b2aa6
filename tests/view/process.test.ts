// The views in a process of their own: on a real terminal, and with a reader that goes away.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TerminalEmulator } from './terminal-emulator.ts';

const run = promisify(execFile);
let directory: string;
let program: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vrun-view-'));
  program = join(directory, 'sample.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'sample-program.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
    logLevel: 'silent',
  });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const hasScript = await run('script', ['--version']).then(
  () => true,
  () => false,
);

test.skipIf(!hasScript)('on a pseudo-terminal what moved is gone at the end and the cursor is back', async () => {
  const command = `stty cols 80 rows 24; exec '${process.execPath}' '${program}' live 8`;
  const { stdout } = await run('script', ['-qec', command, '/dev/null'], { env: { ...process.env, SHELL: '/bin/sh' } });
  const screen = new TerminalEmulator(80);
  screen.feed(stdout);
  expect(stdout).toContain('⠋');
  expect(stdout).toContain('\x1b[?25l');
  expect(screen.cursorHidden).toBe(false);
  expect(screen.strange).toEqual([]);
  const text = screen.text();
  expect(text).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
  expect(text).not.toContain('of 3 hosts done');
  expect(text).toContain('changed    web1  Packages');
  expect(text.indexOf('Report:  .vrun/runs/1/report.md')).toBeGreaterThan(text.indexOf('[!] Firewall'));
});

test.each(['json', 'plain'])('%s: a reader that takes one line and goes does not stop the program', async (mode) => {
  const { stdout, stderr } = await run('sh', ['-c', `'${process.execPath}' '${program}' ${mode} 3 | head -n 1`]);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toContain('ended well');
});
