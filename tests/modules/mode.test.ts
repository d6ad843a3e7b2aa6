import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactOctal, NEW_DIRECTORY, NEW_FILE, octal, resolveMode } from '../../engine/module/resources/mode.ts';
import { runScript } from './perform.ts';

test.each([
  ['0640', 0o777, false, '0640'],
  ['755', 0, true, '0755'],
  ['1777', 0o755, true, '1777'],
  ['u=rw,g=r,o=', NEW_FILE, false, '0640'],
  ['u=rwX,go=rX', 0o600, false, '0644'],
  ['u=rwX,go=rX', 0o700, false, '0755'],
  ['u=rwX,go=rX', 0o600, true, '0755'],
  ['a+x', NEW_FILE, false, '0755'],
  ['+w', 0o444, false, '0644'],
  ['g+s', NEW_DIRECTORY, true, '2755'],
  ['o-rwx,g-w', 0o777, true, '0750'],
  ['+t', NEW_DIRECTORY, true, '1755'],
  ['u=rwx', 0o4711, false, '0711'],
  ['u=rwx', 0o6711, true, '6711'],
])('%s on %o makes %s', (spec, current, directory, wanted) => {
  expect(octal(resolveMode(spec, current, directory))).toBe(wanted);
});

// GNU chmod is the judge, on a file and on a directory of this machine.
test('symbolic modes are what chmod makes of them', () => {
  const base = mkdtempSync(join(tmpdir(), 'vrun-mode-'));
  const clause = fc
    .tuple(
      fc.subarray(['u', 'g', 'o', 'a']),
      fc.constantFrom('+', '-', '='),
      fc.subarray(['r', 'w', 'x', 'X', 's', 't']),
    )
    .map(([who, operator, letters]) => who.join('') + operator + letters.join(''));
  const specs = fc.array(clause, { minLength: 1, maxLength: 3 }).map((clauses) => clauses.join(','));
  const cases = fc.sample(fc.tuple(specs, fc.integer({ min: 0, max: 0o7777 }), fc.boolean()), {
    numRuns: 200,
    seed: 7,
  });
  const script = cases.map(([spec, current, directory], index) => {
    const path = `${base}/${index}`;
    const make = directory ? `mkdir ${path}` : `: >${path}`;
    return `${make}; chmod ${exactOctal(current)} ${path}; chmod -- ${spec} ${path}; stat -c %a ${path}`;
  });
  try {
    // With a clause such as `-w` chmod complains about what the umask kept, and does it all the same.
    const found = runScript(script.join('\n')).stdout.trim().split('\n');
    const wanted = cases.map(([spec, current, directory]) => resolveMode(spec, current, directory).toString(8));
    expect(found.map((mode, index) => [cases[index], mode])).toEqual(wanted.map((mode, index) => [cases[index], mode]));
  } finally {
    rmSync(base, { recursive: true });
  }
});
