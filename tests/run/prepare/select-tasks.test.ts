import { afterAll, expect, test } from 'vitest';
import { readRunbook } from '../../../engine/language/read/runbook.ts';
import { secretOpener } from '../../../engine/language/yaml/age.ts';
import { createRegistry } from '../../../engine/module/registry.ts';
import { selectTasks, tagsOf } from '../../../engine/run/prepare/select-tasks.ts';
import { modules } from '../../../modules/index.ts';
import { FakeProject } from '../harness.ts';

const project = new FakeProject();
afterAll(() => project.remove());

const RUNBOOK = `
- name: Play
  hosts: all
  tags: [play]
  tasks:
    - { name: plain, debug: { msg: x } }
    - { name: one, debug: { msg: x }, tags: [one] }
    - { name: two, debug: { msg: x }, tags: [one, two] }
    - { name: always, debug: { msg: x }, tags: [always] }
    - { name: never, debug: { msg: x }, tags: [never, special] }
    - include_tasks: more.yml
      tags: [more]
- name: Untagged
  hosts: all
  tasks:
    - { name: bare, debug: { msg: x } }
`;
project.write('site.yml', RUNBOOK);
project.write('more.yml', '- { name: inner, debug: { msg: x }, tags: [deep] }\n');

async function chosen(tags: readonly string[], skip: readonly string[] = []): Promise<string> {
  const catalog = createRegistry(modules);
  const { runbook, problems } = await readRunbook(`${project.directory}/site.yml`, {
    catalog,
    secrets: secretOpener([], () => undefined),
  });
  expect(problems).toEqual([]);
  if (!runbook) throw new Error('no runbook');
  expect(tagsOf(runbook)).toEqual(['always', 'deep', 'more', 'never', 'one', 'play', 'special', 'two']);
  const names = selectTasks(runbook, { tags, skip }).plays.flatMap((play) =>
    play.tasks.flatMap((node) =>
      node.kind === 'task' ? [node.title] : node.tasks.map((task) => 'title' in task && task.title),
    ),
  );
  return names.join(' ');
}

test.each<[readonly string[], readonly string[], string]>([
  [[], [], 'plain one two always inner bare'],
  [['one'], [], 'one two always'],
  [['two', 'deep'], [], 'two always inner'],
  // As in Ansible: the play's tag is the task's own, so it names a ‹never› one too.
  [['play'], [], 'plain one two always never inner'],
  [['more'], [], 'always inner'],
  [['special'], [], 'always never'],
  [['never'], [], 'always never'],
  [['all'], [], 'plain one two always inner bare'],
  [['untagged'], [], 'always bare'],
  [['tagged'], [], 'plain one two always inner'],
  [[], ['one'], 'plain always inner bare'],
  [['one'], ['two'], 'one always'],
  [[], ['always'], 'plain one two inner bare'],
  [[], ['all'], 'always'],
  [['nothing-has-this'], [], 'always'],
])('-t %j --skip-tags %j: %s', async (tags, skip, expected) => {
  expect(await chosen(tags, skip)).toBe(expected);
});
