// `vrun:situations`: the situations of every module, from the folders beside this one.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { listing } from '../../../build-modules.js';

const MODULES = join(import.meta.dirname, '..');

export const listedSituations = listing('vrun:situations', () =>
  readdirSync(MODULES)
    .sort()
    .map((name) => ({ name, file: join(MODULES, name, 'situations.ts') }))
    .filter(({ name, file }) => name !== 'harness' && existsSync(file)),
);
