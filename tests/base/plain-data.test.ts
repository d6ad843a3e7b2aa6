import { expect, test } from 'vitest';
import { mapMembers } from '../../engine/base/plain-data.ts';

test('each member is changed, in its place, whatever its name; the map itself stays as it is', () => {
  const map: Readonly<Record<string, number>> = JSON.parse('{"b":1,"__proto__":2,"a":3}');
  const changed = mapMembers(map, (member, key) => `${key} ${member}`);
  expect(JSON.stringify(changed)).toBe('{"b":"b 1","__proto__":"__proto__ 2","a":"a 3"}');
  expect(Object.getPrototypeOf(changed)).toBe(Object.prototype);
  expect(JSON.stringify(map)).toBe('{"b":1,"__proto__":2,"a":3}');
});
