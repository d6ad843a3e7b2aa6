import fc from 'fast-check';
import { pathResults } from '../../../engine/resources/path/result.ts';
import { any, dated, ending, giving, leaving, of, owning } from '../rules.ts';
import type { Subject } from '../trial.ts';
import { few, found, optional, ownership, path, RESET, ROOT, rare, task } from './parts.ts';

const src = fc.constantFrom('one', 'tree', 'tree/', 'tree/in', 'empty', 'missing');
const dest = fc.oneof(
  path,
  path.map((name) => `${name}/`),
);
const content = fc.constantFrom('old\n', 'new\n', 'no end', '', 'Grüße\n', 'a\r\nb\r\n');
const rest = {
  ...ownership,
  backup: rare(fc.constant(true)),
  force: optional(fc.boolean()),
  directory_mode: optional(fc.constantFrom('0700', '0751')),
  follow: rare(fc.boolean()),
  validate: rare(fc.constantFrom('grep -q n %s', 'test -s %s')),
};

const tasks = fc.oneof(
  task('copy', { dest, content, ...rest }),
  task('copy', { dest, src, ...rest, mode: fc.oneof(ownership.mode, rare(fc.constant('preserve'))) }),
  task('copy', {
    dest,
    src: path,
    remote_src: fc.constant(true),
    ...rest,
    mode: fc.oneof(ownership.mode, rare(fc.constant('preserve'))),
  }),
);

/** Whether a path is the directory to which a directory is copied. */
function isTop(path: string, { dest, src }: Readonly<Record<string, unknown>>): boolean {
  const to = String(dest).replace(/\/$/, '');
  return path === to || path === `${to}/${String(src).replace(/.*\//, '')}`;
}

export const copy: Subject = {
  module: 'copy',
  settled: true,
  announced: [
    { key: 'dest', is: of(({ src, force }) => force === false || /^tree/.test(String(src)), giving('dest')) },
    {
      key: 'host-tree-mode',
      is: any(
        owning(({ remote_src: remote, ...params }, path) => remote === true && isTop(path, params)),
        of(({ remote_src: remote }) => remote === true, giving(...Object.keys(pathResults))),
      ),
    },
    {
      key: 'dest',
      is: of(({ content, remote_src: remote }) => content !== undefined || remote === true, giving('dest')),
    },
    { key: 'content-in-directory', is: of(({ content }) => content !== undefined, ending('ok', 'changed')) },
    {
      key: 'content-in-directory',
      is: any(
        leaving(/\/tmp[a-z0-9_]{8}$/, ({ content }) => content !== undefined),
        (difference, { tasks }) =>
          difference.kind === 'state' &&
          Object(difference.ansible).kind === 'link' &&
          tasks.some(
            ({ copy: params }) => Object(params).content !== undefined && Object(params).dest === difference.of,
          ),
      ),
    },
    { key: 'into-itself', is: ending('failed', 'changed', /can't be copied into itself/) },
    {
      key: 'host-directory',
      is: of(
        ({ remote_src: remote }) => remote === true,
        ending('changed', 'failed', /Destination directory .* does not exist/),
      ),
    },
    {
      key: 'host-directory',
      is: of(({ remote_src: remote }) => remote === true, ending('failed', 'changed', /is not a directory/)),
    },
    {
      key: 'host-mode',
      is: owning(({ remote_src: remote, mode, src }, path) => remote === true && mode !== undefined && src === path),
    },
    { key: 'host-file-time', is: dated(({ remote_src: remote }) => remote === true) },
  ],
  reset: RESET,
  paths: [ROOT],
  trials: fc.record({
    given: found,
    tasks: few(tasks),
    files: fc.constant({
      'files/one': 'one\n',
      'files/tree/in': 'in\n',
      'files/tree/sub/deep': 'deep\n',
      'files/empty': '',
    }),
  }),
};
