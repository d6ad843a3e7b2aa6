// One path on the host: a file's attributes, a directory, a link, or nothing at all.

import { defineModule, OneOf, ownership, pathThing, Type, treeThing } from '../../engine/module/index.ts';
import { checkPaths, cleanPath, hasControl } from '../../engine/resources/file/path.ts';
import { planPath } from '../../engine/resources/path/plan.ts';
import { pathResults } from '../../engine/resources/path/result.ts';
import type { PathWant } from '../../engine/resources/path/state.ts';
import { checkTimes, TIME_FORMAT, timeWant } from '../../engine/resources/path/times.ts';
import { DIFFERENCES } from './differences.ts';
import { pendingPath } from './pending.ts';
import { parsePaths, probePaths } from './probe.ts';

const STATES = ['file', 'directory', 'link', 'hard', 'absent', 'touch'] as const;
const TIME =
  "preserve, now, or a time on the host's clock, as its format says; preserve where nothing is said, and now for touch";
const FORMAT = 'How that time is written, in the directives of strptime(3)';

export default defineModule({
  name: 'file',
  summary: 'Manage a file, a directory or a link',
  example: `
- name: A directory for uploads
  file: { path: /srv/uploads, state: directory, owner: www-data, group: www-data, mode: "0750" }

- name: The release in use
  file: { path: /srv/current, state: link, src: releases/42, force: true }

- name: Nobody else reads the key
  file: { path: /etc/app.key, mode: go= }
`,
  takesCut: true,
  params: Type.Object({
    path: Type.String({ minLength: 1, description: 'Absolute path on the host' }),
    state: Type.Optional(
      OneOf(STATES, {
        description:
          'What shall be there; file changes attributes only, touch makes or renews it. Without it what is there keeps its kind, and a directory is made where recurse is set',
      }),
    ),
    src: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Where a link leads; for hard an absolute path. Where hard finds a directory the link is made in it',
      }),
    ),
    ...ownership,
    recurse: Type.Boolean({
      default: false,
      description: 'Set owner, group and mode of all that is in the directory too',
    }),
    force: Type.Boolean({
      default: false,
      description: 'Link even to nothing, and replace a file or an empty directory',
    }),
    follow: Type.Boolean({
      default: true,
      description:
        'Manage what a symbolic link leads to: one that is found at the path, or, with `state: link`, the one itself',
    }),
    modification_time: Type.Optional(Type.String({ minLength: 1, description: `When it was changed last: ${TIME}` })),
    modification_time_format: Type.String({ default: TIME_FORMAT, description: FORMAT }),
    access_time: Type.Optional(Type.String({ minLength: 1, description: `When it was read last: ${TIME}` })),
    access_time_format: Type.String({ default: TIME_FORMAT, description: FORMAT }),
  }),
  results: Type.Object({
    path: Type.Optional(Type.String({ description: 'What was managed: where a followed link leads, if there is one' })),
    dest: Type.Optional(Type.String({ description: 'The same' })),
    ...pathResults,
    src: Type.Optional(Type.String({ description: 'Where a link leads, as it was asked for' })),
  }),
  manual: {
    reads:
      'What is at the path, its attributes, the directories above it, and with `recurse` the attributes of all that is below it.',
    changes:
      'Only what differs, each by one command: mkdir, chown, chmod, ln, touch, rm. New directories have their mode from the beginning; a link takes the place of another in one step.',
    dryRun:
      'Of a link that a pending change makes or turns nobody knows yet what it leads to: what follows it is `unknown`.',
    needs: 'coreutils or BusyBox.',
    tried: 'Debian 12: coreutils 9.1, dash 0.5.12, bash 5.2; BusyBox 1.35. Against the module of ansible-core 2.14.',
  },
  differences: DIFFERENCES,
  aliases: { dest: 'path', name: 'path' },

  checkParams: (params) => {
    const { path, state, src, recurse, mode, follow, modification_time: modified, access_time: accessed } = params;
    const linked = state === 'link' || state === 'hard';
    return [
      ...checkPaths(params, state === 'hard' ? ['path', 'src'] : ['path']),
      ...checkTimes(params),
      ...(typeof path === 'string' && state === 'absent' && path.startsWith('/') && cleanPath(path) === '/'
        ? [{ parameter: 'path', summary: 'The root directory cannot be removed', hint: 'Name what shall go.' }]
        : []),
      ...(typeof src === 'string' && hasControl(src)
        ? [{ parameter: 'src', summary: 'A path must not hold control characters', hint: 'Take them out of it.' }]
        : []),
      ...(!linked && 'src' in params && (typeof state === 'string' || state === undefined)
        ? [{ parameter: 'src', summary: 'src is for links only', hint: 'Set state to link or hard, or use copy.' }]
        : []),
      ...(recurse === true && typeof state === 'string' && state !== 'directory'
        ? [{ parameter: 'recurse', summary: 'recurse is for directories only', hint: 'Set state to directory.' }]
        : []),
      ...(recurse === true && (modified !== undefined || accessed !== undefined)
        ? [
            {
              parameter: 'recurse',
              summary: 'Times are not set in all that is in a directory',
              hint: 'Set them in a task of its own, without recurse.',
            },
          ]
        : []),
      ...(state === 'link' && mode !== undefined && follow === false
        ? [
            {
              parameter: 'mode',
              summary: 'A symbolic link has no mode',
              hint: 'Without `follow: false` what it leads to gets it.',
            },
          ]
        : []),
    ];
  },

  prepare: (params): PathWant => {
    const { path, state, modification_time: modified, access_time: accessed, ...rest } = params;
    const { modification_time_format: modifiedFormat, access_time_format: accessedFormat, ...others } = rest;
    const usual = state === 'touch' ? 'now' : 'preserve';
    const time = (text: string | undefined, format: string) =>
      (text === undefined ? undefined : timeWant(text, format)) ?? usual;
    const times = { modified: time(modified, modifiedFormat), accessed: time(accessed, accessedFormat) };
    return { ...others, state, path: cleanPath(path), times };
  },

  probeMany: probePaths,
  parseMany: parsePaths,

  pending: pendingPath,

  independent: true,
  about: ({ path, state, recurse }) => {
    return recurse === true || state === 'absent' || state === 'hard' ? treeThing(path) : pathThing(path);
  },
  // Whether what a link leads to is there, `parse` says.
  looksAt: ({ src, state }) => (state === 'hard' ? pathThing(src) : []),
  plan: planPath,
});
