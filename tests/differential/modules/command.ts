import fc from 'fast-check';
import { any, ending, giving, of, refusing } from '../rules.ts';
import type { Announced, Subject } from '../trial.ts';
import { few, found, RESET, ROOT, rare, task } from './parts.ts';

const OUTPUT = ['stdout', 'stdout_lines'];

/** `directory` and `words` show in what is printed, and in where something is made. */
const ANNOUNCED: readonly Announced[] = [
  { key: 'one-path', is: refusing(/One path, not a pattern|The path must be absolute|no file ‹missing/) },
  { key: 'not-run', is: any(ending('ok', 'skipped', /does not exist|exists/), of(limited, giving(...OUTPUT))) },
  {
    key: 'directory',
    is: any(
      of(placeless, giving(...OUTPUT, 'stderr', 'stderr_lines', 'cmd')),
      of(placeless, ending('changed', 'failed', /non-zero/)),
    ),
  },
];
const STDIN: Announced = { key: 'stdin', is: ending('changed', 'failed', /Broken pipe/) };
const WORDS: Announced = {
  key: 'words',
  is: of(({ cmd = '', argv = '' }) => `${cmd}${argv}`.includes('$HOME'), giving(...OUTPUT)),
};
const ENDS: Announced = { key: 'ends', is: giving(...OUTPUT) };

function limited({ creates, removes }: Readonly<Record<string, unknown>>): boolean {
  return creates !== undefined || removes !== undefined;
}

/** What says where it is, or makes something there. */
function placeless({ chdir, cmd = '' }: Readonly<Record<string, unknown>>): boolean {
  return chdir === undefined && /\*|made|plain|ls|cat <|-e a/.test(String(cmd));
}

const limits = {
  chdir: rare(fc.constantFrom('/srv/d', '/srv/d/c', '/srv/d/no', '/tmp')),
  creates: rare(fc.constantFrom('/srv/d/a', '/srv/d/new', '/srv/d/*', 'a'), 4),
  removes: rare(fc.constantFrom('/srv/d/a', '/srv/d/t', '/srv/d/n*'), 4),
  stdin: rare(fc.constantFrom('in', 'in\n', '')),
  stdin_add_newline: rare(fc.boolean(), 20),
  strip_empty_ends: rare(fc.boolean(), 20),
};
const words = fc.constantFrom(
  'touch /srv/d/new',
  'cat',
  'echo "two words" \'and one\'',
  'false',
  'ls nowhere',
  'echo $HOME *',
  'mkdir made',
  'printf "a\\n\\n"',
  'no-such-program',
  'sh -c "echo out; echo err >&2; exit 3"',
);

export const command: Subject = {
  module: 'command',
  settled: true,
  announced: [...ANNOUNCED, STDIN, WORDS],
  reset: RESET,
  paths: [ROOT],
  trials: fc.record({
    given: found,
    tasks: few(
      fc.oneof(
        task('command', { cmd: words, ...limits }),
        task('command', {
          argv: fc.constantFrom(['touch', '/srv/d/new'], ['echo', '$HOME', 'a b'], ['cat'], ['test', '-e', '/srv/d/a']),
          ...limits,
        }),
      ),
    ),
  }),
};

export const shell: Subject = {
  module: 'shell',
  settled: true,
  announced: [...ANNOUNCED, STDIN],
  reset: RESET,
  paths: [ROOT],
  trials: fc.record({
    given: found,
    tasks: few(
      task('shell', {
        cmd: fc.oneof(
          words,
          fc.constantFrom(
            'echo $((1 + 2)); echo a | tr a b',
            'echo x >/srv/d/new',
            'for i in 1 2; do echo $i; done',
            '[ -e a ] && echo there',
            'echo {1..3}',
            'cat <<END\nhere\nEND',
          ),
        ),
        executable: rare(fc.constantFrom('/bin/bash', '/bin/sh')),
        ...limits,
      }),
    ),
  }),
};

export const script: Subject = {
  module: 'script',
  settled: true,
  announced: [{ key: 'copied', is: refusing(/^no file ‹missing/) }, ...ANNOUNCED, ENDS],
  reset: RESET,
  paths: [ROOT],
  trials: fc.record({
    given: found,
    tasks: few(
      task('script', {
        cmd: fc.constantFrom('make.sh', 'make.sh one "two words"', 'fail.sh', 'plain.sh x', 'missing.sh'),
        chdir: limits.chdir,
        creates: limits.creates,
        removes: limits.removes,
        executable: rare(fc.constantFrom('/bin/bash', '/usr/bin/python3')),
      }),
    ),
    files: fc.constant({
      'files/make.sh': '#!/bin/sh\necho "$#:$1:$2"\ntouch /srv/d/new\n',
      'files/fail.sh': '#!/bin/sh\necho out\necho err >&2\nexit 4\n',
      'files/plain.sh': '#!/bin/sh\npwd\n',
    }),
  }),
};
