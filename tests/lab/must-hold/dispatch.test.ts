// Runs that workers perform: the same as from one machine, whoever dies meanwhile.
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Event } from '../../../engine/event/event.ts';
import { describeLab } from '../describe-lab.ts';
import { exec } from '../lab-api.js';
import { lent } from '../lent.ts';
import { exitOf, outputOf, until } from './project.ts';
import { DispatchedProject } from './workers.ts';

const CANARY = 'canary-7f3d91c0aa';

/** Each step says on its host when it begins and ends. */
const step = (name: string, seconds: number) =>
  `echo begin ${name} $(date +%s%N) >>/opt/must/log; sleep ${seconds}; echo end ${name} $(date +%s%N) >>/opt/must/log`;

const RUNBOOK = `
- name: Work
  hosts: all
  become: true
  tasks:
    - { name: Settings, template: { src: settings.hbs, dest: /opt/must/settings, mode: "0600" }, notify: Restart, checklist: Settings }
    - { name: Slow, shell: { cmd: "${step('slow', 4)}; touch /opt/must/slow", creates: /opt/must/slow }, checklist: Work }
    - { name: Once, command: { argv: [echo, one] }, run_once: true, register: first, changed_when: false }
    - { name: All, copy: { dest: /opt/must/first, content: "{{ first.stdout }}" } }
  handlers:
    - { name: Restart, shell: { cmd: "echo restarted >>/opt/must/log" } }
- name: Again
  hosts: all
  become: true
  tasks:
    - { name: Learned, copy: { dest: /opt/must/learned, content: "{{ first.stdout }}" } }
`;

describeLab('a dispatched run', () => {
  let project = new DispatchedProject();
  const lab = lent(3);
  beforeEach(async () => {
    project = new DispatchedProject({ 'site.yml': RUNBOOK, 'templates/settings.hbs': 'token={{ token }}\n' });
    await clean();
  });
  afterEach(() => project.stop());

  const clean = async () => {
    for (const host of lab.hosts) await exec(host, 'rm -rf /opt/must /run/vrun.lock /var/lib/vrun; mkdir /opt/must');
  };
  const args = () => ['site.yml', '-i', lab.inventory, '-e', `token=${CANARY}`];

  /** Every host is as the runbook says, and no two steps were at work there at once: what begins ends before another begins. */
  const converged = async () => {
    for (const host of lab.hosts) {
      const steps = (await exec(host, 'grep -E "^(begin|end)" /opt/must/log')).stdout.trim().split('\n');
      expect(steps.map((line) => line.split(' ')[0])).toEqual(
        steps.map((_, index) => (index % 2 === 0 ? 'begin' : 'end')),
      );
      const files = 'cat /opt/must/settings /opt/must/first /opt/must/learned; grep -c restarted /opt/must/log';
      expect((await exec(host, files)).stdout).toMatch(new RegExp(`^token=${CANARY}\noneone[1-9]`));
    }
    const verified = await project.vrun('audit', 'verify');
    expect(verified.status, verified.stdout + verified.stderr).toBe(0);
  };

  test('by two workers is the run that it is from here, and the broker can read none of it', async () => {
    const here = await project.json(...args());
    await clean();
    await project.setUp('w1', 'w2');
    const workers = [await project.startWorker('w1'), await project.startWorker('w2')];
    const there = await project.dispatched(...args());
    expect(there.status, there.stderr).toBe(here.status);
    for (const host of lab.hosts) expect(told(there.events, host)).toEqual(told(here.events, host));
    await converged();
    for (const { said } of workers) expect(said()).toContain(': done ');
    const found = spawnSync('grep', ['-rlF', CANARY, project.broker.store, `${project.broker.directory}/log`]);
    expect(found.stdout.toString()).toBe('');
    const again = await project.dispatched(...args());
    for (const host of lab.hosts) expect(again.totals(host)).toMatchObject({ changed: 0, failed: 0 });
  });

  test('one worker killed, one stopped past its lease, the broker killed: every host is brought to its end, by one at a time', async () => {
    await project.setUp('w1', 'w2', 'w3');
    const [killed, stopped] = [await project.startWorker('w1'), await project.startWorker('w2')];
    expect((await project.dispatched(...args(), '--check')).status).toBe(0); // sets up the broker
    const has = (what: string) => () => [killed, stopped].every(({ said }) => said().includes(what));
    await until(has('ready'));
    const child = project.start([...args(), '--dispatch', project.url, '--output', 'json']);
    const output = outputOf(child);
    const ended = exitOf(child);
    const begun = async (host: string) => (await exec(host, 'cat /opt/must/log')).stdout.includes('begin');
    await until(async () => (await Promise.all(lab.hosts.map(begun))).every(Boolean), 60);
    expect(has('begun')()).toBe(true);
    killed.process.kill('SIGKILL');
    stopped.process.kill('SIGSTOP');
    await project.broker.stop();
    await project.broker.start();
    await project.startWorker('w3');
    setTimeout(() => stopped.process.kill('SIGCONT'), 50_000);
    expect(await ended, await output.stderr).toBe(0);
    await converged();
    const events = (await output.stdout).split('\n').flatMap((line): Event[] => (line ? [JSON.parse(line)] : []));
    expect(events.filter(({ type }) => type === 'host.restarted').length).toBeGreaterThan(0);
    await until(() => stopped.said().includes('given up'), 70).catch(() => expect.unreachable(stopped.said()));
    expect(project.entries()).toHaveLength(4);
  }, 240_000);

  test('without a worker for a region, or without the broker, it says so before it begins', async () => {
    await project.setUp('w1@eu');
    const nobody = await project.dispatched(...args());
    expect(nobody.status).toBe(1);
    expect(nobody.stderr).toContain('No worker is enrolled for the region ‹main›');
    await project.broker.stop();
    const away = await project.dispatched(...args());
    expect(away.status).toBe(1);
    expect(away.stderr).toMatch(/broker cannot be reached[\s\S]*without --dispatch/);
  });
});

/** What a run did on a host, in order, apart from times and logins. */
function told(events: readonly Event[], host: string): readonly string[] {
  return events.flatMap((event) => {
    if (!('host' in event) || event.host !== host || event.type === 'host.connected') return [];
    return [JSON.stringify(event, (key, value) => (['ms', 'readMs', 'run'].includes(key) ? undefined : value))];
  });
}
