import { armor, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { explainHost } from '../../engine/inventory/explain.ts';
import { graphText, listHost, listInventory, listText } from '../../engine/inventory/list.ts';
import { evaluate } from '../../engine/language/dynamic/evaluate.ts';
import { Secret } from '../../engine/language/value/secret.ts';
import { leftSealed, secretOpener } from '../../engine/language/yaml/age.ts';
import { load } from './load-inventory.ts';

const CANARY = 'canary-5f2c';

async function sealed() {
  const identity = await generateIdentity();
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  const armored = armor.encode(await encrypter.encrypt(CANARY)).replace(/^/gm, '    ');
  const files = {
    'inv/hosts': '[web]\nweb1\n',
    'inv/group_vars/web.yml': `db:\n  password: !secret |\n${armored}\nurl: "x:{{ db.password }}"\nnext: !expr "port + 1"\nport: 1\n`,
  };
  return { identity, files };
}

test('a secret is opened, named after its variable, and masked wherever it is shown', async () => {
  const { identity, files } = await sealed();
  const { inventory, told } = await load(files, ['inv'], {
    secrets: secretOpener([{ key: identity }], () => undefined),
  });
  expect(told).toEqual([]);
  const host = inventory.hosts.get('web1');
  const db = host?.variables.get('db');
  if (!host || !db) throw new Error('db is missing');
  const value = evaluate(db.value, { lookup: () => undefined, names: () => [] });
  expect(value).toMatchObject({ password: expect.any(Secret) });
  expect(JSON.stringify(value)).toBe('{"password":"‹secret:db.password›"}');
  const shown = listText(listInventory(inventory));
  expect(shown).toContain('"password": "‹secret:db.password›"');
  expect(shown).toContain('"url": "x:{{ db.password }}"');
  expect(shown).toContain('"next": "!expr port + 1"');
  expect(shown + JSON.stringify(explainHost(host)) + JSON.stringify([...host.variables])).not.toContain(CANARY);
});

test('without an identity a secret is a Problem at its tag; closed it stays shut and is none', async () => {
  const { files } = await sealed();
  const { told } = await load(files, ['inv']);
  expect(told[0]).toMatch(/^secret-unreadable inv\/group_vars\/web\.yml:2:13 /);
  const closed = await load(files, ['inv'], { secrets: leftSealed(() => undefined) });
  expect(closed.told).toEqual([]);
  expect(listText(listInventory(closed.inventory))).toContain('‹secret:db.password›');
});

test('--host: one host’s variables; this machine’s too', async () => {
  const { inventory } = await load({ hosts: 'web1 b=1 a=2' });
  expect(listText(listHost(inventory, 'web1') ?? null)).toBe('{\n    "a": 2,\n    "b": 1\n}\n');
  expect(listHost(inventory, 'localhost')).toEqual({ ansible_connection: 'local' });
  expect(listHost(inventory, 'nix')).toBeUndefined();
});

test('--graph from one group down', async () => {
  const { inventory } = await load({ hosts: '[a:children]\nb\n[b]\nx\n' });
  expect(graphText(inventory, 'a')).toBe('@a:\n  |--@b:\n  |  |--x\n');
  expect(graphText(inventory, 'nix')).toBeUndefined();
});
