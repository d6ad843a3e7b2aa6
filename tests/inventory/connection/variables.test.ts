import { expect, test } from 'vitest';
import { connectionOf } from '../../../engine/inventory/connection/variables.ts';
import { evaluate } from '../../../engine/language/dynamic/evaluate.ts';
import type { Problem } from '../../../engine/language/problem/problem.ts';
import { Secret } from '../../../engine/language/value/secret.ts';
import { type Scope, Unknown, type Value } from '../../../engine/language/value/value.ts';
import { load } from '../load-inventory.ts';

const defaults = { cwd: '/project', home: '/home/me' };

/** Loads one host with `vars` (YAML, indented by nothing) and reads its connection; `over` is stronger, as a play's vars. */
async function connect(vars: string, over: Readonly<Record<string, Value>> = {}, extra: object = {}) {
  const indented = vars.replace(/^/gm, '      ');
  const { inventory, told, cwd } = await load({ 'inv/hosts.yml': `all:\n  hosts:\n    web1:\n${indented}\n` });
  expect(told.filter((each) => !each.startsWith('warning'))).toEqual([]);
  const host = inventory.hosts.get('web1');
  if (!host) throw new Error('web1 is missing');
  const values = new Map<string, Value>();
  const scope: Scope = {
    lookup(name) {
      if (name in over) return over[name];
      const variable = host.variables.get(name);
      if (!variable) return undefined;
      // Kept, as the engine's own scope keeps it.
      if (!values.has(name)) values.set(name, evaluate(variable.value, scope));
      return values.get(name);
    },
    names: () => [...host.variables.keys(), ...Object.keys(over)],
  };
  const problems: Problem[] = [];
  return { connection: connectionOf(host, scope, { ...defaults, ...extra }, problems), problems, inv: `${cwd}/inv` };
}

test('without variables: the name, by ssh', async () => {
  const { connection, problems } = await connect('x: 1');
  expect(problems).toEqual([]);
  expect(connection).toEqual({
    name: 'web1',
    transport: 'ssh',
    address: 'web1',
    port: undefined,
    user: undefined,
    identityFile: undefined,
    jump: undefined,
    knownHosts: [],
    become: { enabled: undefined, user: undefined, password: undefined },
    connectTimeout: 10,
  });
});

test('the defaults hold where nothing is set', async () => {
  const password = new Secret('become', 'x');
  const extra = {
    transport: 'openssh',
    port: 7,
    user: 'u',
    identityFile: '/k',
    knownHosts: ['/kh'],
    becomePassword: password,
    connectTimeout: 3,
  };
  const { connection } = await connect('known_hosts: mine', {}, extra);
  expect(connection).toMatchObject({ transport: 'openssh', port: 7, user: 'u', identityFile: '/k', connectTimeout: 3 });
  expect(connection.knownHosts).toHaveLength(2);
  expect(connection.knownHosts[1]).toBe('/kh');
  expect(connection.become.password).toBe(password);
});

test.each([
  ['ansible_host: 10.0.0.1', { address: '10.0.0.1' }],
  ['ansible_ssh_host: 10.0.0.1', { address: '10.0.0.1' }],
  ['host: 10.0.0.1', { address: '10.0.0.1' }],
  ['host: plain\nansible_host: stronger', { address: 'stronger' }],
  ['base: web\nansible_host: "{{ base }}.example.com"', { address: 'web.example.com' }],
  ['ansible_host: 2001:db8::1', { address: '2001:db8::1' }],
  ['ansible_port: 2222', { port: 2222 }],
  ['ansible_port: "2222"', { port: 2222 }],
  ['p: 2200\nport: "{{ p }}"', { port: 2200 }],
  ['ansible_user: deploy', { user: 'deploy' }],
  ['user: deploy', { user: 'deploy' }],
  ['ansible_connection: local', { transport: 'local' }],
  ['connection: openssh', { transport: 'openssh' }],
  ['ansible_connection: smart', { transport: 'ssh' }],
  ['ansible_become: yes', { become: { enabled: true } }],
  ['ansible_become: "no"', { become: { enabled: false } }],
  ['become: "{{ b }}"\nb: true', { become: { enabled: true } }],
  ['ansible_become_user: postgres', { become: { user: 'postgres' } }],
  ['jump: ops@gate:2200,inner', { jump: 'ops@gate:2200,inner' }],
  ['jump: none', { jump: 'none' }],
  ['ansible_ssh_common_args: -J gate', { jump: 'gate' }],
  ['ansible_ssh_common_args: -Jgate', { jump: 'gate' }],
  ['ansible_ssh_common_args: "-o ProxyJump=ops@gate:22"', { jump: 'ops@gate:22' }],
  [`ansible_ssh_common_args: "-o 'proxyjump gate'"`, { jump: 'gate' }],
  ['ansible_ssh_common_args: "-oProxyJump=none"', { jump: 'none' }],
  ['ansible_ssh_common_args: "-o StrictHostKeyChecking=yes"', { jump: undefined }],
  ['ansible_ssh_common_args: -J gate\njump: stronger', { jump: 'stronger' }],
  ['connect_timeout: 2.5', { connectTimeout: 2.5 }],
  ['ansible_timeout: 30', { connectTimeout: 30 }],
  ['ansible_become_method: sudo\nansible_python_interpreter: /usr/bin/python3', {}],
])('%s', async (vars, expected) => {
  const { connection, problems } = await connect(vars);
  expect(problems).toEqual([]);
  expect(connection).toMatchObject(expected);
});

test('paths start at the inventory, those that a play sets where vrun was started', async () => {
  const vars =
    'ansible_ssh_private_key_file: keys/id\nknown_hosts: [kh, /abs, ~/kh]\nansible_ssh_common_args: "-o UserKnownHostsFile=other"';
  const { connection, inv } = await connect(vars);
  expect(connection.identityFile).toBe(`${inv}/keys/id`);
  expect(connection.knownHosts).toEqual([`${inv}/kh`, '/abs', '/home/me/kh', `${inv}/other`]);
  const played = await connect(vars, { ansible_ssh_private_key_file: 'mine' });
  expect(played.connection.identityFile).toBe('/project/mine');
});

test('a plain name counts in the inventory only: a play’s port is its own', async () => {
  expect((await connect('x: 1', { port: 3005, user: 'app', host: 'db' })).connection).toMatchObject({
    port: undefined,
    user: undefined,
    address: 'web1',
  });
  expect((await connect('port: 2222', { port: 3005 })).connection.port).toBe(2222);
  expect((await connect('x: 1', { ansible_port: 2200, ansible_user: 'ops' })).connection).toMatchObject({
    port: 2200,
    user: 'ops',
  });
});

test.each(['ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass', 'become_password'])(
  '%s is a secret',
  async (name) => {
    const { connection, problems } = await connect(`${name}: hunter2`);
    expect(problems).toEqual([]);
    expect(connection.become.password?.reveal()).toBe('hunter2');
    expect(JSON.stringify(connection)).not.toContain('hunter2');
  },
);

test.each([
  ['ansible_port: http', '‹ansible_port› must be a port from 1 to 65535'],
  ['ansible_port: 0', '‹ansible_port› must be a port from 1 to 65535'],
  ['port: 65536', '‹port› must be a port from 1 to 65535'],
  ['ansible_port: [1]', '‹ansible_port› must be a port from 1 to 65535'],
  ['ansible_host: -oProxyCommand=x', '‹-oProxyCommand=x› can’t be ansible_host'],
  ['ansible_host: ""', '‹› can’t be ansible_host'],
  ['ansible_host: a b', '‹a b› can’t be ansible_host'],
  ['ansible_user: -l', '‹-l› can’t be ansible_user'],
  ['user: {a: 1}', '‹user› must be text'],
  ['jump: -x', '‹-x› can’t be jump'],
  ['ansible_become: maybe', '‹ansible_become› must be true or false'],
  ['ansible_become_password: [x]', '‹ansible_become_password› must be text'],
  ['known_hosts: [1]', '‹known_hosts› must be a path or a list of paths'],
  ['connect_timeout: 0', '‹connect_timeout› must be a number of seconds above 0'],
  ['ansible_connection: winrm', 'There is no connection ‹winrm›'],
  ['ansible_ssh_common_args: -J', '‹-J› is missing its argument'],
  ['ansible_ssh_common_args: -J -x', '‹-x› can’t be a host'],
  ['ansible_ssh_common_args: "-o \'x"', 'A quote is never closed'],
  ['ansible_ssh_common_args: -C', 'The ssh option ‹-C› isn’t read here'],
  ['ansible_ssh_common_args: -o StrictHostKeyChecking=no', 'The ssh option ‹-o StrictHostKeyChecking› isn’t read here'],
  ['ansible_ssh_common_args: -o ControlMaster=auto', 'The ssh option ‹-o ControlMaster› isn’t read here'],
  ['ansible_password: x', '‹ansible_password› isn’t read here'],
  ['ansible_host_key_checking: false', '‹ansible_host_key_checking› isn’t read here'],
  ['ansible_become_method: su', 'Another user is become with sudo only'],
])('%s is a Problem', async (vars, summary) => {
  const { problems } = await connect(vars);
  expect(problems.map((problem) => problem.summary)).toEqual([summary]);
  expect(problems[0]).toMatchObject({ code: 'bad-value', detail: 'This is for the host ‹web1›.', at: { line: 4 } });
  expect(problems[0]?.hint).toBeTruthy();
});

test('a ProxyCommand that is a jump is told as one', async () => {
  const { problems } = await connect(`ansible_ssh_common_args: '-o ProxyCommand="ssh -W %h:%p -q ops@gate"'`);
  expect(problems[0]?.hint).toBe('Write: -J ops@gate');
});

test('what isn’t known, and what can’t be evaluated, are Problems', async () => {
  const later = await connect('x: 1', { ansible_host: new Unknown('later', 'the result of ‹Find it›') });
  expect(later.problems).toMatchObject([
    { summary: '‹ansible_host› isn’t known before the connection', hint: 'the result of ‹Find it›' },
  ]);
  expect(later.connection.address).toBe('web1');
  const missing = await connect('ansible_host: "{{ nowhere }}"');
  expect(missing.problems).toMatchObject([{ code: 'undefined-variable' }]);
});
