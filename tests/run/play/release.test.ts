// A host that is done with is let go: of a thousand only those at work are connected to.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Connection, Target } from '../../../engine/transport/channel/connection.ts';
import { HostConnection } from '../../../engine/transport/host-connection.ts';
import { loginLocally } from '../../../engine/transport/local.ts';
import { FakeProject } from '../harness.ts';

let project: FakeProject;
beforeEach(() => {
  project = new FakeProject({ hosts: 4 });
});
afterEach(() => project.remove());

/** Connections that tell how many of them are open. */
function counted() {
  const counts = { open: 0, most: 0, made: 0 };
  const dial = async (target: Target): Promise<Connection> => {
    const connection = new HostConnection(loginLocally({ localUser: 'nobody', home: '/' }), target);
    counts.open += 1;
    counts.made += 1;
    counts.most = Math.max(counts.most, counts.open);
    void connection.closed.then(() => {
      counts.open -= 1;
    });
    return connection;
  };
  return { counts, dial };
}

const touch = (name: string) => `- file: { path: "{{ dir }}/${name}", state: directory }\n`;
const play = (hosts: string, tasks: string) =>
  `- name: Of ${hosts}\n  hosts: ${hosts}\n  tasks:\n${tasks.replaceAll(/^(?=.)/gm, '    ')}`;

test.each<[what: string, runbook: string, most: number, made: number]>([
  ['after its only play', play('all', touch('a')), 1, 4],
  ['after its last play', play('all', touch('a')) + play('h1', touch('b')), 2, 4],
  ['at the end, where tasks are delegated', play('all', touch('a').replace('\n', '\n  delegate_to: h1\n')), 4, 4],
])('%s', async (_what, runbook, most, made) => {
  const { counts, dial } = counted();
  const run = await project.run(runbook, { forks: 1, dial });
  expect(run.status).toBe('ok');
  expect(counts).toEqual({ open: 0, most, made });
  const last = run.events.findLast((event) => event.type === 'run.finished');
  expect(Object.values(last?.hosts ?? {}).some(({ messages }) => messages > 0)).toBe(true);
});

test('one that fails is let go, too', async () => {
  const { counts, dial } = counted();
  const run = await project.run(play('all', '- shell: { cmd: "false" }\n'), { forks: 1, dial });
  expect(run.status).toBe('failed');
  expect(counts).toEqual({ open: 0, most: 1, made: 4 });
});
