// Output of which the end is missing: the result says so, a warning too, and nobody decides by half a text.
import { chmodSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineModule, lines, sh, Type } from '../../../engine/module/index.ts';
import { FakeProject, type Ran } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject();
});
afterEach(() => project.remove());

const flood = 'head -c 1200000 /dev/zero | tr "\\0" "a"; echo; echo end';
const warnings = ({ events }: Ran) =>
  events.flatMap((event) => (event.type === 'warning' ? [event.problem.summary] : []));
const failure = (run: Ran, name: string) => {
  const { status, failure: problem } = run.task(name);
  return [status, problem?.code];
};

test.each<[what: string, task: string]>([
  ['when', 'debug: { msg: x }\n  when: out.stdout.contains("end")'],
  ['until', 'command: "true"\n  read_only: true\n  until: out.stdout.endsWith("end")\n  delay: 0'],
  ['failed_when', 'command: "true"\n  failed_when: out.stdout_lines[0] == "x"'],
  ['changed_when', 'command: "true"\n  changed_when: out.stdout.size() > 3'],
  ['assert', 'assert: { that: [out.stdout.contains("end")] }'],
  ['a template', 'debug: { msg: "{{ out.stdout }}" }'],
  ['a template in other text', 'debug: { msg: "it said {{ out.stdout }}" }'],
  ['a block of a template', 'debug: { msg: "{{#if out.stdout}}x{{/if}}" }'],
  ['a loop', 'debug: { msg: x }\n  loop: "{{ out.stdout_lines }}"'],
  ['a computed value', 'set-fact: { lines: !expr "out.stdout_lines.size()" }'],
])('%s that reads it fails', async (_, task) => {
  const run = await project.play(`
- name: flood
  shell: { cmd: '${flood}' }
  register: out
- name: reads
  ${task}
`);
  expect(failure(run, 'reads')).toEqual(['failed', 'output-truncated']);
  expect(warnings(run)).toEqual(['‹flood› printed more than is kept']);
});

test.each<[what: string, keyword: string]>([
  ['failed_when', 'failed_when: out.stdout.contains("error")'],
  ['changed_when', 'changed_when: out.stdout.contains("end")'],
  ['until', 'until: out.stdout.contains("end")\n  retries: 1\n  delay: 0'],
])('the task’s own %s, too', async (_, keyword) => {
  const run = await project.play(`
- name: flood
  shell: { cmd: '${flood}' }
  register: out
  ${keyword}
`);
  expect(failure(run, 'flood')).toEqual(['failed', 'output-truncated']);
});

test('what was not cut off can be read: rc, and the other output', async () => {
  const run = await project.play(`
- name: flood
  shell: { cmd: '{ ${flood}; } >&2; echo done' }
  register: out
- name: reads
  assert: { that: [out.rc == 0, out.stdout == "done", out.truncated, "out.truncated_fields == ['stderr', 'stderr_lines']"] }
- name: either
  debug: { msg: x }
  when: out.rc == 0 || out.stderr.contains("x")
- name: reads stderr
  debug: { msg: "{{ out.stderr }}" }
`);
  expect(run.statuses()).toEqual(['flood changed', 'reads ok', 'either ok', 'reads stderr failed']);
});

test('read_only commands and items of loops, too', async () => {
  const run = await project.play(`
- name: flood
  shell:
    cmd: '[ {{ item }} = short ] || { ${flood}; }'
  read_only: true
  loop: [short, long]
  register: out
- name: reads the short one
  assert: { that: ['out.results[0].stdout == ""', "!out.results[0].truncated", "out.results[1].truncated"] }
- name: reads the long one
  assert: { that: ['out.results[1].stdout.contains("end")'] }
`);
  expect(run.task('reads the short one').status).toBe('ok');
  expect(failure(run, 'reads the long one')).toEqual(['failed', 'output-truncated']);
  expect(warnings(run)).toHaveLength(1);
});

test('output_limit keeps more, and the record what it always does', async () => {
  const run = await project.play(`
- name: flood
  shell: { cmd: '${flood}' }
  output_limit: 2
  register: out
- name: read only
  vars: { limit: 2 }
  shell: { cmd: '${flood}' }
  output_limit: "{{ limit }}"
  read_only: true
  register: again
- name: reads
  assert: { that: [out.stdout.endsWith("end"), again.stdout.endsWith("end"), "!out.truncated"] }
`);
  expect(run.statuses()).toEqual(['flood changed', 'read only ok', 'reads ok']);
  expect(warnings(run)).toEqual([]);
  expect(JSON.stringify(run.task('flood')).length).toBeLessThan(2_500_000);
});

test('the next script has the usual limit again', async () => {
  const run = await project.play(`
- name: large
  shell: { cmd: '${flood}' }
  output_limit: 16
  register: one
- name: usual
  shell: { cmd: '${flood}' }
  register: two
- name: told
  assert: { that: ["!one.truncated", two.truncated] }
`);
  expect(run.task('told').status).toBe('ok');
});

test.each(['0', '17', '1.5', 'many'])('output_limit: %s is refused', async (limit) => {
  const run = await project
    .play(`- name: x\n  vars: { limit: ${limit} }\n  command: "true"\n  output_limit: "{{ limit }}"\n`)
    .catch(() => undefined);
  expect(run?.task('x').status ?? 'failed').toBe('failed');
});

test('nobody is warned of what nobody reads', async () => {
  const run = await project.play(`- name: flood\n  shell: { cmd: '${flood}' }\n`);
  expect(warnings(run)).toEqual([]);
});

test('a probe of a module that is cut off is a failure before its module sees it', async () => {
  project.write('h1/bin/getent', `#!/bin/sh\n${flood}\n`);
  chmodSync(project.on('h1', 'bin/getent'), 0o755);
  const run = await project.play(`
- name: group
  group: { name: staff }
  environment: { PATH: "{{ dir }}/bin:/usr/bin:/bin" }
- name: next
  debug: { msg: x }
`);
  expect(failure(run, 'group')).toEqual(['failed', 'output-truncated']);
});

test('a script that several tasks share, and that says too much for one, is one for each', async () => {
  const talkative = defineModule({
    name: 'talkative',
    summary: 'Says much',
    params: Type.Object({ n: Type.Integer({ description: 'Which' }) }),
    probeMany: (wants) =>
      lines(...wants.map(({ n }) => sh`printf '@w\n%s ' ${String(n)}; head -c 600000 /dev/zero | tr '\0' a; echo`)),
    parseMany: ({ stdout }, wants) =>
      wants.map(({ n }, index) => {
        const found = stdout.split('@w\n')[index + 1] ?? '';
        if (!found.startsWith(`${n} `) || found.length < 600_000) throw new Error('half a word');
        return n;
      }),
    plan: (have) => ({ changes: [], result: { have } }),
  });
  const own = new FakeProject({ modules: [talkative] });
  const run = await own.play(
    [1, 2, 3].map((n) => `- { name: n${n}, talkative: { n: ${n} } }\n`).join('') +
      '- { name: end, debug: { msg: x } }\n',
  );
  own.remove();
  expect(run.statuses()).toEqual(['n1 ok', 'n2 ok', 'n3 ok', 'end ok']);
});
