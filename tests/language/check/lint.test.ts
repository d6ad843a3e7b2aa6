// Warnings: each with the smallest task that earns it, and one beside it that doesn't.

import { describe, expect, it } from 'vitest';
import { lintRunbook } from '../../../engine/language/check/lint.ts';
import { readRunbook } from '../../../engine/language/read/runbook.ts';
import { secretOpener } from '../../../engine/language/yaml/age.ts';
import { fakeCatalog } from '../fake-catalog.ts';

async function warnings(text: string): Promise<string[]> {
  const { runbook, problems } = await readRunbook('site.yml', {
    catalog: fakeCatalog,
    secrets: secretOpener([], () => undefined),
    readFile: () => Promise.resolve(Buffer.from(text)),
  });
  expect(problems).toEqual([]);
  if (!runbook) throw new Error('no runbook');
  const found = lintRunbook(runbook, fakeCatalog);
  expect(found.every(({ severity, hint, at }) => severity === 'warning' && hint && at)).toBe(true);
  return found.map(({ summary }) => summary);
}

const task = (body: string) => `- hosts: all\n  tasks:\n    - { ${body} }\n`;

describe('lint', () => {
  it.each([
    ['name: a, file: { path: /a, state: file }', []],
    ['file: { path: /a, state: file }', ['A task without a name']],
    ['name: a, command: make', ['A command that acts every time']],
    ['name: a, command: { cmd: make, creates: /x }', []],
    ['name: a, command: make, changed_when: false', []],
    ['name: a, command: uptime, read_only: true', []],
    ['name: a, shell: "uptime > /dev/null 2>&1", read_only: true', []],
    ['name: a, shell: "test 1 -gt 0", read_only: true', []],
    ['name: a, shell: "df | awk \'$3 > 80\'", read_only: true', []],
    ['name: a, shell: "uptime > /tmp/x", read_only: true', ['A read-only command that writes']],
    ['name: a, shell: "uptime >> {{ facts.user }}", read_only: true', ['A read-only command that writes']],
    ['name: a, shell: "cd /tmp; rm -r x", read_only: true', ['A read-only command that writes']],
    ['name: a, command: { argv: [systemctl, restart, x] }, read_only: true', ['A read-only command that writes']],
    ['name: a, command: systemctl is-active x, read_only: true', []],
    ['name: a, file: { path: /a, state: file }, ignore_errors: true', ['A failure that nobody looks at']],
    ['name: a, file: { path: /a, state: file }, ignore_errors: true, register: x', []],
    ['name: a, command: uptime, read_only: true, register: x, until: x.rc == 0', ['‹until› without ‹retries›']],
    ['name: a, command: uptime, read_only: true, register: x, until: x.rc == 0, retries: 3', []],
  ])('%s', async (body, wanted) => {
    expect(await warnings(task(body))).toEqual(wanted);
  });

  it('lets handlers and rescues act', async () => {
    const acts = 'command: a';
    expect(
      await warnings(`${task(`name: a, ${acts}, notify: One`)}  handlers:\n    - { name: One, ${acts} }\n`),
    ).toEqual(['A command that acts every time']);
    const block = `block: [{ name: b, file: { path: /a, state: file } }], rescue: [{ name: c, ${acts} }], always: [{ name: d, ${acts} }]`;
    expect(await warnings(task(`name: a, ${block}`))).toEqual(['A command that acts every time']);
  });

  it('finds handlers that nobody notifies', async () => {
    const text = `${task('name: a, file: { path: /a, state: file }, notify: One')}  handlers:\n    - { name: One, command: a, changed_when: true }\n    - { name: Two, command: a, changed_when: true }\n`;
    expect(await warnings(text)).toEqual(['A handler that nobody notifies']);
    expect(await warnings(text.replace('notify: One', 'notify: "{{ facts.user }}"'))).toEqual([]);
  });
});
