// Every fixture is read as the real Ansible read it: `record.sh` made the expected files.
//
// Where vrun differs on purpose, each held by a test beside this one:
// - numbers are doubles: 1000.0 prints as 1000, and whole numbers beyond 2^53 and Python's inf stay text;
// - what Ansible skips with a warning (an unknown key of a group, a source that can't be read, a broken range) is a Problem;
// - `ungrouped` within another group is a Problem, where Ansible loses the hosts;
// - of a host and a group with one name each keeps its own variables, where Ansible gives the host's to the group;
// - a YAML file stays YAML when it is broken, and is not read as INI instead;
// - a file that is executable but no program is data; `--host` may answer nothing;
// - `!unsafe` prints as its text; templates are Handlebars; `!vault` and Jinja are Problems;
// - a comma list may hold ranges.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { graphText, listInventory, listText } from '../../engine/inventory/list.ts';
import { loadInventory } from '../../engine/inventory/load.ts';
import { selectHosts } from '../../engine/inventory/pattern/select.ts';
import type { Problem } from '../../engine/language/problem/problem.ts';
import { secretOpener } from '../../engine/language/yaml/age.ts';

const fixtures = join(import.meta.dirname, 'fixtures');

async function load(name: string) {
  const cwd = join(fixtures, name);
  const problems: Problem[] = [];
  const sources = lines(join(cwd, 'sources'));
  const signal = new AbortController().signal;
  return {
    inventory: await loadInventory(sources, { cwd, problems, signal, secrets: secretOpener([], () => undefined) }),
    problems,
  };
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
