// A task that says the same everywhere is prepared once for all hosts of a play; whatever a host has of its own stays its own.
import { afterAll, beforeEach, expect, test } from 'vitest';
import { defineModule, type TaskTraits, Type } from '../../../engine/module/index.ts';
import { FakeProject } from '../harness.ts';

const prepared: { readonly word: string; readonly traits: TaskTraits }[] = [];

const say = defineModule({
  name: 'say',
  summary: 'Says a word',
  example: '',
  params: Type.Object({ word: Type.String() }),
  results: Type.Object({ said: Type.String() }),
  prepare: (params, traits) => {
    prepared.push({ word: params.word, traits });
    return params;
  },
  plan: (_, { word }) => ({ changes: [], result: { said: word } }),
});

const project = new FakeProject({ hosts: 3, modules: [say] });
const words = () => prepared.map(({ word }) => word);

beforeEach(() => prepared.splice(0));
afterAll(() => project.remove());

test('what is literal is prepared once, what names a variable for each host', async () => {
  const ran = await project.play(`- name: Same
  say: { word: hello }
- name: Own
  say: { word: "{{ inventory_hostname }}" }
`);
  expect(words().toSorted()).toEqual(['h1', 'h2', 'h3', 'hello']);
  for (const host of project.hosts) {
    expect(ran.task('Same', host).result?.said).toBe('hello');
    expect(ran.task('Own', host).result?.said).toBe(host);
  }
});

test('conditions, loops and results of a host are its own', async () => {
  const ran = await project.play(`- name: On one
  when: inventory_hostname == "h2"
  say: { word: here }
- name: Each
  loop: ["{{ inventory_hostname }}", all]
  say: { word: same }
- name: After
  say: { word: after }
  register: after
- name: Told
  say: { word: "{{ inventory_hostname }} {{ after.said }}" }
`);
  expect(words().toSorted()).toEqual(['after', 'h1 after', 'h2 after', 'h3 after', 'here', 'same']);
  expect(project.hosts.map((host) => ran.task('On one', host).status)).toEqual(['skipped', 'ok', 'skipped']);
  expect(ran.statuses('h3')).toContain('Each(h3) ok');
  expect(ran.task('Told', 'h1').result?.said).toBe('h1 after');
});

test('each play has its own, by how many hosts it is for', async () => {
  await project.run(`- hosts: all
  tasks: [{ name: All, say: { word: a } }, { name: Once, run_once: true, say: { word: b } }]
- hosts: h1
  tasks: [{ name: All, say: { word: a } }]
`);
  expect(prepared.map(({ word, traits }) => `${word} ${traits.hosts}`)).toEqual(['a 3', 'b 1', 'a 1']);
});
