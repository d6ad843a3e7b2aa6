// Whatever stands in a file: problems with positions, never an exception, never a hang.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintRunbook } from '../../../engine/language/check/lint.ts';
import { checkNames } from '../../../engine/language/check/names.ts';
import { renderProblems } from '../../../engine/language/problem/render.ts';
import { readRunbook } from '../../../engine/language/read/runbook.ts';
import { secretOpener } from '../../../engine/language/yaml/age.ts';
import { fakeCatalog } from '../fake-catalog.ts';

const good = readFileSync(join(import.meta.dirname, 'good/site.yml'), 'utf8');
const lines = good.split('\n');

const values = [
  '',
  '~',
  'yes',
  '0644',
  '[]',
  '{}',
  '[[]]',
  '{ a: { b: 1 } }',
  '"{{ x }}"',
  '"{{"',
  '!expr 1 +',
  '!secret x',
  '|',
  '1.5',
  '*a',
  '&a b',
  '"\\0"',
];

/** The good runbook with a few values replaced by odd ones. */
const oddValues = fc
  .array(fc.record({ line: fc.nat(lines.length - 1), value: fc.constantFrom(...values) }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((edits) => {
    const edited = [...lines];
    for (const { line, value } of edits) edited[line] = edited[line]?.replace(/(:|-) .*$/, `$1 ${value}`) ?? '';
    return edited.join('\n');
  });

/** The good runbook with characters put in, taken out and whole stretches gone. */
const broken = fc
  .array(fc.record({ at: fc.nat(good.length), cut: fc.nat(40), put: fc.string({ maxLength: 5 }) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((edits) => edits.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), good));

async function check(text: string): Promise<void> {
  const readFile = (path: string) => Promise.resolve(Buffer.from(path === 'site.yml' ? text : '- command: a\n'));
  const { runbook, problems } = await readRunbook('site.yml', {
    catalog: fakeCatalog,
    secrets: secretOpener([], () => undefined),
    readFile,
  });
  const names = runbook ? checkNames(runbook, { known: () => new Map(), catalog: fakeCatalog }) : [];
  const warnings = runbook ? lintRunbook(runbook, fakeCatalog) : [];
  for (const { at, summary, code } of [...problems, ...names, ...warnings]) {
    expect(at, code).toBeDefined();
    expect(at?.line).toBeGreaterThan(0);
    expect(summary).not.toBe('');
  }
  expect(renderProblems([...problems, ...names, ...warnings], { color: false })).not.toMatch(/\[object|Symbol\(/);
}

describe('the reader', () => {
  it('takes any values', async () => {
    await fc.assert(fc.asyncProperty(oddValues, check), { numRuns: 60 });
  }, 60_000);

  it('takes broken text', async () => {
    await fc.assert(fc.asyncProperty(broken, check), { numRuns: 60 });
  }, 60_000);
});
