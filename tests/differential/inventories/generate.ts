// Inventories as people write them: INI, YAML, directories, scripts, variables beside them, ranges, children.
import fc from 'fast-check';

export interface InventoryTrial {
  /** By path; what begins with `#!` can be executed. */
  readonly files: Readonly<Record<string, string>>;
  /** What `-i` names, in order. */
  readonly sources: readonly string[];
  readonly patterns: readonly string[];
}

const GROUPS = ['web', 'db', 'prod', 'eu-west', 'web_2'];
const HOSTS = ['web1', 'web2', 'db1', 'a.example.com', '10.0.0.7'];
const RANGES = ['web[1:3]', 'n[01:03]', 'db[a:c].example.com', 'r[1:9:4]', 'x[1:2][a:b]'];

const group = fc.constantFrom(...GROUPS);
const host = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTS) },
  { weight: 1, arbitrary: fc.constantFrom(...RANGES) },
);
const variable = fc.constantFrom('x', 'port', 'ansible_host', 'ansible_port', 'list', 'name', 'ansible_user', 'deep');

/** After an INI's `=`, where Python's literals are values. */
const iniValue = fc.constantFrom(
  ...[
    '1',
    '"a b"',
    "'single'",
    'True',
    'yes',
    '[1, 2]',
    "{'a': 1}",
    '1.50',
    '007',
    '0x10',
    'None',
    'plain',
    '#no',
    '',
    '"8.0"',
    '-3',
  ],
  ...[
    '1_000',
    '[\'a\', "b"]',
    '(1, 2)',
    '1e3',
    'a=b',
    "u'x'",
    '10.0.0.1',
    '2026-01-02',
    '{{ x }}',
    'Grüße',
    '"quo\\"te"',
    "b'x'",
  ],
);

/** After a YAML's colon: YAML 1.1, as Ansible reads it. */
const yamlValue = fc.constantFrom(
  ...[
    '1',
    '"a b"',
    'yes',
    'no',
    'on',
    '[1, 2]',
    '{a: 1}',
    '1.50',
    '007',
    '0x10',
    '~',
    'null',
    'plain',
    "''",
    '"8.0"',
    '-3',
    '1_000',
  ],
  ...[
    '1e3',
    '2026-01-02',
    '12:30:45',
    '.5',
    '0o17',
    '0b11',
    'True',
    '!!str 5',
    '10.0.0.1',
    '"{{ x }}"',
    'Grüße',
    '|\n      block\n      text',
    '>-\n      folded\n      text',
  ],
);

type Variables = readonly (readonly [string, string])[];
const variables = (value: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(variable, value), { maxLength: 3 }).map((pairs) => [...new Map(pairs)]);

interface Section {
  readonly group: string;
  readonly hosts: readonly { readonly name: string; readonly variables: Variables }[];
  readonly children: readonly string[];
  readonly variables: Variables;
}

const sections = (value: fc.Arbitrary<string>): fc.Arbitrary<readonly Section[]> =>
  fc.uniqueArray(
    fc.record({
      group,
      hosts: fc.uniqueArray(fc.record({ name: host, variables: variables(value) }), {
        maxLength: 4,
        selector: ({ name }) => name,
      }),
      children: fc.subarray(GROUPS, { maxLength: 2 }),
      variables: variables(value),
    }),
    { minLength: 1, maxLength: 3, selector: (one) => one.group },
  );

/** Only groups that there are, further on in the list: no circles. */
function below({ group: own, children }: Section, all: readonly Section[]): readonly string[] {
  const there = children.filter((child) => all.some((one) => one.group === child));
  return there.filter((child) => GROUPS.indexOf(child) > GROUPS.indexOf(own));
}

/** A value on a host's line is a word as a shell's. */
function shellWord(value: string): string {
  if (/^"[^"]*"$|^'[^']*'$/.test(value)) return value;
  return /[\s"'#\\]/.test(value) ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : value;
}

const ini = fc
  .tuple(
    sections(iniValue),
    fc.subarray(['lonely1', '# a comment', 'lonely2 x=1 # said', '']),
    fc.constantFrom('\n', '\n\n'),
  )
  .map(([all, before, gap]) =>
    [
      before.join('\n'),
      ...all.flatMap((one) => [
        [
          `[${one.group}]`,
          ...one.hosts.map(({ name, variables: own }) =>
            [name, ...own.map(([key, value]) => `${key}=${shellWord(value)}`)].join(' '),
          ),
        ].join('\n'),
        ...(below(one, all).length > 0 ? [[`[${one.group}:children]`, ...below(one, all)].join('\n')] : []),
        ...(one.variables.length > 0
          ? [[`[${one.group}:vars]`, ...one.variables.map(([key, value]) => `${key} = ${value}`)].join('\n')]
          : []),
      ]),
      '',
    ].join(gap),
  );

const yaml = sections(yamlValue).map((all) => {
  const lines = ['all:', '  children:'];
  for (const one of all) {
    lines.push(`    ${one.group}:`);
    if (one.hosts.length > 0) lines.push('      hosts:');
    for (const { name, variables: own } of one.hosts) {
      lines.push(`        ${name}:`);
      lines.push(...own.map(([key, value]) => `          ${key}: ${value.replaceAll('\n', '\n      ')}`));
    }
    if (below(one, all).length > 0)
      lines.push('      children:', ...below(one, all).map((child) => `        ${child}:`));
    if (one.variables.length > 0)
      lines.push(
        '      vars:',
        ...one.variables.map(([key, value]) => `        ${key}: ${value.replaceAll('\n', '\n      ')}`),
      );
  }
  return `${lines.join('\n')}\n`;
});

const script = fc
  .record({
    hosts: fc.subarray(['web1', 'db1', 's1']),
    children: fc.subarray(['db', 'prod']),
    meta: fc.boolean(),
    value: fc.constantFrom<unknown>(1, 1.5, 'text', true, null, ['a'], { a: 1 }, 12345678901),
  })
  .map(({ hosts, children, meta, value }) => {
    const list = {
      web: { hosts, children, vars: { x: value } },
      db: ['db1'],
      ...(meta ? { _meta: { hostvars: { web1: { port: value } } } } : {}),
    };
    return `#!/bin/sh\n[ "$1" = --list ] && cat <<'END' || echo '{"port": 9}'\n${JSON.stringify(list)}\nEND\n`;
  });

const beside = fc.dictionary(
  fc.constantFrom(
    'group_vars/all.yml',
    'group_vars/web.yml',
    'group_vars/db/one.yml',
    'group_vars/db/two.yaml',
    'host_vars/web1.yml',
    'host_vars/db1',
    'group_vars/prod.json',
  ),
  variables(yamlValue),
  { maxKeys: 3 },
);

function besideText(path: string, values: Variables): string {
  if (path.endsWith('.json')) return JSON.stringify(Object.fromEntries(values));
  return `---\n${values.map(([key, value]) => `${key}: ${value.replaceAll('\n      ', '\n  ')}\n`).join('')}`;
}

const source = fc.oneof(
  { weight: 3, arbitrary: ini.map((text) => ({ hosts: text })) },
  { weight: 3, arbitrary: yaml.map((text) => ({ 'hosts.yml': text })) },
  { weight: 1, arbitrary: script.map((text) => ({ dynamic: text })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(ini, yaml)
      .map(([one, two]) => ({ 'inventory/01-hosts': one, 'inventory/02.yml': two, 'inventory/skipped.ini~': 'no' })),
  },
);

const part = fc.oneof(
  fc.constantFrom(
    ...GROUPS,
    ...HOSTS,
    'all',
    '*',
    'web*',
    '*.example.com',
    'n0[1:2]',
    '~^(web|db)',
    '~db[a-b]',
    'ungrouped',
    'nothing',
    'localhost',
    '10.0.0.*',
    'w?b1',
    '[wd]*',
    '!web',
    '&prod',
  ),
  fc
    .tuple(group, fc.constantFrom('[0]', '[-1]', '[1:]', '[0:1]', '[:1]', '[9]', '[-2:]', '[1:2]'))
    .map(([name, index]) => `${name}${index}`),
);
const pattern = fc
  .tuple(part, fc.array(fc.tuple(fc.constantFrom(':', ',', ':!', ':&', ',!', ', '), part), { maxLength: 2 }))
  .map(([first, more]) => first + more.map(([join, next]) => join + next).join(''));

export const inventoryTrial: fc.Arbitrary<InventoryTrial> = fc
  .record({
    sources: fc.array(source, { minLength: 1, maxLength: 2 }),
    vars: beside,
    patterns: fc.array(pattern, { minLength: 2, maxLength: 2 }),
  })
  .map(({ sources, vars, patterns }) => {
    const files = sources.reduce<Record<string, string>>((all, one) => Object.assign(all, one), {});
    const named = sources.map((one) => Object.keys(one)[0]?.replace(/\/.*/, '') ?? '');
    const within =
      Object.keys(files).some((path) => path.startsWith('inventory/')) && named[0] === 'inventory' ? 'inventory/' : '';
    for (const [path, values] of Object.entries(vars)) files[`${within}${path}`] = besideText(path, values);
    return { files, sources: [...new Set(named)], patterns };
  });
