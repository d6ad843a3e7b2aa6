import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeToken, encodeToken, logSubject, namesOfLog } from '../../../engine/dispatch/broker/subjects.ts';
import { TIMES } from '../../../engine/dispatch/broker/times.ts';
import { QUICK } from './quick.ts';
import { problem } from './server.ts';

test.each([
  ['web-1_a', 'web-1_a'],
  ['web.example.com', 'web=2Eexample=2Ecom'],
  ['a=2Eb', 'a=3D2Eb'],
  ['', '='],
  ['=', '=3D'],
  ['*', '=2A'],
  ['>', '=3E'],
  ['a b\r\nPUB x', 'a=20b=0D=0APUB=20x'],
  ['größe', 'gr=C3=B6=C3=9Fe'],
  ["!~*'()", '=21=7E=2A=27=28=29'],
])('%j is the token %s', (name, token) => {
  expect(encodeToken(name)).toBe(token);
  expect(decodeToken(token)).toBe(name);
});

test('any names give safe tokens that are as different as they are, and give them back', () => {
  const name = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.domain(), fc.ipV6());
  fc.assert(
    fc.property(name, name, fc.string({ unit: 'binary' }), (host, other, run) => {
      expect(encodeToken(host)).toMatch(/^[\w=-]+$/);
      expect(decodeToken(encodeToken(host))).toBe(host);
      expect(encodeToken(host) === encodeToken(other)).toBe(host === other);
      const subject = logSubject(other, run, host);
      expect(subject.split('.')).toHaveLength(5);
      expect(namesOfLog(subject)).toEqual({ region: other, host });
    }),
  );
});

test('what would be too long for a line of the protocol, or is no text, is refused', () => {
  expect(() => encodeToken('h'.repeat(601))).toThrow(expect.objectContaining(problem('usage', /longer/)));
  expect(() => encodeToken('.'.repeat(253))).toThrow(expect.objectContaining(problem('usage')));
  expect(() => encodeToken('\ud800')).toThrow(expect.objectContaining(problem('usage', /half/)));
  expect(encodeToken('a.'.repeat(126) + 'b')).toHaveLength(505);
});

test.each([
  ['real', TIMES],
  ['of these tests', QUICK],
])('times, %s: each is over before the next', (_, { publish, heartbeat, selfFence, lease, ackWait }) => {
  const order = [publish, heartbeat, selfFence, lease, ackWait];
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(new Set(order).size).toBe(order.length);
  // A publish that began just before the fence is over before the lease is.
  expect(selfFence + publish).toBeLessThan(lease);
});
