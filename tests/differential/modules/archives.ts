// What brings files from elsewhere: archives, addresses, repositories.
import fc from 'fast-check';
import { any, beside, ending, giving, leaving, of, owning, refusing, where } from '../rules.ts';
import type { Subject } from '../trial.ts';
import { few, optional, ownership, RESET, ROOT, rare, task } from './parts.ts';

const PACK = [
  'rm -rf /srv/pack; mkdir -p /srv/pack/app/bin /srv/pack/app/empty; cd /srv/pack',
  'echo run >app/bin/run; chmod 750 app/bin/run; ln -s bin/run app/link; ln app/bin/run app/hard; echo text >app/text',
  "find app -exec touch -h -d '2002-02-02 02:02:02' {} +",
  'tar -cf app.tar app; tar -czf app.tar.gz app; tar -C app -czf flat.tgz bin text; python3 -m zipfile -c app.zip app 2>/dev/null',
  'chmod 664 app/text; chown daemon:daemon app/text; tar -cJf app.tar.xz app',
].join('\n');

export const unarchive: Subject = {
  module: 'unarchive',
  settled: true,
  announced: [
    {
      key: 'directories',
      is: any(
        ending('changed', 'failed', /must be an existing dir/),
        ending('ok', 'failed', /must be an existing dir/),
      ),
    },
    {
      key: 'attributes',
      is: any(
        owning(),
        of(({ src }) => /xz$/.test(String(src)), ending('ok', 'changed')),
        beside(
          ({ owner, group, mode }) => [owner, group, mode].some((one) => one !== undefined),
          ending('ok', 'changed'),
        ),
      ),
    },
    { key: 'options', is: of(({ src }) => /zip$/.test(String(src)), ending('changed', 'failed', /failed to unpack/)) },
    {
      key: 'creates',
      is: of(
        ({ creates }) => creates !== undefined,
        any(
          ending('ok', 'skipped', /since .* exists/),
          ending('failed', 'changed', /a step failed|is still not there/),
        ),
      ),
    },
  ],
  reset: `command -v unzip xz >/dev/null || { apt-get -q update; apt-get -q -y install unzip xz-utils; } >/dev/null\n${PACK}\n${RESET}`,
  paths: [ROOT],
  share: 0.5,
  trials: fc.record({
    given: fc
      .subarray([
        `mkdir ${ROOT}/b`,
        `mkdir -p ${ROOT}/b/app; echo other >${ROOT}/b/app/text`,
        `tar -C ${ROOT}/b -xf /srv/pack/app.tar 2>/dev/null || :`,
        `mkdir -p ${ROOT}/c; chmod 711 ${ROOT}/c`,
      ])
      .map((lines) => lines.join('\n')),
    tasks: few(
      task('unarchive', {
        src: fc
          .constantFrom('app.tar', 'app.tar.gz', 'app.tar.xz', 'flat.tgz', 'app.zip', 'missing.tar')
          .map((name) => `/srv/pack/${name}`),
        dest: fc.constantFrom('b', 'b/', 'c', 'missing').map((name) => `${ROOT}/${name}`),
        remote_src: fc.constant(true),
        creates: rare(fc.constantFrom('/srv/d/b/app/text', '/srv/d/b/nothing')),
        exclude: rare(fc.constantFrom<unknown>(['app/text'], ['app/bin'], ['*.txt'])),
        include: rare(fc.constant(['app/text'])),
        extra_opts: rare(fc.constantFrom(['--strip-components=1'], ['--no-same-owner'])),
        keep_newer: rare(fc.boolean(), 20),
        list_files: rare(fc.boolean(), 20),
        ...ownership,
      }),
    ),
  }),
};

const SERVE = [
  'command -v curl >/dev/null || { apt-get -q update; apt-get -q -y --no-install-recommends install curl; } >/dev/null',
  'mkdir -p /srv/www; cd /srv/www; echo hello >hello.txt; echo other >other.txt; sha256sum hello.txt other.txt >SHA256SUMS',
  'python3 -c \'import socket; socket.create_connection(("127.0.0.1", 8008)).close()\' 2>/dev/null || { setsid python3 -m http.server --bind 127.0.0.1 8008 >/dev/null 2>&1 </dev/null & sleep 1; }',
].join('\n');
const HELLO = 'sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03';

export const getUrl: Subject = {
  module: 'get-url',
  announced: [
    { key: 'checksum', is: refusing(/needs ‹checksum›|has no parameter|‹checksum›/) },
    { key: 'directory', is: ending('failed', 'changed', /is a directory/) },
    {
      key: 'unasked',
      is: (difference, tried) =>
        difference.kind === 'status' && difference.phase === 'dry' && ending('changed', 'failed')(difference, tried),
    },
  ],
  reset: `${SERVE}\n${RESET}`,
  paths: [ROOT],
  share: 0.4,
  trials: fc.record({
    given: fc
      .subarray([`cp /srv/www/hello.txt ${ROOT}/a`, `echo old >${ROOT}/b`, `mkdir ${ROOT}/c`])
      .map((lines) => lines.join('\n')),
    tasks: few(
      task('get_url', {
        url: fc
          .constantFrom('hello.txt', 'hello.txt', 'other.txt', 'missing.txt')
          .map((name) => `http://127.0.0.1:8008/${name}`),
        dest: fc.constantFrom('a', 'b', 'c', 'c/', 'no/new').map((name) => `${ROOT}/${name}`),
        checksum: optional(
          fc.constantFrom(
            HELLO,
            'sha256:http://127.0.0.1:8008/SHA256SUMS',
            'sha1:0123456789012345678901234567890123456789',
          ),
          12,
        ),
        force: rare(fc.boolean()),
        backup: rare(fc.constant(true), 20),
        timeout: rare(fc.constant(5), 20),
        ...ownership,
      }),
    ),
  }),
};

const REPOSITORY = [
  'command -v git >/dev/null || { apt-get -q update; apt-get -q -y --no-install-recommends install git; } >/dev/null',
  'if [ ! -d /srv/repo.git ]; then export GIT_AUTHOR_DATE="2002-02-02T02:02:02Z" GIT_COMMITTER_DATE="2002-02-02T02:02:02Z" GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b',
  'rm -rf /srv/work; git init -q -b main /srv/work; cd /srv/work; echo 1 >f; git add f; git commit -q -m 1; git tag v1; echo 2 >f; git commit -q -a -m 2; git branch side v1; git tag -a -m two v2; git clone -q --bare /srv/work /srv/repo.git; fi',
].join('\n');

export const git: Subject = {
  module: 'git',
  announced: [
    { key: 'path', is: of(({ repo }) => repo === '/srv/repo.git', any(ending('ok', 'changed'), giving('remote_url'))) },
    {
      key: 'default-branch',
      is: where(
        /checkout -q side/,
        beside(
          ({ version }) => version === undefined,
          any(giving('after'), ending('changed', 'ok'), ending('ok', 'changed'), leaving(/git log/)),
        ),
      ),
    },
    { key: 'shallow', is: beside(({ depth }) => depth === 1, ending('changed', 'failed', /Failed to checkout/)) },
    { key: 'failed', is: beside(({ repo }) => repo === 'file:///srv/nothing.git', ending('ok', 'changed')) },
    { key: 'path', is: beside(({ repo }) => repo === '/srv/repo.git', ending('changed', 'ok')) },
  ],
  alike: (text) => text.replaceAll('file:///srv/', '/srv/'),
  reset: `${REPOSITORY}\n${RESET}`,
  /** Whether the commit has the name of a branch is announced. */
  commands: ['b', 'c', 'new'].map(
    (name) =>
      `cd ${ROOT}/${name} 2>/dev/null && git log -1 --format=%H 2>&1; git status --short 2>&1; git remote -v; cat f 2>/dev/null`,
  ),
  share: 0.4,
  trials: fc.record({
    given: fc
      .subarray([
        `git clone -q /srv/repo.git ${ROOT}/b`,
        `[ -d ${ROOT}/b ] && echo local >${ROOT}/b/f || :`,
        `mkdir ${ROOT}/c; echo in >${ROOT}/c/x`,
        `[ -d ${ROOT}/b ] && git -C ${ROOT}/b checkout -q side -f || :`,
      ])
      .map((lines) => lines.join('\n')),
    tasks: few(
      task('git', {
        repo: fc.constantFrom(
          'file:///srv/repo.git',
          'file:///srv/repo.git',
          '/srv/repo.git',
          'file:///srv/nothing.git',
        ),
        dest: fc.constantFrom('b', 'c', 'new').map((name) => `${ROOT}/${name}`),
        version: optional(fc.constantFrom('main', 'v1', 'v2', 'side', 'nothing'), 9),
        force: rare(fc.boolean(), 4),
        depth: rare(fc.constant(1)),
        update: rare(fc.boolean()),
        clone: rare(fc.boolean(), 20),
        bare: rare(fc.boolean(), 20),
        recursive: rare(fc.boolean(), 20),
        single_branch: rare(fc.boolean(), 20),
      }),
    ),
  }),
};
