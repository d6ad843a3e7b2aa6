import { expect, test } from 'vitest';
import { parseAddress } from '../../../engine/inventory/pattern/address.ts';

test.each([
  ['web1', 'web1', undefined],
  ['web1:2222', 'web1', 2222],
  ['web_1.example.com', 'web_1.example.com', undefined],
  ['bücher.example', 'bücher.example', undefined],
  ['web[01:20].example.com:22', 'web[01:20].example.com', 22],
  ['10.0.0.1:22', '10.0.0.1', 22],
  ['10.0.0.[1:9]', '10.0.0.[1:9]', undefined],
  ['2001:db8::1', '2001:db8::1', undefined],
  ['2001:db8::[a:f]', '2001:db8::[a:f]', undefined],
  ['[2001:db8::1]:22', '2001:db8::1', 22],
  ['fe80::1%eth0', 'fe80::1%eth0', undefined],
  ['::1', '::1', undefined],
  ['::ffff:10.0.0.1', '::ffff:10.0.0.1', undefined],
])('%s', (text, host, port) => {
  expect(parseAddress(text)).toEqual({ host, port });
});

test.each(['', 'web:db', '-web', 'web-', 'web_', 'a b', 'web:', 'web1:!db', '~web', 'user@web', 'web[1-3]', '1:2:3'])(
  '%s is no address',
  (text) => {
    expect(parseAddress(text)).toBeUndefined();
  },
);
