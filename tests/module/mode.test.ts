import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactOctal, MODE_PATTERN, NEW_DIRECTORY, NEW_FILE, octal, resolveMode } from '../../engine/module/mode.ts';
import { runScript } from '../modules/harness/perform.ts';

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
  ['01777', 0o755, true, '1777'],
  ['000644', 0o755, false, '0644'],
  ['g=u', 0o640, false, '0660'],
  ['u+rw-x', 0o711, false, '0611'],
  ['u=rwX', 0o600, false, '0600'],
  ['u=rwX', 0o600, true, '0700'],
  ['+111', 0o644, false, '0755'],
  ['=6755', 0, true, '6755'],
])('%s on %o makes %s', (spec, current, directory, wanted) => {
  expect(octal(resolveMode(spec, current, directory))).toBe(wanted);
});

// GNU chmod is the judge of what a mode may be and of what becomes of it, on files and directories of this machine.
test('modes are what chmod makes of them, and what it refuses is refused', () => {
  const base = mkdtempSync(join(tmpdir(), 'vrun-mode-'));
  const letters = fc.subarray(['r', 'w', 'x', 'X', 's', 't']).map((some) => some.join(''));
  const number = fc.integer({ min: 0, max: 0o7777 }).map((bits) => bits.toString(8));
  const operator = fc.constantFrom('+', '-', '=');
  const operation = fc.tuple(operator, fc.oneof(letters, fc.constantFrom('u', 'g', 'o')));
  const named = fc
    .tuple(fc.subarray(['u', 'g', 'o', 'a']), fc.array(operation, { minLength: 1, maxLength: 3 }))
    .map(([who, operations]) => who.join('') + operations.flat().join(''));
  const clause = fc.oneof(
    { weight: 4, arbitrary: named },
    fc.tuple(operator, number).map((parts) => parts.join('')),
  );
  const symbolic = fc.array(clause, { minLength: 1, maxLength: 3 }).map((clauses) => clauses.join(','));
  const octal = fc.tuple(fc.constantFrom('', '0', '00'), number).map(([zeros, bits]) => zeros + bits.padStart(3, '0'));
  const nonsense = fc.string({ unit: fc.constantFrom(...'ugoarwxXst+-=,078'), minLength: 1, maxLength: 6 });
  const specs = fc.oneof(
    { weight: 4, arbitrary: symbolic },
    octal,
    nonsense.filter((text) => !/^\d{1,2}$/.test(text)),
  );
  const cases = fc.sample(fc.tuple(specs, fc.integer({ min: 0, max: 0o7777 }), fc.boolean()), {
    numRuns: 400,
    seed: 7,
  });
  const script = `cd ${base} && n=0 && while read -r spec current kind; do n=$((n + 1)); path=./$n
    if [ $kind = true ]; then mkdir $path; else : >$path; fi; chmod $current $path
    case $(chmod -- $spec $path 2>&1) in *invalid*) echo no;; *) stat -c %a $path;; esac; done`;
  const rows = cases.map(([spec, current, directory]) => {
    const exact = /^[0-7]+$/.test(spec) ? spec.padStart(5, '0') : spec;
    return `${exact} ${exactOctal(current)} ${directory}\n`;
  });
  try {
    // With a clause such as `-w` chmod complains about what the umask kept, and does it all the same.
    const found = runScript(script, Buffer.from(rows.join('')))
      .stdout.trim()
      .split('\n');
    const wanted = cases.map(([spec, current, directory]) =>
      new RegExp(MODE_PATTERN).test(spec) ? resolveMode(spec, current, directory).toString(8) : 'no',
    );
    expect(found.map((mode, index) => [cases[index], mode])).toEqual(wanted.map((mode, index) => [cases[index], mode]));
    expect(found.filter((mode) => mode === 'no').length).toBeGreaterThan(20);
  } finally {
    rmSync(base, { recursive: true });
  }
});
