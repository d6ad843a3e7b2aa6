// Whole runs over a real SSH connection, which breaks in the middle of what it carries.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defineModule, sh, Type } from '../../../engine/module/index.ts';
import type { Target } from '../../../engine/transport/channel/connection.ts';
import { connect } from '../../../engine/transport/connect.ts';
import { newConnectCache } from '../../../engine/transport/ssh/context.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../../embedded/server.ts';
import { FakeProject } from '../harness.ts';

/** More than a connection carries that breaks after `LIMIT` bytes. */
const LIMIT = 30_000;
const NOISE = sh`head -c 60000 /dev/zero | tr '\0' x >&1; sleep 0.2`;

/** Makes a directory, after (or before) it has said so much that the connection breaks. */
const noisy = (name: string, first: boolean) =>
  defineModule({
    name,
    summary: 'Make a directory',
    params: Type.Object({ path: Type.String({ description: 'Its path' }) }),
    probe: ({ path }) => sh`[ -d ${path} ] && echo yes; :`,
    parse: (out) => out.stdout !== '',
    plan: (there: boolean, { path }) => ({
      changes: there
        ? []
        : [
            {
              op: '+' as const,
              what: path,
              steps: first
                ? [{ run: NOISE }, { run: sh`mkdir ${path}` }]
                : [{ run: sh`mkdir ${path}` }, { run: NOISE }],
            },
          ],
    }),
  });

let server: EmbeddedServer;
let project: FakeProject;
beforeEach(async () => {
  server = await startEmbeddedServer();
  project = new FakeProject({ modules: [noisy('noisy-before', true), noisy('noisy-after', false)] });
});
afterEach(async () => {
  await server.close();
  project.remove();
});

function connectLocally(target: Target) {
  return connect({ ...target, transport: 'local' }, connectContext(), new AbortController().signal);
}

function connectContext() {
  return {
    home: homedir(),
    localUser: server.user,
    agent: undefined,
    ask: async () => undefined,
    sshKnownHosts: [],
    cache: newConnectCache(),
  };
}

function dial(target: Target, knownHosts = [server.knownHosts]) {
  const { address, port, user, identityFile } = server;
  const over = { ...target, transport: 'ssh' as const, address, port, user, identityFile, knownHosts };
  return connect(over, connectContext(), new AbortController().signal);
}

/** The connection that is open when the message comes is the last that breaks. */
const mend = (_host: string, message: number) => {
  if (message > 0) server.misbehave({});
  return undefined;
};

test('one login and one message for a converged run', async () => {
  const tasks = '- name: a\n  file: { path: "{{ dir }}/a", state: directory }\n- stat: { path: "{{ dir }}" }\n';
  await project.play(tasks, { dial });
  const before = server.seen.logins;
  const run = await project.play(tasks, { dial });
  expect(run.totals()).toMatchObject({ ok: 2, changed: 0, messages: 1 });
  expect(server.seen.logins - before).toBe(1);
  expect(run.events.find((event) => event.type === 'host.connected')).toMatchObject({
    hostKey: { type: 'ssh-ed25519', fingerprint: expect.stringMatching(/^SHA256:/) },
  });
});

test('broken while a shell is opened: made anew as connecting is, and where that is in vain the host is unreachable', async () => {
  const tasks = '- stat: { path: "{{ dir }}" }\n';
  let dials = 0;
  const broken = (times: number) => async (target: Target) => {
    dials += 1;
    server.misbehave(dials <= times ? { disconnectAfter: 1 } : {});
    return dial(target);
  };
  const once = await project.play(tasks, { dial: broken(2) });
  expect(once.status).toBe('ok');
  expect(dials).toBe(3);
  dials = 0;
  const never = await project.play(tasks, { dial: broken(9) });
  expect(dials).toBe(3);
  expect(never.totals()).toMatchObject({ unreachable: true, failed: 0 });
  const failure = never.events.find((event) => event.type === 'host.failed')?.failure;
  expect(failure).toMatchObject({ code: 'unreachable', summary: 'h1 broke the connection off after the login' });
});

test('broken in the middle of a probe: made anew, read again', async () => {
  server.misbehave({ disconnectAfter: LIMIT });
  const run = await project.play(
    '- name: reads\n  shell: { cmd: "head -c 60000 /dev/zero | tr \'\\\\0\' x" }\n  read_only: true\n  register: r\n- assert: { that: [size(r.stdout) == 60000] }\n',
    { dial, faults: mend },
  );
  expect(run.status).toBe('ok');
  expect(server.seen.logins).toBe(2);
});

test('broken in the middle of a step, before it did anything: the host is out, and why', async () => {
  server.misbehave({ disconnectAfter: LIMIT });
  const run = await project.play('- name: make\n  noisy-before: { path: "{{ dir }}/made" }\n', { dial, faults: mend });
  expect(run.statuses()).toEqual(['make unreachable']);
  expect(run.task('make').failure).toMatchObject({ code: 'connection-lost' });
  const again = await project.play('- name: make\n  noisy-before: { path: "{{ dir }}/made" }\n', { dial });
  expect(again.statuses()).toEqual(['make changed']);
});

test('broken after the step did what it was to do: read again, it is as wanted', async () => {
  server.misbehave({ disconnectAfter: LIMIT });
  const run = await project.play('- name: make\n  noisy-after: { path: "{{ dir }}/made" }\n', { dial, faults: mend });
  expect(run.statuses()).toEqual(['make changed']);
  expect(existsSync(project.on('h1', 'made'))).toBe(true);
  expect(existsSync(project.on('h1', 'lock/vrun'))).toBe(false);
});

test('broken in the middle of a command: it is not run a second time', async () => {
  server.misbehave({ disconnectAfter: LIMIT });
  const run = await project.play(
    '- name: act\n  shell: { cmd: "echo x >>{{ dir }}/log; head -c 60000 /dev/zero; sleep 0.2" }\n- name: after\n  debug: { msg: x }\n',
    { dial, faults: mend },
  );
  expect(run.statuses()).toEqual(['act unreachable']);
  expect(readFileSync(project.on('h1', 'log'), 'utf8')).toBe('x\n');
});

test('a host that breaks every connection is out after the second', async () => {
  server.misbehave({ disconnectAfter: LIMIT });
  const run = await project.play('- name: a\n  shell: { cmd: "head -c 60000 /dev/zero" }\n  read_only: true\n', {
    dial,
  });
  expect(server.seen.logins).toBe(2);
  expect(run.totals()).toMatchObject({ unreachable: true });
  expect(run.events.at(-1)).toMatchObject({ type: 'run.finished', status: 'failed' });
});

test('tasks that are delegated log in to their delegate once, and to localhost not at all', async () => {
  const tasks = [1, 2, 3]
    .map(
      (n) => `- name: here ${n}
  file: { path: "{{ dir }}/h${n}", state: directory }
- name: there ${n}
  file: { path: "{{ dir }}/d${n}", state: directory }
  delegate_to: other
- name: local ${n}
  file: { path: "{{ dir }}/l${n}", state: directory }
  delegate_to: localhost
`,
    )
    .join('');
  const apart = (target: Target) => (target.name === 'localhost' ? connectLocally(target) : dial(target));
  await project.play(tasks, { dial: apart });
  const before = server.seen.logins;
  const run = await project.play(tasks, { dial: apart });
  expect(run.totals()).toMatchObject({ ok: 9, changed: 0, messages: 1 });
  expect(server.seen.logins - before).toBe(2);
  expect(run.sent.map(({ host }) => host)).toEqual(['h1', 'other', 'localhost']);
  const keys = run.events.flatMap((event) =>
    event.type === 'host.connected' ? [[event.host, event.hostKey?.type]] : [],
  );
  expect(keys).toEqual([
    ['h1', 'ssh-ed25519'],
    ['other', 'ssh-ed25519'],
    ['localhost', undefined],
  ]);
});

test('a delegate whose host key nobody has pinned is refused, and the host itself goes on', async () => {
  const apart = (target: Target) => (target.name === 'stranger' ? dial(target, []) : dial(target));
  const run = await project.play(
    '- name: there\n  command: { argv: ["true"] }\n  delegate_to: stranger\n  ignore_errors: true\n- name: here\n  stat: { path: "{{ dir }}" }\n',
    { dial: apart },
  );
  expect(run.statuses()).toEqual(['there ignored', 'here ok']);
  expect(run.task('there').failure).toMatchObject({ code: 'host-key-unknown' });
});
