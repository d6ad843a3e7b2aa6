// Runs a TypeScript file of these tests in a process of its own, which may be killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';

/** Bundles the file once; what it gives starts it with arguments. The bundle lies where it can find its packages. */
export async function childProgram(file: string): Promise<(...args: string[]) => ChildProcess> {
  const directory = path.resolve('node_modules', '.cache', `vrun-tests-${process.pid}`);
  mkdirSync(directory, { recursive: true });
  const outfile = path.join(directory, `${path.basename(file, '.ts')}.mjs`);
  await build({ entryPoints: [file], bundle: true, platform: 'node', format: 'esm', packages: 'external', outfile });
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return (...args) => spawn(process.execPath, [outfile, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Waits for a child's end. @returns its exit status, null when a signal ended it */
export function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('close', resolve));
}
