// What the opening of a shell asks of a host, run by the shells that hosts have.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { factsValue } from '../../../engine/run/session/facts.ts';
import {
  leaveNotes,
  leaveWitness,
  parseNote,
  READ_NOTES,
  removeNote,
  STATE,
} from '../../../engine/run/session/notes.ts';
import { FACT_NAMES, factsScript, parseHello } from '../../../engine/run/session/opening.ts';

/** Shells with the tools that go with them. BusyBox brings its own for all. */
const tools = mkdtempSync(join(tmpdir(), 'vrun-busybox-'));
const SHELLS: readonly (readonly [string, string, string])[] = [
  ['dash', '/bin/dash', '/usr/bin:/bin'],
  ['bash', '/bin/bash', '/usr/bin:/bin'],
  ...busybox(),
];
afterAll(() => rmSync(tools, { recursive: true }));

function busybox(): readonly (readonly [string, string, string])[] {
  const program = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path));
  if (program === undefined) return [];
  for (const name of execFileSync(program, ['--list']).toString().trim().split('\n')) {
    symlinkSync(program, join(tools, name));
  }
  return [['BusyBox', join(tools, 'sh'), tools]];
}

describe.each(SHELLS)('on %s', (_name, shell, path) => {
  let host = '';
  beforeEach(() => {
    host = mkdtempSync(join(tmpdir(), 'vrun-host-'));
  });
  afterEach(() => {
    rmSync(host, { recursive: true });
  });

  const own = (script: string) =>
    script
      .replaceAll('d=/etc/vrun/facts.d', `d=${host}/facts.d`)
      .replaceAll('/var/lib/vrun', `${host}/state`)
      .replaceAll('u=$(id -u);', 'u=0;');
  const env = () => ({ PATH: path, HOME: host, LC_ALL: 'C.UTF-8' });
  const say = (script: string) => execFileSync(shell, ['-c', `( ${own(script)}\n)`], { env: env() }).toString();

  test('notes: left, read back whatever the names hold, taken away one by one', () => {
    const notes = ['plain', `it's "$(touch ${host}/pwned)" \`id\` \\n %s`, 'zwei\nZeilen'].map((handler) => ({
      runbook: 'site.yml',
      handler,
      run: 'one',
    }));
    say(leaveNotes(notes)?.text ?? '');
    const read = () =>
      parseHello(say(`${STATE.text}\n${READ_NOTES.text}`))
        .notes.map(parseNote)
        .map((note) => note?.handler);
    expect(new Set(read())).toEqual(new Set(notes.map(({ handler }) => handler)));
    say(leaveNotes(notes.slice(0, 1))?.text ?? '');
    expect(read()).toHaveLength(3);
    say(removeNote('other.yml', 'plain').text);
    expect(read()).toHaveLength(3);
    for (const { runbook, handler } of notes) say(removeNote(runbook, handler).text);
    expect(read()).toEqual([]);
    expect(existsSync(join(host, 'pwned'))).toBe(false);
  });

  test('witnesses: the newest of each chain, in order, and the log’s absence does no harm', () => {
    for (const line of ['vrun a 1 x', 'vrun b 7 y', 'vrun a 2 z', 'vrun ab 1 w']) say(leaveWitness(line).text);
    expect(parseHello(say(`${STATE.text}\n${READ_NOTES.text}`)).witness).toEqual([
      'vrun b 7 y',
      'vrun a 2 z',
      'vrun ab 1 w',
    ]);
    expect(readdirSync(join(host, 'state'))).toEqual(['witness']);
  });

  test('facts: all of them, as the machine has them', () => {
    const value = factsValue(parseHello(say(factsScript(FACT_NAMES).text)), new Set(FACT_NAMES));
    expect(value).toMatchObject({
      hostname: hostname(),
      kernel: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim(),
      user: userInfo().username,
      uid: process.getuid?.(),
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      fqdn: expect.stringMatching(/./),
      arch: expect.stringMatching(/./),
      init: expect.stringMatching(/./),
      addresses: expect.any(Array),
    });
    expect(value.cpus).toBeGreaterThan(0);
    expect(value.memory_mb).toBeGreaterThan(10);
    expect(value.local).toEqual({});
    const id = /^ID="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    expect(value.os).toMatchObject({ id, family: expect.any(String) });
  });

  test('facts of its own: each file that only root and the login user may write', () => {
    mkdirSync(join(host, 'facts.d'));
    const write = (name: string, text: string, mode = 0o644) =>
      writeFileSync(join(host, 'facts.d', name), text, { mode });
    write('b.json', '{ "x":\n  [1, "a\\nb"] }\n');
    write('a_1.json', '"‹é›"');
    write('-n.json', '1');
    write('large.json', 'x'.repeat(65_537));
    write('open.json', '1');
    chmodSync(join(host, 'facts.d/open.json'), 0o646);
    const { local } = parseHello(say(factsScript(['local'], userInfo().username).text));
    expect(local.values).toEqual({ b: { x: [1, 'a\nb'] }, a_1: '‹é›' });
    expect(local.refused.map(({ file, why }) => `${file} ${why}`)).toEqual([
      '/etc/vrun/facts.d/large.json it has more than 64 KiB',
      '/etc/vrun/facts.d/open.json others may write to it',
    ]);
  });

  test('facts of its own: of somebody else who is neither root nor the login user, none', () => {
    mkdirSync(join(host, 'facts.d'));
    writeFileSync(join(host, 'facts.d/a.json'), '1');
    if (process.getuid?.() !== 0) return; // only root can give a file away
    chownSync(join(host, 'facts.d/a.json'), 65_534, 65_534);
    const refused = parseHello(say(factsScript(['local'], 'root').text)).local.refused;
    expect(refused.map(({ why }) => why)).toEqual(['others may write to it']);
    expect(parseHello(say(factsScript(['local'], 'nobody').text)).local.values).toEqual({ a: 1 });
  });
});

test('lines that are none of ours are passed over', () => {
  expect(parseHello('Welcome!\nfact\nlock maybe\nnote {"a":1}\nfact user x y\n')).toEqual({
    facts: new Map([['user', ['x y']]]),
    local: { values: {}, refused: [] },
    lock: { state: 'none', detail: '' },
    answered: false,
    unsure: [],
    notes: ['{"a":1}'],
    left: [],
    witness: [],
  });
  for (const line of ['', 'x', '{}', '[]', 'null', '{"runbook":1,"handler":"x","run":"y"}']) {
    expect(parseNote(line)).toBeUndefined();
  }
});
