// Several tasks about the same paths: a dry run foresees each as it will run, though only the first finds things as they are.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject();
});
afterEach(() => project.remove());

const PATHS = ['t', 't/a', 't/a/b', 't/c'] as const;
const at = (path: string) => `"{{ dir }}/${path}"`;
const TASKS: readonly ((path: string, other: string) => string)[] = [
  (path) => `file: { path: ${at(path)}, state: absent }`,
  (path) => `file: { path: ${at(path)}, state: directory }`,
  (path) => `file: { path: ${at(path)}, state: directory, mode: "0700" }`,
  (path) => `file: { path: ${at(path)}, state: file, mode: "0600" }`,
  (path) => `file: { path: ${at(path)}, state: touch, mode: "u=rw,go=" }`,
  (path, other) => `file: { path: ${at(path)}, state: link, src: ${at(other)} }`,
  (path, other) => `file: { path: ${at(path)}, state: link, src: ${at(other)}, force: true }`,
  (path, other) => `file: { path: ${at(path)}, state: hard, src: ${at(other)} }`,
  (path) => `copy: { dest: ${at(path)}, content: "one\\n" }`,
  (path) => `copy: { dest: ${at(path)}, content: "two\\n", mode: "0600" }`,
  (path) => `copy: { dest: ${at(path)}, content: "one\\n", force: false }`,
  (path, other) => `copy: { dest: ${at(path)}, src: ${at(other)}, remote_src: true }`,
  (path) => `lineinfile: { path: ${at(path)}, line: one, create: true }`,
  (path) => `lineinfile: { path: ${at(path)}, line: three, mode: "0640" }`,
  (path) => `command: { argv: [mkdir, ${at(path)}], creates: ${at(path)} }`,
  (path) => `command: { argv: [rm, -rf, ${at(path)}], removes: ${at(path)} }`,
  (path) => `command: { argv: [touch, "{{ dir }}/else"], unless: "test -e {{ dir }}/${path}" }`,
];

/** What may be there at first. */
const STARTS: readonly ((root: string) => void)[] = [
  () => undefined,
  (root) => mkdirSync(join(root, 't'), { mode: 0o700 }),
  (root) => writeFileSync(join(root, 't'), 'one\n', { mode: 0o600 }),
  (root) => {
    mkdirSync(join(root, 't/a'), { recursive: true });
    writeFileSync(join(root, 't/a/b'), 'one\n', { mode: 0o600 });
    writeFileSync(join(root, 't/c'), 'two\n');
  },
  linked,
];

/** A directory with two names. What an earlier task does to something under the other one, a dry run doesn't foresee. */
function linked(root: string): void {
  mkdirSync(join(root, 't/c'), { recursive: true });
  symlinkSync('c', join(root, 't/a'));
  writeFileSync(join(root, 't/c/b'), 'one\n');
}

const task = fc
  .tuple(fc.constantFrom(...TASKS), fc.constantFrom(...PATHS), fc.constantFrom(...PATHS))
  .map(([write, path, other]) => write(path, other));

test('whatever tasks do to the same paths, what the dry run says happens', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(task, { minLength: 2, maxLength: 7 }),
      fc.constantFrom(...STARTS),
      async (written, start) => {
        fc.pre(start !== linked || !written.some((text) => text.includes(at('t/a/b'))));
        const tasks = written.map((text, index) => `- name: "${index}"\n  ${text}\n`).join('');
        const begin = () => {
          rmSync(project.on('h1', 't'), { recursive: true, force: true });
          start(project.on('h1', '.'));
        };
        begin();
        const dry = await project.play(tasks, { check: true });
        begin();
        const run = await project.play(tasks);
        const foreseen = dry.statuses();
        for (const [index, status] of run.statuses().entries()) {
          const forecast = foreseen[index] ?? '';
          if (status.endsWith(' failed')) break; // a dry run goes on behind a failure that it can't know of
          const truths = status.endsWith(' changed') ? ['changed', 'unknown'] : ['ok', 'unknown'];
          expect(
            truths.map((truth) => `${index} ${truth}`),
            `task ${index} ${status}: ${written[index]}`,
          ).toContain(forecast);
        }
      },
    ),
    { numRuns: 60 },
  );
});
