// Bad input is a Problem, exit 1, and no host is contacted: no connection arrives at the one that the inventory names.
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LabProject, type Said } from './project.ts';

interface Case {
  readonly title: string;
  /** The runbook, or the tasks of one play. */
  readonly runbook?: string;
  readonly tasks?: string;
  readonly inventory?: string;
  readonly args?: readonly string[];
  /** What standard error has to say. */
  readonly says: RegExp;
}

const CASES: readonly Case[] = [
  { title: 'an unknown keyword', tasks: '- debug: { msg: x }\n  wehn: true', says: /wehn[\s\S]*when/ },
  { title: 'an unknown module', tasks: '- flie: { path: /x, state: absent }', says: /flie[\s\S]*file/ },
  { title: 'two modules in a task', tasks: '- debug: { msg: x }\n  fail: { msg: y }', says: /site\.yml:[45]:/ },
  { title: 'a missing parameter', tasks: '- copy: { content: x }', says: /dest/ },
  {
    title: 'an unknown parameter',
    tasks: '- file: { path: /x, state: absent, onwer: root }',
    says: /onwer[\s\S]*owner/,
  },
  { title: 'an ill-typed parameter', tasks: '- file: { path: [1], state: absent }', says: /path/ },
  { title: 'an undefined variable', tasks: '- debug: { msg: "{{ domian }}" }', says: /domian[\s\S]*domain/ },
  {
    title: 'an undefined variable in {{#if}}',
    tasks: '- debug: { msg: "{{#if domian}}x{{/if}}" }',
    says: /domian[\s\S]*domain/,
  },
  { title: 'an undefined variable in a when', tasks: '- debug: { msg: x }\n  when: domian == "x"', says: /domian/ },
  { title: 'a bad template', tasks: '- debug: { msg: "{{ domain" }', says: /site\.yml:4:/ },
  { title: 'a bad expression', tasks: '- debug: { msg: x }\n  when: domain ==', says: /site\.yml:5:/ },
  { title: 'a duplicate key', tasks: '- debug: { msg: x }\n  when: true\n  when: false', says: /site\.yml:6:/ },
  { title: 'a tab', tasks: '- debug:\n\t  msg: x', says: /tab/i },
  { title: 'an empty file', runbook: '', says: /site\.yml:1:1/ },
  { title: 'a map for a runbook', runbook: 'hosts: all\n', says: /site\.yml:1:1[\s\S]*list of plays/ },
  { title: '‹yes› for a boolean', tasks: '- debug: { msg: x }\n  become: yes', says: /yes[\s\S]*true/ },
  { title: 'an unquoted octal mode', tasks: '- file: { path: /x, state: touch, mode: 0644 }', says: /0644/ },
  { title: 'an unquoted {{ x }}', tasks: '- debug: { msg: {{ domain }} }', says: /quote/i },
  { title: 'an unknown tag', tasks: '- debug: { msg: !sercet x }', says: /!sercet/ },
  {
    title: 'a missing file',
    tasks: '- copy: { dest: /x, src: nothing.txt }',
    says: /nothing\.txt[\s\S]*files\/nothing\.txt/,
  },
  { title: 'a missing template', tasks: '- template: { dest: /x, src: nothing.hbs }', says: /nothing\.hbs/ },
  { title: 'a notify without its handler', tasks: '- debug: { msg: x }\n  notify: Nobody', says: /Nobody/ },
  {
    title: 'an unknown host pattern',
    runbook: '- hosts: wbe\n  tasks: [{ debug: { msg: x } }]\n',
    says: /wbe[\s\S]*web/,
  },
  { title: 'an unknown limit', tasks: '- debug: { msg: x }', args: ['-l', 'wbe1'], says: /wbe1/ },
  {
    title: 'an inventory without hosts',
    tasks: '- debug: { msg: x }',
    inventory: 'web: { hosts: {} }\n',
    says: /hosts/,
  },
  { title: 'an inventory that is not there', tasks: '- debug: { msg: x }', args: ['-i', 'nowhere'], says: /nowhere/ },
  { title: 'a runbook that is not there', args: ['other.yml'], tasks: '- debug: { msg: x }', says: /other\.yml/ },
  { title: 'an unknown option', tasks: '- debug: { msg: x }', args: ['--chek'], says: /chek[\s\S]*check/ },
  { title: 'no forks', tasks: '- debug: { msg: x }', args: ['--forks', '0'], says: /forks/ },
  {
    title: 'a secret without its identity',
    tasks:
      '- debug: { msg: x }\n  vars:\n    p: !secret |\n      -----BEGIN AGE ENCRYPTED FILE-----\n      eA==\n      -----END AGE ENCRYPTED FILE-----',
    says: /identity/,
  },
  {
    title: 'a batch of no host',
    runbook: '- hosts: all\n  serial: 0\n  tasks: [{ debug: { msg: x } }]\n',
    says: /serial/,
  },
];

describe('bad input', () => {
  let server: Server;
  let connections = 0;
  let port = 0;
  const said = new Map<string, Said>();

  beforeAll(async () => {
    server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    port = typeof address === 'object' && address ? address.port : 0;
    const waiting = [...CASES];
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) said.set(next.title, await tried(next));
    };
    await Promise.all([work(), work(), work()]);
  });
  afterAll(() => server.close());

  async function tried({ runbook, tasks, inventory, args = [] }: Case): Promise<Said> {
    const indented = tasks?.replaceAll(/^/gm, '    ');
    const project = new LabProject({
      'site.yml': runbook ?? `- hosts: all\n  vars: { domain: x }\n  tasks:\n${indented}\n`,
      'hosts.yml':
        inventory ??
        `web: { hosts: { web1: { ansible_host: 127.0.0.1, ansible_port: ${port}, connect_timeout: 2 } } }\n`,
    });
    try {
      return await project.vrun('site.yml', '-i', 'hosts.yml', ...args);
    } finally {
      project.remove();
    }
  }

  test.each(CASES)('$title: exit 1, with its place and what to do', ({ title, says }) => {
    const { status, stderr, stdout } = said.get(title) ?? { status: -1, stderr: '', stdout: '' };
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/\n {4}at .*\(/); // no stack trace
    expect(stdout).toBe('');
    expect(status).toBe(1);
  });

  test('no host was contacted, though the host is there', async () => {
    expect(connections).toBe(0);
    const good = await tried({ title: '', tasks: '- stat: { path: / }', says: /./ });
    expect(good.status).toBe(4);
    expect(connections).toBeGreaterThan(0);
  });

  test('all problems are told at once, in order', async () => {
    const { stderr } = await tried({
      title: '',
      tasks: '- flie: { path: /x }\n- debug: { msg: "{{ domian }}" }\n- file: { path: /x, state: touch, mode: 0644 }',
      says: /./,
    });
    expect([...stderr.matchAll(/site\.yml:(\d+):/g)].map(([, line]) => Number(line))).toEqual([4, 5, 6]);
  });
});
