import { describe, expect, test } from 'vitest';
import aptRepository from '../../../modules/apt-repository/apt-repository.ts';
import { bind } from '../harness/bind.ts';
import { entry } from '../harness/entries.ts';
import { table } from '../harness/table.ts';

const ARMORED = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ0Jf\n-----END PGP PUBLIC KEY BLOCK-----\n';
const BINARY = new Uint8Array([0x98, 0x33, 0x04]);
const local = { 'node.asc': ARMORED, 'node.gpg': BINARY, 'page.html': '<html>' };
const params = { name: 'node', uri: 'https://example.com/node', suites: 'nodistro', signed_by: 'node.asc' };
const nothing = { source: undefined, armored: undefined, binary: undefined, keyrings: true, files: [] };

const HEAD =
  '# Written by vrun: what is changed here by hand is overwritten.\\nTypes: deb\\nURIs: https://example.com/node\\n';
const KEY = `  > /etc/apt/keyrings/node.asc 0644 root:root ${JSON.stringify(ARMORED)}`;
const source = (rest: string) => [
  '+ file /etc/apt/sources.list.d/node.sources: mode 0644, owner root, group root',
  `  > /etc/apt/sources.list.d/node.sources 0644 root:root "${HEAD}${rest}"`,
  '  = path:/etc/apt/sources.list.d/node.sources',
];
const SOURCE = source('Suites: nodistro\\nComponents: main\\nSigned-By: /etc/apt/keyrings/node.asc\\n');
const NEW_KEY = [
  '+ file /etc/apt/keyrings/node.asc: mode 0644, owner root, group root',
  KEY,
  '  = path:/etc/apt/keyrings/node.asc',
];

table(aptRepository, [
  { title: 'the key, then the source', params, local, have: nothing, changes: [...NEW_KEY, ...SOURCE] },
  {
    title: 'an armored key in the runbook itself',
    params: { ...params, signed_by: `\n${ARMORED}\n` },
    have: nothing,
    changes: [...NEW_KEY, ...SOURCE],
  },
  {
    title: 'a binary key, in the place of an armored one',
    params: { ...params, signed_by: 'node.gpg', suites: ['a', 'b'], components: ['main', 'extra'] },
    local,
    have: { ...nothing, armored: entry({}) },
    changes: [
      '+ file /etc/apt/keyrings/node.gpg: mode 0644, owner root, group root, new content (binary, 3 bytes)',
      '  > /etc/apt/keyrings/node.gpg 0644 root:root ‹3 bytes›',
      '  = path:/etc/apt/keyrings/node.gpg',
      ...source('Suites: a b\\nComponents: main extra\\nSigned-By: /etc/apt/keyrings/node.gpg\\n'),
      '- file /etc/apt/keyrings/node.asc: gone',
      '  $ rm -f -- /etc/apt/keyrings/node.asc',
    ],
  },
  {
    title: 'a suite that is a path has no components',
    params: { ...params, suites: './' },
    local,
    have: { ...nothing, keyrings: false },
    changes: [
      NEW_KEY[0] ?? '',
      '  $ mkdir -p -m 0755 -- /etc/apt/keyrings',
      ...NEW_KEY.slice(1),
      ...source('Suites: ./\\nSigned-By: /etc/apt/keyrings/node.asc\\n'),
    ],
  },
  {
    title: 'absent already',
    params: { name: 'node', state: 'absent' },
    have: nothing,
    changes: [],
  },
  {
    title: 'gone with its keys',
    params: { name: 'node', state: 'absent' },
    have: { ...nothing, source: entry({}), binary: entry({}) },
    changes: [
      '- file /etc/apt/sources.list.d/node.sources: gone',
      '  $ rm -f -- /etc/apt/sources.list.d/node.sources',
      '- file /etc/apt/keyrings/node.gpg: gone',
      '  $ rm -f -- /etc/apt/keyrings/node.gpg',
    ],
  },
  {
    title: 'a directory is not removed',
    params: { name: 'node', state: 'absent' },
    have: { ...nothing, source: entry({ kind: 'directory' }) },
    changes: [],
    failure: '/etc/apt/sources.list.d/node.sources is a directory',
  },
  {
    title: 'a web page is no key',
    params: { ...params, signed_by: 'page.html' },
    local,
    have: nothing,
    changes: [],
    failure: 'signed_by is no OpenPGP public key',
  },
  {
    title: 'a private key stays here',
    params: {
      ...params,
      signed_by: '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nx\n-----END PGP PRIVATE KEY BLOCK-----\n',
    },
    have: nothing,
    changes: [],
    failure: 'signed_by is a private key',
  },
  {
    title: 'another file has the same source with another key',
    params,
    local,
    have: {
      ...nothing,
      files: [
        {
          path: '/etc/apt/sources.list.d/old.list',
          lines: ['deb [signed-by=/k.gpg] https://example.com/node/ nodistro main'],
        },
      ],
    },
    changes: [],
    failure: /old\.list has the same source with another Signed-By/,
  },
  {
    title: 'with the same key it is read twice, of which apt warns',
    params,
    local,
    have: {
      ...nothing,
      files: [
        {
          path: '/etc/apt/sources.list',
          lines: ['deb [signed-by=/etc/apt/keyrings/node.asc] https://example.com/node nodistro main'],
        },
      ],
    },
    changes: [...NEW_KEY, ...SOURCE],
  },
  {
    title: 'its own file is no other one, and what is to go clashes with nothing',
    params: { ...params, state: 'absent' },
    local,
    have: {
      ...nothing,
      files: [
        {
          path: '/etc/apt/sources.list.d/old.list',
          lines: ['deb [signed-by=/k.gpg] https://example.com/node nodistro main'],
        },
      ],
    },
    changes: [],
  },
]);

describe('parameters', () => {
  test.each([
    [{ name: 'node' }, 'apt-repository needs uri and suites and signed_by'],
    [{ ...params, suites: ['bookworm main'] }, '‹bookworm main› is no suite'],
    [{ ...params, suites: '-x' }, '‹-x› is no suite'],
    [{ ...params, uri: 'example.com' }, 'A value of the wrong form'],
    [{ ...params, uri: 'http://a\nSigned-By: x' }, 'A value of the wrong form'],
    [{ ...params, name: '../node' }, 'A value of the wrong form'],
    [{ ...params, components: ['main\nTrusted: yes'] }, 'A value of the wrong form'],
    [{ ...params, signed_by: 'missing.asc' }, 'no local file missing.asc'],
  ])('%j', (given, problem) => {
    expect(() => bind(aptRepository, given, local)).toThrow(problem);
  });
});
