import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { inventoryFile } from './lab-api.js';

/** The connection variables of the group `web`, with its paths made absolute. */
async function read(path: string) {
  const { web } = parse(await readFile(path, 'utf8'));
  for (const name of ['ansible_ssh_private_key_file', 'known_hosts'])
    web.vars[name] = resolve(dirname(path), web.vars[name]);
  return web;
}

it('the committed inventory is the one that the lab would write for its first three hosts', async () => {
  const committed = fileURLToPath(new URL('../../inventory/lab/hosts.yml', import.meta.url));
  expect(await read(committed)).toEqual(await read(await inventoryFile(['lab1', 'lab2', 'lab3'])));
});

it('an inventory over chosen hosts has a name of its own', async () => {
  const path = await inventoryFile(['lab5', 'lab7']);
  expect(path).toMatch(/inventory-lab5-lab7\.yml$/);
  expect(Object.keys((await read(path)).hosts)).toEqual(['lab5', 'lab7']);
});
