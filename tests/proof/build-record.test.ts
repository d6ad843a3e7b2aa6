import { describe, expect, test } from 'vitest';
import {
  type BuildRecord,
  buildJson,
  commitFaults,
  disagreements,
  type Expected,
  isCommit,
  readBuildJson,
  recordFaults,
} from '../../engine/proof/build-record.ts';
import { findPattern, ignoring, patternFault } from '../../engine/proof/ignore.ts';

const COMMIT = 'a'.repeat(40);
const record: BuildRecord = {
  commit: COMMIT,
  builtAt: '2026-11-23T00:00:00.000Z',
  depsSha256: 'b'.repeat(64),
  gatesConfigured: ['lint'],
  gatesRan: [{ name: 'lint', ran: true, passed: true }],
};
const nothing: Expected = { commit: undefined, gates: [], maxAge: undefined };
const built = Date.parse(record.builtAt) / 1000;

const rows: readonly [string, Partial<BuildRecord>, Partial<Expected>, number, string[]][] = [
  ['as expected', {}, { commit: COMMIT, gates: ['lint'], maxAge: 60 }, 60, []],
  ['too old', {}, { maxAge: 60 }, 61, ['it was built 61 seconds ago (2026-11-23T00:00:00.000Z), more than 60']],
  ['a clock that is a little behind', {}, { maxAge: 60 }, -300, []],
  ['from the future', {}, { maxAge: 60 }, -301, ['it was built in the future: 2026-11-23T00:00:00.000Z']],
  ['of no time', { builtAt: 'yesterday' }, {}, 0, ['builtAt is no time: yesterday']],
  ['another commit', {}, { commit: 'c' }, 0, [`commit is ${COMMIT}, not c`]],
  ['the beginning of the commit', {}, { commit: 'aaaaaaaaaaaa' }, 0, []],
  [
    'unknown, even when that is named',
    { commit: 'unknown' },
    { commit: 'unknown' },
    0,
    ['commit is unknown: it was built without git'],
  ],
  ['dirty', { commit: 'a-dirty' }, {}, 0, ['commit is a-dirty: what was built was not committed']],
  ['dirty where clean is named', { commit: 'a-dirty' }, { commit: 'a' }, 0, ['commit is a-dirty, not a']],
  ['dirty and named', { commit: 'a-dirty' }, { commit: 'a-dirty' }, 0, []],
  ['started as it was signed', { start: 'node a.js' }, { start: 'node a.js' }, 0, []],
  ['started by anything, where nobody says', { start: 'node a.js' }, {}, 0, []],
  [
    'started by another command',
    { start: 'node a.js' },
    { start: 'node b.js' },
    0,
    ['it is to be started by ‹node b.js›, and ‹node a.js› was signed'],
  ],
  ['started by a command', {}, { start: 'b' }, 0, ['it is to be started by ‹b›, and no command was signed']],
  ['a gate that did not run', { gatesRan: [] }, {}, 0, ['gate lint did not run']],
  [
    'a gate that says it did not run',
    { gatesRan: [{ name: 'lint', ran: false, passed: true }] },
    {},
    0,
    ['gate lint did not run'],
  ],
  ['a gate that failed', { gatesRan: [{ name: 'lint', ran: true, passed: false }] }, {}, 0, ['gate lint did not pass']],
  [
    'a gate of which nobody says how it went',
    { gatesRan: [{ name: 'lint', ran: true }] },
    {},
    0,
    ['gate lint did not pass'],
  ],
  [
    'a gate twice, good first',
    { gatesRan: [...record.gatesRan, { name: 'lint', ran: true, passed: false }] },
    {},
    0,
    ['gate lint did not pass', 'gate lint stands there twice'],
  ],
  ['a gate that is wanted', {}, { gates: ['test'] }, 0, ['gate test is not among those of the build (lint)']],
  ['one of two names', {}, { gates: ['ESLint enforced|lint'] }, 0, []],
  [
    'none of two names',
    {},
    { gates: ['Vitest unit suite|test'] },
    0,
    ['gate Vitest unit suite|test is not among those of the build (lint)'],
  ],
  [
    'no gates at all',
    { gatesConfigured: [], gatesRan: [] },
    { gates: ['test'] },
    0,
    ['gate test is not among those of the build (it has none)'],
  ],
  ['no gates, and none wanted', { gatesConfigured: [], gatesRan: [] }, {}, 0, []],
];

describe('a build', () => {
  test.each(rows)('%s', (_, said, expected, age, faults) => {
    expect(recordFaults({ ...record, ...said }, { ...nothing, ...expected }, built + age)).toEqual(faults);
  });

  test('is read as it was written, and what is unknown in it is left alone', () => {
    expect(readBuildJson(buildJson(record))).toEqual({ ...record, generated: true });
    expect(readBuildJson(JSON.stringify({ ...record, generated: false, more: 1 })).generated).toBe(false);
  });

  test.each([
    ['{', /not JSON/],
    ['[]', /not a build's proof/],
    ['{}', /not a build's proof/],
    [JSON.stringify({ ...record, generated: true, gatesRan: [{ name: 'x' }] }), /gatesRan\.0/],
    [JSON.stringify({ ...record, generated: true, depsSha256: 'x' }), /depsSha256/],
  ])('%s is refused', (text, why) => {
    expect(() => readBuildJson(text)).toThrow(why);
  });

  test('that shows something else than was signed', () => {
    const shown = { ...record, commit: 'c', gatesRan: [] };
    expect(disagreements(record, record)).toEqual([]);
    expect(disagreements(shown, record)).toEqual([
      `commit is c, and ${COMMIT} was signed`,
      'its gates are not those that were signed',
    ]);
  });
});

describe('what is ignored', () => {
  test('a path, and with * any characters', () => {
    const ignored = ignoring(['uploads', '*.log', '.next/cache', 'a+b', 'x[1]']);
    const paths = [
      'uploads',
      'x/uploads',
      'uploads2',
      'a/b.log',
      '.log',
      '.next/cache',
      'anext/cache',
      'a+b',
      'aab',
      'x[1]',
      'x1',
    ];
    expect(paths.filter(ignored)).toEqual(['uploads', 'a/b.log', '.log', '.next/cache', 'a+b', 'x[1]']);
  });

  test('in find, brackets and question marks stand for themselves', () => {
    expect(findPattern('app/[slug]/*.x?')).toBe('./app/\\[slug\\]/*.x\\?');
  });

  test.each(['/x', 'x/', '*', '**/*', '', '../x', 'a//b', './x', 'a\\b', 'a\nb'])('%j is refused', (pattern) => {
    expect(patternFault(pattern)).toBeDefined();
  });
});

describe('a commit by its beginning', () => {
  const SHORT = COMMIT.slice(0, 12);
  test.each([
    ['short in the build', SHORT, COMMIT, true],
    ['short where it is asked for', COMMIT, SHORT, true],
    ['seven digits', COMMIT.slice(0, 7), COMMIT, true],
    ['six are too few', COMMIT.slice(0, 6), COMMIT, false],
    ['another beginning', `f${SHORT}`, COMMIT, false],
    ['a short one doesn’t say whether it is dirty', SHORT, `${COMMIT}-dirty`, true],
    ['a dirty one isn’t the clean one', `${COMMIT}-dirty`, COMMIT, false],
    ['nor by its beginning', `${COMMIT}-dirty`, SHORT, false],
    ['a clean one isn’t the dirty one', COMMIT, `${COMMIT}-dirty`, false],
    ['a longer one isn’t the short one', SHORT, `${SHORT}; x`, false],
  ])('%s', (_, commit, expected, same) => {
    expect(isCommit(commit, expected)).toBe(same);
    expect(commitFaults(commit, expected)).toHaveLength(same ? 0 : 1);
  });

  test('the application’s own proof may show less than was signed, and nothing else', () => {
    const signed = {
      ...record,
      gatesConfigured: ['lint', 'ESLint enforced'],
      gatesRan: [...record.gatesRan, { name: 'ESLint enforced', ran: true, passed: true }],
    };
    expect(disagreements({ ...record, commit: SHORT }, { ...signed, ownProof: true })).toEqual([]);
    expect(disagreements({ ...record, commit: SHORT }, signed)).toEqual(['its gates are not those that were signed']);
    const other = { ...record, gatesRan: [{ name: 'lint', ran: true, passed: false }] };
    expect(disagreements(other, { ...signed, ownProof: true })).toEqual(['its gates are not those that were signed']);
    expect(disagreements(signed, record)).toEqual(['its gates are not those that were signed']);
  });
});
