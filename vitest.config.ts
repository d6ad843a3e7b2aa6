// Two projects: `unit` runs anywhere, `lab` on the lab's hosts. The time limits leave room for a busy machine.
import { defineConfig } from 'vitest/config';
import { listedModules } from './build-modules.js';
import { programs } from './build-programs.js';
import { listedSituations } from './tests/modules/harness/listed-situations.js';

// In CI a test that fails is tried again: there a busy machine fails more often than the product does. By hand it isn't.
const AGAIN = process.env.CI === 'true' ? 2 : 0;

const LAB = [
  'tests/differential/ansible.test.ts',
  'tests/faults/**/*.test.ts',
  'tests/lab/**/*.test.ts',
  'tests/law/**/*.test.ts',
  'tests/modules/*/law*.test.ts',
];

/** A failure's message holds what was there: CI prints its first line alone. */
const chaiConfig = { truncateThreshold: 600 };

const root = import.meta.dirname;
const plugins = [listedModules(root).vite, programs(root).vite, listedSituations.vite];

export default defineConfig({
  test: {
    projects: [
      {
        plugins,
        test: {
          name: 'unit',
          include: ['tests/**/*.test.ts'],
          exclude: [...LAB, '**/node_modules/**'],
          // One process for many files: each would load the whole engine again. No test changes what others share.
          isolate: false,
          globalSetup: 'tests/temporary.ts',
          setupFiles: 'tests/compile.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          retry: AGAIN,
          chaiConfig,
        },
      },
      {
        plugins,
        test: {
          name: 'lab',
          include: LAB,
          setupFiles: 'tests/compile.ts',
          testTimeout: 300_000,
          hookTimeout: 300_000,
          retry: AGAIN,
          chaiConfig,
        },
      },
    ],
  },
});
