// The order of firewall rules on a real host: whatever rules it has and a task wants, one run puts them in order, and
// every login gets in before, after and in the end.
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sh } from '../../../engine/module/index.ts';
import { ruleWords, type UfwRule } from '../../../modules/ufw/rule.ts';
import ufw from '../../../modules/ufw/ufw.ts';
import { describeLab } from '../../lab/describe-lab.ts';
import { exec } from '../../lab/lab-api.js';
import { lent } from '../../lab/lent.ts';
import { openProject, type Said, vrun } from '../../law/law.ts';
import { firewallParams, firewallRules } from './firewalls.ts';

const PAIRS = 6;
const CLIENT = '10.231.77.1';
const NETWORK = '10.231.77.0/24';
const PROFILE = 'DNS';

/** A host is ours to set up through its console, whatever its firewall is. */
function given(rules: { readonly 4: readonly UfwRule[]; readonly 6: readonly UfwRule[] }): string {
  const add = (family: 4 | 6) => rules[family].map((rule) => sh`ufw ${ruleWords(rule, family)}`.text);
  // Our own login gets in through the last rule at the latest.
  return ['ufw --force reset', ...add(4), ...add(6), 'ufw allow 1:1024/tcp', 'ufw --force enable'].join(
    ' >/dev/null &&\n',
  );
}

describeLab('the order of firewall rules on a real host', () => {
  const lab = lent();

  const run = async (tasks: string, ...options: readonly string[]): Promise<Said> => {
    const project = openProject(tasks);
    try {
      return await vrun(project, lab.inventory, ...options);
    } finally {
      rmSync(project, { recursive: true });
    }
  };
  const order = async () =>
    (await exec(lab.host, "grep -h '^### tuple' /etc/ufw/user.rules /etc/ufw/user6.rules")).stdout;

  const wanted = firewallParams(CLIENT, NETWORK, PROFILE).filter((params) => ufw.checkParams(params).length === 0);
  const pairs = fc.tuple(firewallRules(CLIENT, NETWORK, PROFILE), wanted);
  const drawn = fc.sample(pairs, { seed: 20260103, numRuns: PAIRS });

  test.each(drawn.map((pair, index) => [index + 1, ...pair] as const))('pair %i', async (_, rules, params) => {
    const { status, stderr } = await exec(lab.host, given(rules));
    expect(status, stderr).toBe(0);
    // A firewall that keeps us out already can be looked at by nobody but its console.
    const reached = (await exec(lab.host, 'true')).status === 0;
    expect(reached).toBe(true);
    const tasks = `- name: Firewall\n  ufw: ${JSON.stringify(params)}`;
    const before = await order();
    const dry = await run(tasks, '--check');
    expect(await order()).toBe(before);
    const done = await run(tasks);
    expect(done.tasks, done.output).toEqual(dry.tasks);
    if (done.tasks[0]?.status !== 'changed') {
      expect(await order()).toBe(before);
      return;
    }
    const after = await order();
    for (const options of [['--check'], []]) {
      const again = await run(tasks, ...options);
      expect(again.tasks, again.output).toMatchObject([{ status: 'ok' }]);
    }
    expect(await order()).toBe(after);
  });
});
