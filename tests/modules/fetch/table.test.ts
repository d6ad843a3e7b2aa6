import { expect, test } from 'vitest';
import { Content } from '../../../engine/module/index.ts';
import fetch from '../../../modules/fetch/fetch.ts';
import { bind } from '../harness/bind.ts';
import { table } from '../harness/table.ts';

const { sha256 } = Content.of('there');
const params = { src: '/etc/app.conf', dest: 'conf/app.conf' };
const there = { kind: 'file', size: 5, sha256 } as const;
const dest = '/here/conf/app.conf';

table(fetch, [
  {
    title: 'nothing here yet',
    params,
    have: there,
    changes: [`! fetch /etc/app.conf: ${dest}, 5 bytes`, `  ← /etc/app.conf → ${dest}`],
    result: { src: '/etc/app.conf', dest, size: 5, sha256 },
  },
  { title: 'the same here', params, local: { 'conf/app.conf': 'there' }, have: there, changes: [], result: { dest } },
  {
    title: 'another one here',
    params,
    local: { 'conf/app.conf': 'here' },
    have: there,
    changes: [`! fetch /etc/app.conf: ${dest}, 5 bytes`, `  ← /etc/app.conf → ${dest}`],
  },
  {
    title: 'a directory of each host',
    params: { ...params, dest: 'conf/' },
    have: there,
    changes: [
      '! fetch /etc/app.conf: /here/conf/host/app.conf, 5 bytes',
      '  ← /etc/app.conf → /here/conf/host/app.conf',
    ],
  },
  {
    title: 'a directory',
    params,
    have: { kind: 'directory', size: 4096, sha256: undefined },
    changes: [],
    failure: '/etc/app.conf is not a file',
  },
  {
    title: 'a file that cannot be read',
    params,
    have: { kind: 'file', size: 5, sha256: undefined },
    changes: [],
    failure: 'cannot read /etc/app.conf',
  },
]);

test.each([
  [{ ...params, src: 'etc/x' }, 'absolute'],
  [{ ...params, src: '/etc/' }, 'one file'],
  [{ ...params, src: '/a\nb' }, 'control characters'],
])('parameters that are refused: %j', (given, words) => {
  expect(() => bind(fetch, given)).toThrow(words);
});
