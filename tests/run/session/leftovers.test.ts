// A write that was killed in the middle leaves a note on its host, and the next run removes what the note names: that, and
// nothing else, whatever somebody has put in its place.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Content, sh, type WriteStep } from '../../../engine/module/index.ts';
import { prepareSteps } from '../../../engine/run/message/steps.ts';
import { forgetWrites, noteWrites, takeAway } from '../../../engine/run/session/leftovers.ts';
import { READ_NOTES, STATE } from '../../../engine/run/session/notes.ts';
import { parseHello } from '../../../engine/run/session/opening.ts';
import { runScript, SHELLS } from '../../modules/harness/perform.ts';
import { FakeProject } from '../harness.ts';

describe.each(SHELLS)('on %s', (...shell) => {
  let host = '';
  beforeEach(() => {
    host = mkdtempSync(join(tmpdir(), 'vrun-left-'));
    mkdirSync(join(host, 'etc'));
  });
  afterEach(() => rmSync(host, { recursive: true, force: true }));

  const own = (script: string) =>
    script.replaceAll('u=$(id -u);', 'u=0;').replaceAll('/var/lib/vrun', join(host, 'state'));
  const run = (script: string) => runScript(own(script), undefined, shell).stdout;
  const left = () => parseHello(run(`${STATE.text}\n${READ_NOTES.text}`)).left;
  const files = () => readdirSync(join(host, 'etc')).sort();

  /** Writes `etc/unit`, and is killed while the new file is checked. */
  async function killed(name = 'dead'): Promise<string> {
    writeFileSync(join(host, 'etc/unit'), 'old');
    const write: WriteStep = {
      write: {
        path: join(host, 'etc/unit'),
        content: Content.of('a secret'),
        validate: (file) => sh`cat ${file} >${`${host}/seen`}; sleep 100`,
      },
      restore: true,
    };
    const [step] = prepareSteps({ op: '~', what: 'a unit', steps: [write] }, undefined);
    if (!step?.beside) throw new Error('a write is beside its target');
    run(noteWrites(name, [step])?.text ?? '');
    const [file = 'dash', ...options] = shell;
    const child = spawn(file, [...options, '-c', step.frame.script], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.stdin.end('a secret');
    while (!existsSync(join(host, 'seen'))) await sleep(10);
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await once(child, 'close');
    rmSync(join(host, 'seen'));
    return step.beside;
  }

  test('what a killed write has left is noted, and removed with its note', async () => {
    const beside = await killed();
    expect(files()).toEqual([basename(beside), 'unit']);
    expect(readFileSync(join(beside, 'unit'), 'utf8')).toBe('a secret');
    writeFileSync(`${beside}.old`, 'old');
    expect(left()).toEqual(['dead']);
    expect(run(takeAway('next').text).trim().split('\n')).toEqual([`${beside}.old`, beside]);
    expect(files()).toEqual(['unit']);
    expect(readFileSync(join(host, 'etc/unit'), 'utf8')).toBe('old');
    expect(left()).toEqual([]);
  });

  test('so is a directory in which nothing was written yet', () => {
    const beside = join(host, 'etc/.vrun-0123456789ab');
    run(noteWrites('dead', [{ beside }])?.text ?? '');
    mkdirSync(beside, { mode: 0o700 });
    run(takeAway('next').text);
    expect(files()).toEqual([]);
    expect(left()).toEqual([]);
  });

  test('a write that comes to its end leaves neither', () => {
    const steps = prepareSteps(
      {
        op: '~',
        what: 'x',
        steps: [{ write: { path: join(host, 'etc/unit'), content: Content.of('x') }, restore: true }],
      },
      undefined,
    );
    run(noteWrites('one', steps)?.text ?? '');
    expect(left()).toEqual(['one']);
    for (const { frame, cleanup } of steps) run(`( ${frame.script}\n)\n${cleanup?.text}`);
    run(forgetWrites('one', steps)?.text ?? '');
    expect(files()).toEqual(['unit']);
    expect(left()).toEqual([]);
  });

  test('notes of the run itself stay: what it has lost the connection to may still be at work', async () => {
    const beside = await killed('mine');
    expect(run(takeAway('mine').text)).toBe('');
    expect(existsSync(beside)).toBe(true);
    expect(left()).toEqual(['mine']);
  });

  describe('whoever owns the directory can have nothing else removed:', () => {
    /** A directory of somebody else's, closed to others, with a file of the name that is written. */
    const precious = (): string => {
      const path = join(host, 'precious');
      mkdirSync(path, { mode: 0o700 });
      writeFileSync(join(path, 'unit'), 'precious');
      return path;
    };
    const isThere = (path: string) => expect(readFileSync(join(path, 'unit'), 'utf8')).toBe('precious');

    test('a link in its place', async () => {
      const beside = await killed();
      const other = precious();
      renameSync(beside, join(host, 'aside'));
      symlinkSync(other, beside);
      run(takeAway('next').text);
      isThere(other);
    });

    test('another directory in its place', async () => {
      const beside = await killed();
      renameSync(beside, join(host, 'aside'));
      renameSync(precious(), beside);
      run(takeAway('next').text);
      isThere(beside);
    });

    test('a directory that others may write to, and to which they have added the mark', async () => {
      const beside = await killed();
      renameSync(beside, join(host, 'aside'));
      renameSync(precious(), beside);
      writeFileSync(join(beside, basename(beside)), '');
      chmodSync(beside, 0o1777);
      run(takeAway('next').text);
      isThere(beside);
    });

    test('a link above it', async () => {
      const beside = await killed();
      const other = join(host, 'other');
      mkdirSync(join(other, basename(beside)), { recursive: true });
      writeFileSync(join(other, basename(beside), 'unit'), 'precious');
      chmodSync(join(other, basename(beside)), 0o700);
      renameSync(dirname(beside), join(host, 'aside'));
      symlinkSync(other, dirname(beside));
      run(takeAway('next').text);
      isThere(join(other, basename(beside)));
    });

    test('a note that names what is no leftover', () => {
      const other = precious();
      mkdirSync(join(host, 'state/writes'), { recursive: true });
      symlinkSync(other, join(host, 'state/writes/dead.0'));
      symlinkSync('relative/.vrun-0', join(host, 'state/writes/dead.1'));
      expect(run(takeAway('next').text)).toBe('');
      isThere(other);
      expect(left()).toEqual([]);
    });
  });
});

test('a run says what it has removed, in one message more; a dry run removes nothing', async () => {
  const project = new FakeProject();
  const beside = project.on('h1', '.vrun-0123456789ab');
  const state = project.on('h1', 'state-login/writes');
  mkdirSync(state, { recursive: true });
  symlinkSync(beside, join(state, 'dead.0123456789ab'));
  mkdirSync(beside, { mode: 0o700 });
  const tasks = '- name: a\n  stat: { path: "{{ dir }}" }\n';
  const dry = await project.play(tasks, { check: true });
  expect(dry.totals().messages).toBe(1);
  expect(existsSync(beside)).toBe(true);

  const run = await project.play(tasks);
  expect(run.events.find((event) => event.type === 'warning')).toMatchObject({
    host: 'h1',
    problem: { code: 'interrupted', detail: expect.stringContaining(beside) },
  });
  expect(existsSync(beside)).toBe(false);
  expect(run.totals().messages).toBe(2);
  expect((await project.play(tasks)).totals().messages).toBe(1);
  project.remove();
});
