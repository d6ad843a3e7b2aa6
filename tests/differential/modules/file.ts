import fc from 'fast-check';
import { pathResults } from '../../../engine/resources/path/result.ts';
import { again, any, ending, giving, leaving, of, refusing } from '../rules.ts';
import type { Subject } from '../trial.ts';
import { few, found, optional, ownership, path, RESET, ROOT, task } from './parts.ts';

const time = fc.constantFrom('preserve', 'now', '200203040506.07');
const times = { modification_time: optional(time), access_time: optional(time) };
const force = optional(fc.boolean());
const follow = optional(fc.boolean());
const target = fc.oneof(path, fc.constantFrom('a', 'b', 'nowhere', '../d/t'));

const tasks = fc.oneof(
  task('file', { path, state: fc.constant('file'), follow, ...times, ...ownership }),
  task('file', {
    path,
    state: fc.constant('directory'),
    follow,
    recurse: optional(fc.boolean()),
    ...times,
    ...ownership,
  }),
  task('file', { path, state: fc.constant('touch'), follow, ...times, ...ownership }),
  task('file', { path, state: fc.constant('absent') }),
  task('file', { path, state: fc.constant('link'), src: target, force, follow, owner: ownership.owner }),
  task('file', { path, state: fc.constant('hard'), src: path, force, ...ownership }),
  task('file', { path, follow, src: optional(target), ...ownership }),
);

export const file: Subject = {
  module: 'file',
  settled: true,
  announced: [
    { key: 'link-mode', is: refusing(/link.* mode|mode.* link/i) },
    {
      key: 'directory-behind-link',
      is: any(ending('failed', 'changed', /leads nowhere/), ending('failed', 'ok', /leads nowhere/)),
    },
    {
      key: 'touched-link',
      is: of(
        ({ state, path: at }) => (state === 'touch' || state === undefined) && /\/[lm]$/.test(String(at)),
        giving('path', 'dest', ...Object.keys(pathResults)),
      ),
    },
    { key: 'recurse-times', is: refusing(/Times are not set/) },
    {
      key: 'hard-over-link',
      is: of(({ state }) => state === 'hard', any(ending('changed', 'ok'), again(ending('ok', 'changed')))),
    },
    { key: 'symbolic-mode', is: leaving(/./, ({ mode = '' }) => /[=+-]/.test(String(mode))) },
  ],
  reset: RESET,
  paths: [ROOT],
  trials: fc.record({ given: found, tasks: few(tasks) }),
};
