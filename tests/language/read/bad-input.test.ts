// Every file in bad/ has `# ERROR: code` on each line where that problem must be reported, or says in a line of its own
// `# ERROR at LINE:COLUMN: code`. What is reported must be exactly that, in the files that it includes too.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkNames } from '../../../engine/language/check/names.ts';
import type { Problem } from '../../../engine/language/problem/problem.ts';
import { readRunbook } from '../../../engine/language/read/runbook.ts';
import type { ModuleCatalog } from '../../../engine/language/runbook/catalog.ts';
import { secretOpener } from '../../../engine/language/yaml/age.ts';
import { fakeCatalog } from '../fake-catalog.ts';
import { realCatalog } from '../real-catalog.ts';

const directory = join(import.meta.dirname, 'bad');
const files = readdirSync(directory).filter((name) => name.endsWith('.yml'));

function expected(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      const fixed = /# ERROR at (\d+):(\d+): ([a-z-]+)/.exec(line);
      if (fixed) return [`${file}:${fixed[1]}:${fixed[2]} ${fixed[3]}`];
      const code = /# ERROR: ([a-z-]+)/.exec(line)?.[1];
      return code ? [`${file}:${index + 1} ${code}`] : [];
    });
}

async function problemsOf(file: string, catalog: ModuleCatalog): Promise<readonly Problem[]> {
  const { runbook, problems } = await readRunbook(file, { catalog, secrets: secretOpener([], () => undefined) });
  const names = runbook ? checkNames(runbook, { known: () => new Map(), catalog }) : [];
  return [...problems, ...names];
}

describe.each([
  ['the fake modules', fakeCatalog],
  ['the real modules', realCatalog],
])('bad input, with %s', (_, catalog) => {
  it.each(files)('%s', async (name) => {
    const file = join(directory, name);
    const problems = await problemsOf(file, catalog);
    const touched = [...new Set([file, ...problems.map(({ at }) => at?.file ?? '(nowhere)')])];
    const wanted = touched.flatMap(expected);
    const exact = new Set(wanted.map((line) => line.split(' ')[0]));
    const found = problems.map(({ code, at }) => {
      const place = `${at?.file}:${at?.line}:${at?.column}`;
      return exact.has(place) ? `${place} ${code}` : `${at?.file}:${at?.line} ${code}`;
    });
    expect(found.sort(), problems.map((problem) => JSON.stringify(problem)).join('\n')).toEqual(wanted.sort());
    expect(wanted.length).toBeGreaterThan(0);
  });

  it.each(files)('%s: every problem says what to do or what is wrong, in words', async (name) => {
    for (const { summary, detail, hint } of await problemsOf(join(directory, name), catalog)) {
      const text = `${summary} ${detail ?? ''} ${hint ?? ''}`;
      expect(text).not.toMatch(/undefined(?! variable)|\[object|NaN|Symbol\(/i);
      expect(summary.length).toBeGreaterThan(8);
    }
  });
});
