// Every fixture is read as the real Ansible read it: `record.sh` made the expected files.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { graphText, listInventory, listText } from '../../engine/inventory/list.ts';
import { loadInventory } from '../../engine/inventory/load.ts';
import { selectHosts } from '../../engine/inventory/patterns.ts';
import type { Problem } from '../../engine/language/problem.ts';

const fixtures = join(import.meta.dirname, 'fixtures');

async function load(name: string) {
  const cwd = join(fixtures, name);
  const problems: Problem[] = [];
  const sources = lines(join(cwd, 'sources'));
  const signal = new AbortController().signal;
  return { inventory: await loadInventory(sources, { cwd, problems, signal, identities: [] }), problems };
}

function lines(file: string): string[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}

describe.each(readdirSync(fixtures))('%s', (name) => {
  test('--list', async () => {
    const { inventory, problems } = await load(name);
    expect(problems.filter((problem) => problem.severity !== 'warning')).toEqual([]);
    expect(listText(listInventory(inventory))).toBe(
      wholeNumbers(readFileSync(join(fixtures, name, 'expected.json'), 'utf8')),
    );
  });

  test('--graph', async () => {
    const { inventory } = await load(name);
    expect(graphText(inventory)).toBe(readFileSync(join(fixtures, name, 'expected.graph'), 'utf8'));
  });
});

test('patterns', async () => {
  const { inventory } = await load('patterns');
  const recorded = lines(join(fixtures, 'patterns', 'expected.patterns'));
  const selected = recorded.map((line) => {
    const [pattern = ''] = line.split('\t');
    return `${pattern}\t${selectHosts(inventory, pattern).hosts.join(' ')}`;
  });
  expect(selected).toEqual(recorded);
});

// The one difference: numbers are doubles here, as in JSON, so the 1000.0 that Python writes is 1000.
function wholeNumbers(text: string): string {
  return text.replace(/^(\s+(?:"[^"]*": )?-?\d+)\.0(,?)$/gm, '$1$2');
}
