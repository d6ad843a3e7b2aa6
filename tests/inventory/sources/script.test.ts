import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadInventory } from '../../../engine/inventory/load.ts';
import type { Problem } from '../../../engine/language/problem/problem.ts';
import { secretOpener } from '../../../engine/language/yaml/age.ts';
import { load, variablesOf } from '../load-inventory.ts';

function printing(text: string): string {
  return `#!/bin/sh\ncat <<'JSON'\n${text}\nJSON\n`;
}

test.each([
  ['#!/bin/sh\necho broken >&2; exit 3', 'It exited with status 3.\nIt said:\n    broken'],
  ['#!/bin/sh\nkill -TERM $$', 'It was ended by SIGTERM'],
  ['#!/no/such/interpreter', "It can't be started"],
  [printing('no json'), 'What it printed is no JSON'],
  [printing(''), 'What it printed is no JSON'],
  [printing('[]'), 'It must print a JSON map'],
  [printing('{"web": {"hosts": "web1"}}'), '‹hosts› of the group ‹web› must be a list of names'],
  [printing('{"web": {"hosts": [1]}}'), '‹hosts› of the group ‹web› must be a list of names'],
  [printing('{"web": {"children": [""]}}'), '‹children› of the group ‹web› must be a list of names'],
  [printing('{"web": ["-oProxyCommand=x"]}'), 'would be taken for an option'],
  [printing('{"web": ["a\\nb"]}'), 'control characters'],
  [printing('{"web": {"vars": []}}'), '‹vars› of the group ‹web› must be a map'],
  [printing('{"web": 3}'), '‹hosts› of the group ‹web› must be a list of names, found the number 3'],
  [printing('{"web": ["a"], "_meta": {"hostvars": []}}'), '‹_meta.hostvars› must be a map'],
  [printing('{"web": ["a"], "_meta": {"hostvars": {"a": 1}}}'), 'The variables of ‹a› must be a map'],
  [printing(`{"web": ${'['.repeat(500)}${']'.repeat(500)}}`), 'nested more than 100 levels'],
])('%j', async (script, detail) => {
  const { problems } = await load({ 'inv.sh': script });
  expect(problems[0]?.code).toBe('inventory-shape');
  expect(problems[0]?.detail).toContain(detail);
  expect(problems[0]?.hint).toContain('inv.sh --');
});

test('a group that holds itself, and Jinja in what is printed, are told', async () => {
  const { told } = await load({
    'inv.sh': printing(
      '{"a": {"children": ["b"]}, "b": {"children": ["a"], "hosts": ["x"]}, "_meta": {"hostvars": {"x": {"v": "{{ a | b }}"}}}}',
    ),
  });
  expect(told.map((each) => each.split(' ')[0])).toEqual(['inventory-shape', 'jinja']);
});

test('an argument is never seen by a shell', async () => {
  const script = `#!/bin/sh\ncase $1 in --list) echo '{"web": ["$(touch pwned)", "; touch pwned"]}' ;; --host) printf '{"got": "%s"}' "$2" ;; esac\n`;
  const { inventory, told, cwd } = await load({ 'inv.sh': script });
  expect(told).toEqual([]);
  expect(variablesOf(inventory, '; touch pwned')).toEqual({ got: '; touch pwned' });
  expect(existsSync(join(cwd, 'pwned'))).toBe(false);
});

test('a script that hangs is ended with what it started, after its time', async () => {
  const { problems } = await load({ 'inv.sh': '#!/bin/sh\nsleep 60 & sleep 60\n' }, ['inv.sh'], { scriptSeconds: 0.3 });
  expect(problems[0]?.detail).toContain('took longer than 0.3 seconds');
});

test.each(['exec sleep 60', 'exit 0'])('what it started in a session of its own holds nobody up: %s', async (end) => {
  const script = `#!/bin/sh\nsetsid sleep 20 &\n${end}\n`;
  const { problems } = await load({ 'inv.sh': script }, ['inv.sh'], { scriptSeconds: 0.5 });
  expect(problems[0]?.detail).toContain('took longer than 0.5 seconds');
});

test('an interruption ends it', async () => {
  const { cwd } = await load({ 'inv.sh': '#!/bin/sh\nsleep 60\n' }, []);
  const problems: Problem[] = [];
  const signal = AbortSignal.timeout(200);
  await loadInventory(['inv.sh'], { cwd, problems, signal, secrets: secretOpener([], () => undefined) });
  expect(problems[0]?.detail).toContain('was interrupted');
});

test('it gets the environment that is given, and is asked for each host once', async () => {
  const script = `#!/bin/sh\necho "$*" >>"$CALLS"\n[ "$1" = --list ] && echo '{"a": ["x", "y"], "b": ["x"]}' || echo '{"v": 1}'\n`;
  const { cwd } = await load({ 'inv.sh': script }, []);
  const problems: Problem[] = [];
  const signal = new AbortController().signal;
  const environment = { PATH: process.env.PATH, CALLS: join(cwd, 'calls') };
  const inventory = await loadInventory(['inv.sh'], {
    cwd,
    problems,
    signal,
    secrets: secretOpener([], () => undefined),
    environment,
  });
  expect(problems).toEqual([]);
  expect(variablesOf(inventory, 'x')).toEqual({ v: 1 });
  expect(readFileSync(join(cwd, 'calls'), 'utf8').trimEnd().split('\n').sort()).toEqual([
    '--host x',
    '--host y',
    '--list',
  ]);
});

test('a host without variables may be answered with nothing', async () => {
  const script = `#!/bin/sh\n[ "$1" = --list ] && echo '{"a": ["x"]}'\nexit 0\n`;
  const { inventory, told } = await load({ 'inv.sh': script });
  expect(told).toEqual([]);
  expect(variablesOf(inventory, 'x')).toEqual({});
});
