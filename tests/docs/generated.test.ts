// What is made from the code is as the code is: `npm run docs` writes it anew.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type KeywordPlace, keywordsOf } from '../../engine/language/keywords/keywords.ts';
import { foreignWords } from '../../engine/language/problem/foreign-words.ts';
import { runbookSchema } from '../../engine/language/schema/schema.ts';
import { describeModule, differenceText, type ModulePage, pageMarkdown } from '../../engine/module/describe.ts';
import { EVERYWHERE } from '../../engine/module/difference.ts';
import { createRegistry } from '../../engine/module/registry.ts';
import { modules } from '../../modules/index.ts';
import { CHOSEN, SUITES } from '../lab/lab-api.js';
import { ROOT } from './markdown.ts';

const pages = modules.map(describeModule);

test.each(pages.map((page) => [page.name, page] as const))('docs/modules/%s.md', async (name, page) => {
  expect(page.example, 'an example').toBeDefined();
  expect(page.parameters.filter(({ description }) => description === '')).toEqual([]);
  await expect(pageMarkdown({ ...page, manual: withSystems(page) })).toMatchFileSnapshot(
    join(ROOT, `docs/modules/${name}.md`),
  );
});

/** Behind what it was made with, the systems that its tests run on. */
function withSystems({ name, manual }: ModulePage): ModulePage['manual'] {
  const everywhere = CHOSEN.includes(`tests/modules/${name}/law.test.ts`);
  const systems = Object.values(SUITES).flatMap((suite) =>
    suite.tests !== 'a chosen set' || everywhere ? [suite.release] : [],
  );
  const tested = `Its tests run on hosts of ${new Intl.ListFormat('en').format(systems)}: [versions](../../README.md#tried-on).`;
  return manual.map(([title, text]) => [title, title === 'Tried with' ? `${text} ${tested}` : text]);
}

test("README's table of systems is what the lab recorded", async () => {
  const rows = Object.entries(SUITES).map(([suite, { release, tests }]) => {
    const file = join(ROOT, `tests/lab/versions/${suite}.json`);
    const { system, ...programs }: Record<string, string> = JSON.parse(readFileSync(file, 'utf8'));
    const name = system?.startsWith(release) ? system : release;
    return [name, ...Object.values(programs), tests].join(' | ');
  });
  const head = ['system', 'sshd', 'sudo', 'coreutils', 'systemd', 'nginx', 'certbot', 'tests'];
  const table = [head.join(' | '), head.map(() => '---').join(' | '), ...rows].map((row) => `| ${row} |`).join('\n');
  const file = join(ROOT, 'README.md');
  const [before, , after] = readFileSync(file, 'utf8').split(/(\n\| system \|(?:.*\|\n)+)/);
  await expect(`${before}\n${table}\n${after}`).toMatchFileSnapshot(file);
});

test('docs/modules/README.md', async () => {
  const rows = pages.map(({ name, summary }) => `| [${name}](${name}.md) | ${summary} |`);
  const text = ['# Modules', '', '| module | |', '| --- | --- |', ...rows, ''].join('\n');
  await expect(text).toMatchFileSnapshot(join(ROOT, 'docs/modules/README.md'));
});

test('docs/from-ansible.md', async () => {
  for (const { name, differences } of modules) {
    const keys = differences.map(({ key }) => key);
    expect(new Set(keys).size, `keys of ${name}`).toBe(keys.length);
  }
  const text = [
    '# From Ansible',
    'vrun takes the names of modules and parameters from Ansible, and means the same by them. Where it doesn’t, it says so here, on the module’s page, and, for what it doesn’t take, before the first connection.',
    '## Words',
    [
      '| word | here |',
      '| --- | --- |',
      ...foreignWords().map(([word, instead]) => `| \`${word}\` | ${instead} |`),
    ].join('\n'),
    '## Modules',
    `### Every module\n\n${EVERYWHERE.map((one) => `- ${differenceText(one)}`).join('\n')}`,
    ...pages
      .filter(({ differences }) => differences.length > 0)
      .map(
        ({ name, differences }) =>
          `### [${name}](modules/${name}.md)\n\n${differences.map((one) => `- ${differenceText(one)}`).join('\n')}`,
      ),
    '<!-- Made by `npm run docs` from modules/*/differences.ts and engine/language/problem/foreign-words.ts; change it there. -->',
    '',
  ].join('\n\n');
  await expect(text).toMatchFileSnapshot(join(ROOT, 'docs/from-ansible.md'));
});

test('docs/keywords.md', async () => {
  const titles: readonly (readonly [KeywordPlace, string])[] = [
    ['play', 'A play'],
    ['task', 'A task'],
    ['block', 'A block'],
    ['include', 'An include'],
    ['import', 'An import'],
  ];
  const sections = titles.flatMap(([place, title]) => {
    const keywords = [...keywordsOf(place).values()];
    return [
      `## ${title}`,
      [
        '| keyword | default | |',
        '| --- | --- | --- |',
        ...keywords.map(({ name, description, required, default: fallback }) => {
          const standing = required ? '**required**' : fallback === undefined ? '' : `\`${fallback}\``;
          return `| \`${name}\` | ${standing} | ${description} |`;
        }),
      ].join('\n'),
    ];
  });
  const note = '<!-- Made by `npm run docs` from engine/language/keywords/keywords.ts; change it there. -->';
  await expect(['# Keywords', ...sections, note, ''].join('\n\n')).toMatchFileSnapshot(join(ROOT, 'docs/keywords.md'));
});

test('no page is left of a module that is gone', () => {
  const names = readdirSync(join(ROOT, 'docs/modules')).filter((name) => name !== 'README.md');
  expect(names.sort()).toEqual(pages.map(({ name }) => `${name}.md`).sort());
});

test('schema/runbook.schema.json', async () => {
  const schema = `${JSON.stringify(runbookSchema(createRegistry(modules)), null, 2)}\n`;
  await expect(schema).toMatchFileSnapshot(join(ROOT, 'schema/runbook.schema.json'));
});
