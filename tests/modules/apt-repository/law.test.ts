import { readFileSync, rmSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../../lab/describe-lab.ts';
import { exec, NODE_REPOSITORY } from '../../lab/lab-api.js';
import { lent } from '../../lab/lent.ts';
import { openProject, vrun } from '../../law/law.ts';

const { uri, suite, component, keyFile } = NODE_REPOSITORY;
const TASKS = `
- name: Repository
  apt-repository: { name: node, uri: "${uri}", suites: ${suite}, components: [${component}], signed_by: key.asc }
- name: Node.js
  apt: { name: nodejs, cache_valid_time: 86400 }
`;
const GONE = `
- name: Repository
  apt-repository: { name: node, state: absent }
`;

describeLab('a repository of a publisher', () => {
  const lab = lent();
  const statuses = (said: Awaited<ReturnType<typeof vrun>>) => said.tasks.map(({ status }) => status);

  beforeAll(async () => {
    // Lists that would be good enough for a day, were it not for the new source.
    expect((await exec(lab.host, 'apt-get -q update')).status).toBe(0);
  }, LAB_START_MS);

  test('is added with its key, and what only it offers is installed in the same run', async () => {
    const project = openProject(TASKS, { 'files/key.asc': readFileSync(keyFile, 'utf8') });
    try {
      const dry = await vrun(project, lab.inventory, '--check');
      expect(statuses(dry), dry.output).toEqual(['changed', 'unknown']);
      expect((await exec(lab.host, 'ls /etc/apt/sources.list.d /etc/apt/keyrings')).stdout).not.toContain('node');
      const run = await vrun(project, lab.inventory);
      expect(statuses(run), run.output).toEqual(['changed', 'changed']);
      expect((await exec(lab.host, 'node --version')).stdout).toBe(`${process.version}\n`);
      const again = await vrun(project, lab.inventory);
      expect([...statuses(again), again.messages], again.output).toEqual(['ok', 'ok', 1]);

      expect(
        (await exec(lab.host, 'cd /etc/apt && chmod 0666 keyrings/node.asc && rm sources.list.d/node.sources')).status,
      ).toBe(0);
      const drifted = await vrun(project, lab.inventory);
      expect(statuses(drifted), drifted.output).toEqual(['changed', 'ok']);
      expect((await exec(lab.host, 'stat -c %a /etc/apt/keyrings/node.asc; apt-get -q update')).stdout).toMatch(
        /^644\n/,
      );
    } finally {
      rmSync(project, { recursive: true });
    }
  });

  test('goes with its key', async () => {
    const project = openProject(GONE);
    try {
      expect(statuses(await vrun(project, lab.inventory, '--check'))).toEqual(['changed']);
      expect(statuses(await vrun(project, lab.inventory))).toEqual(['changed']);
      expect((await exec(lab.host, 'ls /etc/apt/sources.list.d /etc/apt/keyrings')).stdout).not.toContain('node');
      expect(statuses(await vrun(project, lab.inventory))).toEqual(['ok']);
    } finally {
      rmSync(project, { recursive: true });
    }
  });
});
