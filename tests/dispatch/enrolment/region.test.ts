// Which region a host is in.
import { expect, test } from 'vitest';
import { regionOf } from '../../../engine/dispatch/enrolment/region.ts';
import { evaluate } from '../../../engine/language/dynamic/evaluate.ts';
import type { Problem } from '../../../engine/language/problem/problem.ts';
import type { Scope } from '../../../engine/language/value/value.ts';
import { load } from '../../inventory/load-inventory.ts';

async function region(vars: string) {
  const indented = vars.replace(/^/gm, '      ');
  const { inventory } = await load({ 'inv/hosts.yml': `all:\n  hosts:\n    web1:\n${indented}\n` });
  const host = inventory.hosts.get('web1');
  if (!host) throw new Error('web1 is missing');
  const scope: Scope = {
    lookup(name) {
      const variable = host.variables.get(name);
      return variable && evaluate(variable.value, scope);
    },
    names: () => [...host.variables.keys()],
  };
  const problems: Problem[] = [];
  return { region: regionOf(host, scope, problems), problems };
}

test.each([
  ['x: 1', 'main'],
  ['vrun_region: eu', 'eu'],
  ['vrun_region: 1', '1'],
  ['vrun_region: true', 'true'],
  ['zone: eu\nvrun_region: "{{ zone }}-west"', 'eu-west'],
])('%j is in %s', async (vars, expected) => {
  expect(await region(vars)).toEqual({ region: expected, problems: [] });
});

test.each(['""', 'EU', 'eu.west', '"eu.>"', 'null', '[eu]', '{ a: b }', `"${'e'.repeat(33)}"`, '1.5'])(
  'vrun_region: %s is none',
  async (value) => {
    const { region: found, problems } = await region(`vrun_region: ${value}`);
    expect(found).toBeUndefined();
    expect(problems).toMatchObject([{ code: 'bad-value', at: { line: 4 }, detail: 'This is for the host ‹web1›.' }]);
  },
);

test('a template that names what isn’t there is told as ever', async () => {
  const { region: found, problems } = await region('vrun_region: "{{ zone }}"');
  expect([found, problems.map(({ code }) => code)]).toEqual([undefined, ['undefined-variable']]);
});
