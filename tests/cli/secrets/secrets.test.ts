// `vrun secrets` as a person uses it.
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openProject, vrun, vrunWith } from '../../docs/project.ts';

let directory: string;
beforeEach(async () => {
  directory = openProject({ 'vrun.yml': 'forks: 2\n' });
});
afterEach(() => rmSync(directory, { recursive: true }));

const secrets = (...argv: readonly string[]) => vrun(directory, 'secrets', ...argv);
const read = (file: string) => readFileSync(join(directory, file), 'utf8');
const write = (file: string, text: string) => writeFileSync(join(directory, file), text);

/** What `encrypt` prints for a text on its standard input. */
async function encrypt(plain: string, ...argv: readonly string[]): Promise<string> {
  // A stream of a program's output is all that is asked of standard input here.
  const stdin = Readable.from([plain]) as unknown as NodeJS.ReadStream;
  const { status, stdout, stderr } = await vrunWith({ stdin }, directory, 'secrets', 'encrypt', ...argv);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

/** A second person's identity, in a directory of its own; its recipient. */
async function colleague(): Promise<{ home: string; recipient: string }> {
  const home = openProject({ 'vrun.yml': '' });
  const { stdout } = await vrun(home, 'secrets', 'init');
  return { home, recipient: /age1\w+/.exec(stdout)?.[0] ?? '' };
}

describe('init', () => {
  test('makes a private identity and prints its public half', async () => {
    const { status, stdout } = await secrets('init');
    expect(status).toBe(0);
    expect(statSync(join(directory, '.vrun/identity')).mode & 0o777).toBe(0o600);
    expect(read('.vrun/identity')).toMatch(/^# created: .*\n# public key: age1\w+\nAGE-SECRET-KEY-1[0-9A-Z]+\n$/);
    expect(stdout).toContain(/age1\w+/.exec(read('.vrun/identity'))?.[0]);
    expect(stdout).not.toContain('AGE-SECRET-KEY');
  });

  test('never overwrites', async () => {
    await secrets('init');
    const before = read('.vrun/identity');
    const { status, stdout } = await secrets('init');
    expect([status, read('.vrun/identity')]).toEqual([0, before]);
    expect(stdout).toContain('nothing was overwritten');
  });
});

describe('encrypt and show', () => {
  test('what is printed can be pasted, and opens again', async () => {
    await secrets('init');
    write('vars.yml', await encrypt('correct horse\n', 'db_password'));
    expect(read('vars.yml')).toMatch(/^db_password: !secret \|\n {2}-----BEGIN AGE ENCRYPTED FILE-----\n/);
    expect(await secrets('show', 'vars.yml', 'db_password')).toEqual({
      status: 0,
      stdout: 'correct horse',
      stderr: '',
    });
  });

  test('any text survives; only the line break that echo adds is taken off', async () => {
    await secrets('init');
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), async (plain) => {
        fc.pre(plain.replace(/\r?\n$/, '') !== '');
        write('vars.yml', await encrypt(plain, 'x'));
        const line = plain.replace(/\r?\n$/, '');
        expect((await secrets('show', 'vars.yml', 'x')).stdout).toBe(line.includes('\n') ? plain : line);
      }),
      { numRuns: 20 },
    );
  });

  test('a name that is not there, an empty secret, no identity', async () => {
    const none = await vrunWith(
      { stdin: Readable.from(['x']) as unknown as NodeJS.ReadStream },
      directory,
      'secrets',
      'encrypt',
    );
    expect([none.status, none.stderr]).toEqual([1, expect.stringContaining('vrun secrets init')]);
    await secrets('init');
    write('vars.yml', await encrypt('x', 'password'));
    const wrong = await secrets('show', 'vars.yml', 'pasword');
    expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining('password')]);
    const empty = await vrunWith(
      { stdin: Readable.from(['\n']) as unknown as NodeJS.ReadStream },
      directory,
      'secrets',
      'encrypt',
    );
    expect([empty.status, empty.stderr]).toEqual([1, expect.stringContaining('the secret is empty')]);
    const bad = await secrets('encrypt', '-r', 'age1nonsense');
    expect([bad.status, bad.stderr]).toEqual([1, expect.stringContaining('no age recipient')]);
  });
});

describe('list and rekey', () => {
  const file = (one: string, two: string) => {
    const indented = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => `    ${line}`)
        .join('\n');
    return `# Kept.\nall:\n  vars:\n${indented(one)}   \n    plain:   'as it is'   # kept, too\n${indented(two)}\n  hosts: { a: }\n`;
  };

  test('a colleague can open all of them afterwards, and nothing else has changed', async () => {
    await secrets('init');
    const { home, recipient } = await colleague();
    write('inventory.yml', file(await encrypt('one', 'first'), await encrypt('two\nlines\n', 'second')));
    chmodSync(join(directory, 'inventory.yml'), 0o640);
    const before = read('inventory.yml');
    const second = before.split('\n').findIndex((line) => line.includes('second')) + 1;
    expect((await secrets('list', 'inventory.yml')).stdout).toBe(
      `inventory.yml:4  all.vars.first\ninventory.yml:${second}  all.vars.second\n`,
    );
    const theirs = await vrun(home, 'secrets', 'list', join(directory, 'inventory.yml'));
    expect(theirs.status).toBe(2);
    expect(theirs.stdout.match(/can't be opened: it is encrypted for another identity/g)).toHaveLength(2);
    const mine = /age1\w+/.exec(read('.vrun/identity'))?.[0] ?? '';
    expect((await secrets('rekey', 'inventory.yml', '-r', mine, '-r', recipient)).status).toBe(0);
    for (const [name, plain] of [
      ['first', 'one'],
      ['second', 'two\nlines\n'],
    ] as const) {
      expect((await vrun(home, 'secrets', 'show', join(directory, 'inventory.yml'), name)).stdout).toBe(plain);
      expect((await secrets('show', 'inventory.yml', name)).stdout).toBe(plain);
    }
    const armor = / *-----BEGIN[\s\S]*?-----END AGE ENCRYPTED FILE-----/g;
    expect(read('inventory.yml').replace(armor, '')).toBe(before.replace(armor, ''));
    expect(statSync(join(directory, 'inventory.yml')).mode & 0o777).toBe(0o640);
  });

  test('one that can not be opened: nothing is written', async () => {
    await secrets('init');
    const { home, recipient } = await colleague();
    write('mine.yml', await encrypt('one', 'first'));
    write('theirs.yml', await encrypt('two', 'second', '-r', recipient));
    const before = [read('mine.yml'), read('theirs.yml')];
    const { status, stderr } = await secrets('rekey', 'mine.yml', 'theirs.yml');
    expect(status).toBe(1);
    expect(stderr).toContain('theirs.yml:1');
    expect(stderr).toContain('‹second› stays as it is: it is encrypted for another identity');
    expect([read('mine.yml'), read('theirs.yml')]).toEqual(before);
    expect((await vrun(home, 'secrets', 'show', join(directory, 'theirs.yml'), 'second')).stdout).toBe('two');
  });

  test('vrun.yml names whom to encrypt for', async () => {
    await secrets('init');
    const { home, recipient } = await colleague();
    write('vrun.yml', `recipients: [${recipient}]\n`);
    write('vars.yml', await encrypt('x', 'theirs'));
    expect((await secrets('list', 'vars.yml')).stdout).toContain(
      "can't be opened: it is encrypted for another identity",
    );
    expect((await vrun(home, 'secrets', 'show', join(directory, 'vars.yml'), 'theirs')).stdout).toBe('x');
  });
});
