// What the generators of several modules draw from. Few things, so that tasks get into each other's way.
import fc from 'fast-check';
import { any, ending, leaving, of, owning, setId } from '../rules.ts';
import type { Announced, Task } from '../trial.ts';

const NO_PATH = /the host has no path/;

/** Where the trials take place. */
export const ROOT = '/srv/d';

export const RESET = `rm -rf ${ROOT}; mkdir ${ROOT}; touch -d '2001-02-03 04:05:06' ${ROOT}`;

/** What may lie there before: each a shell line. */
const FOUND = [
  `echo old >a; touch -d '2001-02-03 04:05:06' a`,
  'mkdir b; echo in >b/x; chmod 640 b/x; echo of >b/y',
  'mkdir -p c/d/e; touch c/d/f; chown daemon:daemon c/d',
  'ln -s a l',
  'ln -s b m',
  'ln -s nowhere n',
  'ln a h 2>/dev/null || echo other >h',
  'printf "one\\ntwo\\n#three\\nfour" >t; chmod 600 t; chown daemon t',
  'mkfifo p',
  ': >z',
];

export const found = fc.subarray(FOUND).map((lines) => [`cd ${ROOT}`, ...lines].join('\n'));

export const path = fc
  .constantFrom('a', 'b', 'c', 'c/d', 'b/x', 'l', 'm', 'n', 'h', 't', 'z', 'new', 'b/new', 'm/new', 'no/new')
  .map((name) => `${ROOT}/${name}`);

export const mode = fc.constantFrom(
  '0644',
  '0600',
  '0755',
  '755',
  '1777',
  '04755',
  'u=rwX,go=rX',
  'u+x',
  'g-w,o=',
  'a+X',
  'go=u',
  '=',
);
export const owner = fc.constantFrom('root', 'daemon', 'bin', '1', 'nobody');
export const group = fc.constantFrom('root', 'daemon', 'bin', '2', 'nogroup');
export const ownership = { owner: optional(owner), group: optional(group), mode: optional(mode) };

/** What is meant otherwise of every module that edits a file. */
export const EDITED: readonly Announced[] = [
  {
    key: 'missing-directory',
    is: of(({ create }) => create === true, any(ending('failed', 'changed', NO_PATH), ending('failed', 'ok', NO_PATH))),
  },
  {
    key: 'missing-directory',
    is: leaving(/^\/srv\/d\/no(\/|$)/, ({ create, path }) => create === true && path === `${ROOT}/no/new`),
  },
  {
    key: 'link-to-nothing',
    is: any(
      ending('failed', 'changed', /is a link that leads nowhere/),
      ending('failed', 'ok', /is a link that leads nowhere/),
    ),
  },
  { key: 'set-id', is: setId() },
  { key: 'link-owner', is: owning(({ path }) => path === `${ROOT}/l`) },
  { key: 'text', is: any(ending('failed', 'changed', /is not text/), ending('failed', 'ok', /is not text/)) },
];

/** A value now and then; what is undefined is left out of the task. */
export function optional<T>(value: fc.Arbitrary<T>, weight = 1): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight, arbitrary: value });
}

/** A value seldom, once in so many. */
export function rare<T>(value: fc.Arbitrary<T>, once = 8): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: once - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

/** Tasks of a module: parameters that are undefined are left out. */
export function task(module: string, params: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Task> {
  return fc.record(params).map((values) => ({
    [module]: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
  }));
}

/** One to three tasks, one after the other: most often one. */
export function few(tasks: fc.Arbitrary<Task>): fc.Arbitrary<readonly Task[]> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.tuple(tasks) },
    { weight: 2, arbitrary: fc.tuple(tasks, tasks) },
    { weight: 1, arbitrary: fc.tuple(tasks, tasks, tasks) },
  );
}
