import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../../lab/describe-lab.ts';
import { borrow, exec, inventoryFile, NODE_REPOSITORY } from '../../lab/lab-api.js';
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
  let host = '';
  let inventory = '';
  let release = () => {};
  const statuses = (said: Awaited<ReturnType<typeof vrun>>) => said.tasks.map(({ status }) => status);

  beforeAll(async () => {
    const loan = await borrow(1);
    [host = ''] = loan.names;
    release = loan.release;
    inventory = await inventoryFile([host]);
    // Lists that would be good enough for a day, were it not for the new source.
    expect((await exec(host, 'apt-get -q update')).status).toBe(0);
  }, LAB_START_MS);
  afterAll(() => release());

  test('is added with its key, and what only it offers is installed in the same run', async () => {
    const project = openProject(TASKS, { 'files/key.asc': readFileSync(keyFile, 'utf8') });
    try {
      const dry = await vrun(project, inventory, '--check');
      expect(statuses(dry), dry.output).toEqual(['changed', 'unknown']);
      expect((await exec(host, 'ls /etc/apt/sources.list.d /etc/apt/keyrings')).stdout).not.toContain('node');
      const run = await vrun(project, inventory);
      expect(statuses(run), run.output).toEqual(['changed', 'changed']);
      expect((await exec(host, 'node --version')).stdout).toBe(`${process.version}\n`);
      const again = await vrun(project, inventory);
      expect([...statuses(again), again.messages], again.output).toEqual(['ok', 'ok', 1]);

      expect(
        (await exec(host, 'cd /etc/apt && chmod 0666 keyrings/node.asc && rm sources.list.d/node.sources')).status,
      ).toBe(0);
      const drifted = await vrun(project, inventory);
      expect(statuses(drifted), drifted.output).toEqual(['changed', 'ok']);
      expect((await exec(host, 'stat -c %a /etc/apt/keyrings/node.asc; apt-get -q update')).stdout).toMatch(/^644\n/);
    } finally {
      rmSync(project, { recursive: true });
    }
  });

  test('goes with its key', async () => {
    const project = openProject(GONE);
    try {
      expect(statuses(await vrun(project, inventory, '--check'))).toEqual(['changed']);
      expect(statuses(await vrun(project, inventory))).toEqual(['changed']);
      expect((await exec(host, 'ls /etc/apt/sources.list.d /etc/apt/keyrings')).stdout).not.toContain('node');
      expect(statuses(await vrun(project, inventory))).toEqual(['ok']);
    } finally {
      rmSync(project, { recursive: true });
    }
  });
});
