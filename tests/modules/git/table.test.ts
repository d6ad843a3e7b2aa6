import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Content, Missing, type PathEffect } from '../../../engine/module/index.ts';
import git from '../../../modules/git/git.ts';
import { bind, type Params } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { foreseen } from '../harness/foreseen.ts';
import { converge, planHere, SHELLS } from '../harness/perform.ts';
import { table } from '../harness/table.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const repo = 'git@git.example.com:app.git';
const want = { repo, dest: '/srv/app', version: 'main' };
const clone = (head: string | undefined, given: object = {}) => ({
  ...{ entry: entry({ kind: 'directory' }), blocker: undefined, kind: 'clone', head, remote: repo },
  ...{
    modified: [],
    broken: undefined,
    cut: false,
    verified: false,
    found: [{ ref: 'refs/heads/main', commit: B }],
    said: undefined,
  },
  ...given,
});
const none = { ...clone(undefined), entry: undefined, kind: 'none', remote: undefined };

table(
  git,
  [
    {
      title: 'at the commit of the branch',
      params: want,
      have: clone(B),
      changes: [],
      result: { before: B, after: B, remote_url: repo },
    },
    {
      title: 'the branch has moved',
      params: want,
      have: clone(A),
      changes: [
        '~ git /srv/app: aaaaaaaaaaaa → main (bbbbbbbbbbbb)',
        `  $ echo ${B} >"$m" && g -C "$r" checkout -q $f --detach ${B} -- && subs; s=$?`,
        '  = path:/srv/app/',
      ],
    },
    {
      title: 'no clone yet',
      params: want,
      have: none,
      changes: [
        '+ git /srv/app: main (bbbbbbbbbbbb)',
        `  $ f=; g -C "$r" checkout -q --detach ${B} -- || exit`,
        '  $ mv -T -- "$r" /srv/app',
        '  = path:/srv/app/',
        '  = path:/srv/app',
      ],
    },
    {
      title: 'another repository',
      params: want,
      have: clone(B, { remote: 'https://old.example.com/app' }),
      changes: [
        `~ git /srv/app: from https://old.example.com/app → from ${repo}`,
        `  $ echo ${B} >"$m" && g -C "$r" checkout -q $f --detach ${B} -- && subs; s=$?`,
        '  = path:/srv/app/',
      ],
    },
    {
      title: 'changed by hand',
      params: want,
      have: clone(A, { modified: [' M x'] }),
      changes: [],
      failure: 'changed by hand',
    },
    {
      title: 'a checkout that was cut off, whatever it left',
      params: want,
      have: clone(B, { modified: [' M x'], cut: true }),
      changes: [
        '~ git /srv/app: a checkout that was cut off → main (bbbbbbbbbbbb)',
        `  $ echo ${B} >"$m" && g -C "$r" checkout -q $f --detach ${B} -- && subs; s=$?`,
        '  = path:/srv/app/',
      ],
    },
    {
      title: 'a clone that git cannot read',
      params: want,
      have: clone(undefined, { broken: 'fatal: not a git repository' }),
      changes: [],
      failure: 'git cannot read the clone',
    },
    {
      title: 'not signed',
      params: { ...want, verify_commit: true },
      have: clone(B),
      changes: [],
      failure: 'not signed',
    },
    { title: 'signed', params: { ...want, verify_commit: true }, have: clone(B, { verified: true }), changes: [] },
    {
      title: 'a repository that cannot be read',
      params: want,
      have: clone(B, { found: undefined, said: 'Host key verification failed.' }),
      changes: [],
      failure: 'cannot be read',
    },
    {
      title: 'no such branch',
      params: want,
      have: clone(B, { found: [] }),
      changes: [],
      failure: 'no branch or tag main',
    },
    {
      title: 'a branch and a tag of one name',
      params: want,
      have: clone(B, {
        found: [
          { ref: 'refs/heads/main', commit: A },
          { ref: 'refs/tags/main', commit: B },
        ],
      }),
      changes: [],
      failure: 'a branch and a tag',
    },
    { title: 'something else', params: want, have: { ...none, kind: 'other' }, changes: [], failure: 'no clone' },
  ],
  /checkout -q (\$f )?--detach|mv -T/,
);

test.each<[Params, string]>([
  [{ ...want, repo: 'https://me:pw@example.com/x' }, 'a user name or a password'],
  [{ ...want, repo: 'https://token@example.com/x' }, 'a user name or a password'],
  [{ ...want, repo: 'ssh://git:pw@example.com/x' }, 'a user name or a password'],
  [{ ...want, repo: '--upload-pack=touch /x' }, 'Not the address'],
  [{ ...want, repo: 'ext::sh -c id' }, 'Not the address'],
  [{ ...want, version: '--orphan' }, 'wrong form'],
  [{ ...want, version: 'a..b' }, 'Not the name'],
  [{ ...want, version: 'main@{1}' }, 'wrong form'],
  [{ ...want, dest: 'app' }, 'absolute'],
  [{ ...want, depth: 0 }, 'cannot take'],
  [{ ...want, key_file: 'key' }, 'absolute'],
])('parameters that are refused: %j', (params, words) => {
  expect(() => bind(git, params)).toThrow(words);
});

test.each<readonly [string, unknown, PathEffect['kind'], object | 'untold' | 'same']>([
  ['is taken away', clone(B), 'nothing', { kind: 'none', head: undefined }],
  ['becomes a directory', none, 'directory', { kind: 'empty' }],
  ['is a directory that another task fills', clone(B), 'directory', 'untold'],
  ['becomes a file', none, 'file', 'untold'],
  ['gets another owner', clone(B), 'same', 'same'],
])('in a dry run the path %s', (_, have, kind, then) => {
  const left = { path: '/srv/app', kind, content: Content.of(''), target: '' };
  const state = git.pending(have, bind(git, want), foreseen([left]));
  if (then === 'untold') expect(state).toBeInstanceOf(Missing);
  else if (then === 'same') expect(state).toBe(have);
  else expect(state).toMatchObject(then);
});

test('the key’s path is one word of ssh’s, whatever is in it', () => {
  const script = git.probe([bind(git, { ...want, key_file: "/etc/it's a $(key)" })])?.text ?? '';
  const line = script.split('\n').find((row) => row.includes('GIT_SSH_COMMAND'));
  const said = execFileSync('sh', [
    '-c',
    `${line}\nssh() { for p do printf '%s|' "$p"; done; }\neval "$GIT_SSH_COMMAND host"`,
  ]);
  expect(said.toString()).toContain("|-i|/etc/it's a $(key)|-o|IdentitiesOnly=yes|host|");
});

describe.each(SHELLS.map((words) => [words.join(' '), words] as const))('real repositories with %s', (_, shell) => {
  const directory = mkdtempSync(join(tmpdir(), 'vrun-git-'));
  const at = (name: string) => join(directory, name);
  const run = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b', ...words], { cwd: at('work') })
      .toString()
      .trim();
  const commit = (text: string) => {
    writeFileSync(at('work/file'), text);
    run('add', '.');
    run('commit', '-qm', text);
    run('push', '-q', at('repo.git'), 'main', '--tags');
    return run('rev-parse', 'HEAD');
  };
  const params = (version: string, given: Params = {}) => ({
    params: { repo: `file://${at('repo.git')}`, dest: at('clone'), version, ...given },
  });
  const head = () =>
    execFileSync('git', ['rev-parse', 'HEAD'], { cwd: at('clone') })
      .toString()
      .trim();
  let one = '';
  let two = '';
  beforeAll(() => {
    mkdirSync(at('work'));
    run('init', '-q', '-b', 'main');
    run('init', '-q', '--bare', '-b', 'main', at('repo.git'));
    one = commit('one');
    run('tag', '-a', 'v1', '-m', 'first');
    two = commit('two');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test('a branch, followed; a tag; a commit; in a full clone and a shallow one', () => {
    for (const depth of [{}, { depth: 1 }]) {
      for (const [version, expected] of [
        ['main', two],
        ['v1', one],
        ['refs/heads/main', two],
        [one, one],
        ['HEAD', two],
      ] as const) {
        const [first, second] = converge(git, params(version, depth), shell);
        expect([version, first.changes.length, second.changes.length]).toEqual([version, 1, 0]);
        expect(head()).toBe(expected);
      }
      two = commit(`more ${Object.keys(depth)}`);
      expect(converge(git, params('main', depth), shell)[1].changes).toEqual([]);
      expect(readFileSync(at('clone/file'), 'utf8')).toMatch('more');
      rmSync(at('clone'), { recursive: true });
    }
    expect(readdirSync(directory).sort()).toEqual(['repo.git', 'work']);
  });

  test('nothing is left of a clone that fails', () => {
    expect(() => converge(git, params(A), shell)).toThrow(/status/);
    expect(readdirSync(directory).sort()).toEqual(['repo.git', 'work']);
  });

  test('what was changed by hand is named and stays; what is not tracked does not matter', () => {
    converge(git, params(one), shell);
    writeFileSync(at('clone/untracked'), '');
    expect(planHere(git, params(one), shell)).toMatchObject({ changes: [], result: { after: one } });
    writeFileSync(at('clone/file'), 'mine');
    const { changes, failure } = planHere(git, params('main'), shell);
    expect([changes, failure?.summary]).toEqual([[], `files in ${at('clone')} were changed by hand`]);
    expect(failure?.detail).toContain(' M file');
    rmSync(at('clone'), { recursive: true });
  });

  test('a checkout that is killed in the middle is finished, and nothing of it stays', () => {
    converge(git, params(one), shell);
    const many = Array.from({ length: 20 }, (_, index) => `new/${index}`);
    mkdirSync(at('work/new'), { recursive: true });
    for (const name of many) writeFileSync(at(`work/${name}`), name);
    const three = commit('three');
    // As git leaves it: its lock, some of the files, another version of one, and the mark of the task.
    execFileSync('git', ['fetch', '-q', 'origin', 'main'], { cwd: at('clone') });
    const half = () => {
      mkdirSync(at('clone/new'), { recursive: true });
      writeFileSync(at('clone/new/1'), 'half');
      writeFileSync(at('clone/file'), 'three');
      writeFileSync(at('clone/.git/index.lock'), '');
      writeFileSync(at('clone/.git/vrun-checkout'), `${three}\n`);
    };
    half();
    expect(converge(git, params('main'), shell).map(({ changes }) => changes.length)).toEqual([1, 0]);
    expect([head(), readdirSync(at('clone/new')).length]).toEqual([three, many.length]);
    converge(git, params(one), shell);
    half();
    expect(converge(git, params(one), shell).map(({ changes }) => changes.length)).toEqual([1, 0]);
    expect([head(), readdirSync(at('clone')).sort()]).toEqual([one, ['.git', 'file']]);
    rmSync(at('clone'), { recursive: true });
  });

  test('a checkout that git refuses leaves no mark: what is in its way stays', () => {
    converge(git, params(one), shell);
    writeFileSync(at('clone/new'), 'mine');
    expect(() => converge(git, params('main'), shell)).toThrow(/status/);
    expect(() => converge(git, params('main'), shell)).toThrow(/status/);
    expect(readFileSync(at('clone/new'), 'utf8')).toBe('mine');
    rmSync(at('clone'), { recursive: true });
  });

  test('a repository above the path is never taken for the clone', () => {
    mkdirSync(at('work/deep/.git'), { recursive: true });
    const before = run('rev-parse', 'HEAD');
    const { changes, failure } = planHere(git, params('v1', { dest: at('work/deep') }), shell);
    expect([changes, failure?.summary]).toEqual([[], `git cannot read the clone in ${at('work/deep')}`]);
    expect([run('rev-parse', 'HEAD'), run('remote')]).toEqual([before, '']);
    rmSync(at('work/deep'), { recursive: true });
  });

  test('what a clone left that was cut off is removed', () => {
    mkdirSync(at('.vrun-git-clone.AbC123/clone'), { recursive: true });
    converge(git, params(one), shell);
    expect(readdirSync(directory).sort()).toEqual(['clone', 'repo.git', 'work']);
    rmSync(at('clone'), { recursive: true });
  });

  test('submodules, theirs, and one that is left out on purpose', () => {
    const sub = (name: string, ...words: string[]) =>
      execFileSync('git', ['-c', 'protocol.file.allow=always', '-c', 'user.name=A', '-c', 'user.email=a@b', ...words], {
        cwd: at(name),
      })
        .toString()
        .trim();
    for (const name of ['inner', 'lib', 'top']) {
      mkdirSync(at(name));
      sub(name, 'init', '-q', '-b', 'main');
      writeFileSync(at(`${name}/${name}.txt`), name);
    }
    sub('inner', 'add', '.');
    sub('inner', 'commit', '-qm', 'inner');
    sub('lib', 'submodule', 'add', '-q', at('inner'), 'deep/in ner');
    sub('lib', 'add', '.');
    sub('lib', 'commit', '-qm', 'lib');
    sub('top', 'submodule', 'add', '-q', '../lib', 'libs/lib');
    sub('top', 'submodule', 'add', '-q', '--name', 'left out', '../inner', 'none');
    sub('top', 'config', '-f', '.gitmodules', 'submodule.left out.update', 'none');
    sub('top', 'add', '.');
    sub('top', 'commit', '-qm', 'top');
    const want = (given: Params = {}) => ({ params: { repo: at('top'), dest: at('clone'), ...given } });
    const text = (path: string) => readFileSync(at(`clone/${path}`), 'utf8');
    const made = (given?: Params) => converge(git, want(given), shell).map(({ changes }) => changes.length);

    expect(made({ recursive: false })).toEqual([1, 0]);
    expect(readdirSync(at('clone/libs/lib'))).toEqual([]);
    const [first] = converge(git, want(), shell);
    expect(first.changes[0]?.from).toBe('without libs/lib');
    expect([text('libs/lib/lib.txt'), text('libs/lib/deep/in ner/inner.txt')]).toEqual(['lib', 'inner']);
    expect(readdirSync(at('clone/none'))).toEqual([]);
    rmSync(at('clone'), { recursive: true });
    expect(made()).toEqual([1, 0]);

    writeFileSync(at('lib/lib.txt'), 'lib 2');
    sub('lib', 'commit', '-qam', 'lib 2');
    sub('top/libs/lib', 'pull', '-q');
    sub('top', 'commit', '-qam', 'top 2');
    expect(made()).toEqual([1, 0]);
    expect(text('libs/lib/lib.txt')).toBe('lib 2');

    writeFileSync(at('clone/libs/lib/deep/in ner/inner.txt'), 'mine');
    expect(planHere(git, want(), shell).failure?.summary).toContain('changed by hand');
    expect(made({ force: true })).toEqual([1, 0]);
    expect(text('libs/lib/deep/in ner/inner.txt')).toBe('inner');
    execFileSync('git', ['submodule', '-q', 'deinit', '-f', 'libs/lib'], { cwd: at('clone') });
    expect(made()).toEqual([1, 0]);
    expect(text('libs/lib/lib.txt')).toBe('lib 2');
    rmSync(at('clone'), { recursive: true });
    for (const name of ['inner', 'lib', 'top']) rmSync(at(name), { recursive: true });
  });

  test('a repository of another machine names no directory of this one as a submodule', () => {
    const steps = (repo: string) => JSON.stringify(git.plan({ ...none }, bind(git, { ...want, repo })).changes);
    expect(steps(repo)).toContain('GIT_ALLOW_PROTOCOL=git:http:https:ssh;');
    expect(steps('/srv/x')).toContain('GIT_ALLOW_PROTOCOL=file:git');
  });

  test('force gives up what was changed by hand; without update a clone stays as it is', () => {
    converge(git, params(one), shell);
    writeFileSync(at('clone/file'), 'mine');
    expect(converge(git, params(one, { force: true }), shell).map(({ changes }) => changes.length)).toEqual([1, 0]);
    expect(readFileSync(at('clone/file'), 'utf8')).toBe('one');
    const kept = planHere(
      git,
      { params: { repo: '/nowhere', dest: at('clone'), version: 'main', update: false } },
      shell,
    );
    expect(kept).toMatchObject({ changes: [], result: { after: one }, past: { before: one } });
    expect(kept.failure).toBeUndefined();
    rmSync(at('clone'), { recursive: true });
  });

  test('programs that a clone names are not run', () => {
    converge(git, params(one), shell);
    for (const hook of ['post-checkout', 'reference-transaction', 'fsmonitor']) {
      writeFileSync(at(`clone/.git/hooks/${hook}`), `#!/bin/sh\ntouch ${at('ran')}\n`, { mode: 0o755 });
    }
    execFileSync('git', ['config', 'core.fsmonitor', at('clone/.git/hooks/fsmonitor')], { cwd: at('clone') });
    converge(git, params('main'), shell);
    expect(readdirSync(directory)).not.toContain('ran');
    rmSync(at('clone'), { recursive: true });
  });
});
