// What the opening of a shell asks of a host, run by the shells that hosts have.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
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
import { factsValue } from '../../engine/run/facts.ts';
import { FACT_NAMES, factsScript, lockScript, parseHello, UNLOCK } from '../../engine/run/hello.ts';
import { leaveNotes, leaveWitness, parseNote, READ_NOTES, removeNote } from '../../engine/run/notes.ts';

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
  const children: ChildProcess[] = [];
  beforeEach(() => {
    host = mkdtempSync(join(tmpdir(), 'vrun-host-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(host, { recursive: true });
  });

  const own = (script: string) =>
    script
      .replaceAll('d=/etc/vrun/facts.d', `d=${host}/facts.d`)
      .replaceAll('in /run/lock /var/lock /tmp;', `in ${host};`)
      .replaceAll(/^if \[ "\$\(id -u\)" = 0 \]; then s=.*$/gm, `s=${host}/state`);
  const env = () => ({ PATH: path, HOME: host, LC_ALL: 'C.UTF-8' });
  const say = (script: string) => execFileSync(shell, ['-c', `( ${own(script)}\n)`], { env: env() }).toString();

  const holder = (run: string) => ({ run, operator: "o'brien@x", controller: 'laptop' });
  const ask = (run: string) => parseHello(say(lockScript(holder(run)).text)).lock;

  /** A long-lived shell that asks for the lock and lets it go when its input ends. */
  async function session(run: string): Promise<{ said: string; end(): Promise<void>; kill(): Promise<void> }> {
    const script = `trap ${quoted(own(UNLOCK.text))} EXIT\n( ${own(lockScript(holder(run)).text)}\n)\nread x`;
    const child = spawn(shell, ['-c', script], { env: env(), stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
    const said = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data))));
    return {
      said,
      end: async () => {
        child.stdin.end();
        await ended;
      },
      kill: async () => {
        child.kill('SIGKILL');
        await ended;
      },
    };
  }

  test('the lock: taken, held with who holds it, released at the shell’s end', async () => {
    const first = await session('one');
    expect(first.said).toBe('lock taken\n');
    const { state, detail } = ask('two');
    expect(state).toBe('held');
    expect(detail).toMatch(/^o'brien@x, from laptop, since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, run one$/);
    await first.end();
    expect(readdirSync(host)).toEqual([]);
    expect(ask('two').state).toBe('taken');
  });

  test('the lock of a shell that was killed is stale and taken over', async () => {
    const first = await session('one');
    await first.kill();
    expect(existsSync(join(host, 'vrun/holder'))).toBe(true);
    const second = await session('two');
    expect(second.said).toBe('lock stale one\n');
    expect(ask('three').state).toBe('held');
    await second.end();
    expect(readdirSync(host)).toEqual([]);
  });

  test('a run that comes back after a reconnect owns its lock again, and the old shell doesn’t release it', async () => {
    const first = await session('one');
    const second = await session('one');
    expect(second.said).toBe('lock taken\n');
    await first.end();
    expect(ask('two').state).toBe('held');
    await second.end();
    expect(readdirSync(host)).toEqual([]);
  });

  test('a number that another process has by now is no holder', async () => {
    mkdirSync(join(host, 'vrun'));
    writeFileSync(join(host, 'vrun/holder'), `${process.pid}\n12345\nold\nbob\nx\n2026\n`);
    expect(ask('two')).toEqual({ state: 'stale', detail: 'old' });
  });

  test('a lock whose writer died before it signed is waited for, then taken over; one that cannot be made is refused', () => {
    mkdirSync(join(host, 'vrun'));
    expect(ask('two').state).toBe('stale');
    rmSync(join(host, 'vrun'), { recursive: true });
    writeFileSync(join(host, 'vrun'), '');
    expect(ask('two')).toEqual({ state: 'refused', detail: join(host, 'vrun') });
  });

  test('of many that find a stale lock at once only one gets it', async () => {
    mkdirSync(join(host, 'vrun'));
    writeFileSync(join(host, 'vrun/holder'), '999999999\n1\nold\nbob\nx\n2026\n');
    const all = await Promise.all(Array.from({ length: 8 }, (_, index) => session(`run${index}`)));
    const words = all.map(({ said }) => said.split(/[ \n]/)[1]);
    expect(words.filter((word) => word === 'held')).toHaveLength(7);
    expect(words.filter((word) => word === 'stale' || word === 'taken')).toHaveLength(1);
  });

  test('hosts of one run that are one machine share its lock, whoever of them comes first', async () => {
    mkdirSync(join(host, 'vrun'));
    writeFileSync(join(host, 'vrun/holder'), '999999999\n1\nold\nbob\nx\n2026\n');
    const all = await Promise.all(Array.from({ length: 8 }, () => session('one')));
    expect(
      all.map(({ said }) => said.split(/[ \n]/)[1]).filter((word) => word !== 'taken' && word !== 'stale'),
    ).toEqual([]);
    expect(ask('two').state).toBe('held');
  });

  test('notes: left, read back whatever the names hold, taken away one by one', () => {
    const notes = ['plain', `it's "$(touch ${host}/pwned)" \`id\` \\n %s`, 'zwei\nZeilen'].map((handler) => ({
      runbook: 'site.yml',
      handler,
      run: 'one',
    }));
    say(leaveNotes(notes)?.text ?? '');
    const read = () =>
      parseHello(say(READ_NOTES.text))
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
    expect(parseHello(say(READ_NOTES.text)).witness).toEqual(['vrun b 7 y', 'vrun a 2 z', 'vrun ab 1 w']);
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

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

test('lines that are none of ours are passed over', () => {
  expect(parseHello('Welcome!\nfact\nlock maybe\nnote {"a":1}\nfact user x y\n')).toEqual({
    facts: new Map([['user', ['x y']]]),
    local: { values: {}, refused: [] },
    lock: { state: 'none', detail: '' },
    notes: ['{"a":1}'],
    witness: [],
  });
  for (const line of ['', 'x', '{}', '[]', 'null', '{"runbook":1,"handler":"x","run":"y"}']) {
    expect(parseNote(line)).toBeUndefined();
  }
});
