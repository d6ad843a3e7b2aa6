// A transcript is what a host says: recorded again, it says the same.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { capture } from './capture.js';
import { describeLab, LAB_START_MS } from './describe-lab.ts';

const SUITE = 'bookworm';
const KEPT = join(import.meta.dirname, '../modules/group/transcripts', SUITE);
vi.stubEnv('VRUN_LAB_SUITE', SUITE);

describeLab('capture', () => {
  it(
    'records what was recorded before, alike in every shell',
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'vrun-capture-'));
      const told: string[] = [];
      try {
        expect(await capture(['group'], (line) => told.push(line), directory)).toEqual([]);
        const made = join(directory, 'group/transcripts', SUITE);
        const names = readdirSync(made).sort();
        expect(told.map((line) => `${line.replace('group/', '')}.json`).sort()).toEqual(names);
        for (const name of names) {
          // The release is the host's: a newer point release is no reason to fail.
          const { release: _now, ...now } = read(join(made, name));
          const { release: _then, ...then } = read(join(KEPT, name));
          expect(now).toEqual(then);
        }
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
    LAB_START_MS,
  );

  it(
    'knows the modules that it can record',
    async () => {
      await expect(capture(['none-such'], () => {})).rejects.toThrow('There are no situations for none-such.');
    },
    LAB_START_MS,
  );
});

function read(file: string): { release: string } {
  return JSON.parse(readFileSync(file, 'utf8'));
}
