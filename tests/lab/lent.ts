// Lab hosts of a suite's own: lent and clean before its first test, given back after its last.
import { afterAll, beforeAll } from 'vitest';
import { LAB_START_MS } from './describe-lab.ts';
import { borrow, inventoryFile } from './lab-api.js';

interface Lent {
  readonly hosts: readonly string[];
  /** The first of them. */
  readonly host: string;
  /** An inventory of them, as `-i` takes it. */
  readonly inventory: string;
}

/** For the body of a suite, before its other hooks: what it gives is there in hooks and tests. */
export function lent(count = 1): Lent {
  let loan: Awaited<ReturnType<typeof borrow>> | undefined;
  let inventory = '';
  beforeAll(async () => {
    loan = await borrow(count);
    inventory = await inventoryFile(loan.names);
  }, LAB_START_MS);
  afterAll(() => loan?.release());
  return {
    get hosts() {
      return loan?.names ?? [];
    },
    get host() {
      return loan?.names[0] ?? '';
    },
    get inventory() {
      return inventory;
    },
  };
}
