import { expect, test } from 'vitest';
import { bearingOf, type ProblemCode } from '../../../engine/language/problem/problem.ts';

const codes: readonly ProblemCode[] = [
  'unreachable',
  'connection-lost',
  'auth-failed',
  'host-key-unknown',
  'host-key-changed',
  'host-key-revoked',
  'become-failed',
  'shell-unusable',
  'timed-out',
  'locked',
  'fenced',
  'step-failed',
  'module-bug',
];
const having = (what: 'away' | 'again' | 'passing' | 'plain') => codes.filter((code) => bearingOf({ code })[what]);

test('what a problem means for the run is told by its code', () => {
  expect(having('away')).toEqual(codes.slice(0, 6));
  // A refused login or a wrong host key stays one.
  expect(having('again')).toEqual(['unreachable', 'connection-lost']);
  expect(having('passing')).toEqual([
    'unreachable',
    'connection-lost',
    'auth-failed',
    'become-failed',
    'shell-unusable',
    'timed-out',
  ]);
  expect(having('plain')).toEqual(['unreachable', 'connection-lost', 'locked', 'fenced']);
});
