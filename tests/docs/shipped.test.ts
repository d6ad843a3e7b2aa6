// What ships is as its users copy it: runbooks without a warning, inventories that can be read.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { vrun } from './project.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RUNBOOKS = readdirSync(join(ROOT, 'runbooks')).filter((name) => name.endsWith('.yml'));

test.each(RUNBOOKS)('runbooks/%s has neither errors nor warnings', async (name) => {
  const { status, stdout, stderr } = await vrun(ROOT, 'lint', `runbooks/${name}`);
  expect(stderr).toBe('');
  expect(stdout).toBe('1 runbook: no errors\n');
  expect(status).toBe(0);
});

test.each(['lab', 'prod', 'staging'])(
  'inventory/%s has servers in the group web, with all that the runbooks ask',
  async (name) => {
    const { status, stdout, stderr } = await vrun(ROOT, 'inventory', '-i', `inventory/${name}`, '--list');
    expect(status, stderr).toBe(0);
    const { web, _meta } = JSON.parse(stdout);
    for (const host of web.hosts) {
      expect(_meta.hostvars[host]).toMatchObject({
        domain: expect.any(String),
        build: expect.any(String),
      });
    }
  },
);
