// What is made from the code is as the code is: `npm run docs` writes it anew.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type KeywordPlace, keywordsOf } from '../../engine/language/keywords.ts';
import { runbookSchema } from '../../engine/language/schema.ts';
import { describeModule, pageMarkdown } from '../../engine/module/describe.ts';
import { createRegistry } from '../../engine/module/registry.ts';
import { modules } from '../../modules/index.ts';
import { ROOT } from './markdown.ts';

const pages = modules.map(describeModule);

test.each(pages.map((page) => [page.name, page] as const))('docs/modules/%s.md', async (name, page) => {
  expect(page.example, 'an example').toBeDefined();
  expect(page.parameters.filter(({ description }) => description === '')).toEqual([]);
  await expect(pageMarkdown(page)).toMatchFileSnapshot(join(ROOT, `docs/modules/${name}.md`));
});

test('docs/modules/README.md', async () => {
  const rows = pages.map(({ name, summary }) => `| [${name}](${name}.md) | ${summary} |`);
  const text = ['# Modules', '', '| module | |', '| --- | --- |', ...rows, ''].join('\n');
  await expect(text).toMatchFileSnapshot(join(ROOT, 'docs/modules/README.md'));
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
  const note = '<!-- Made by `npm run docs` from engine/language/keywords.ts; change it there. -->';
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
