// Ordinary runbooks on a bare host: a dry run says of every task what will come of it, but of those that nobody can tell.
import { copyFileSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../lab/describe-lab.ts';
import { lent } from '../lab/lent.ts';
import { packed } from './archive.ts';
import { vrun } from './law.ts';

const HERE = fileURLToPath(new URL('ordinary/', import.meta.url));

/** Tasks of which a dry run can't tell, by runbook. */
const UNKNOWN: Readonly<Record<string, readonly string[]>> = {
  '03-release.yml': ['Healthy'],
  '05-database.yml': ['Settings', 'Runs'],
  '06-build.yml': ['Built'],
  '08-loops.yml': ['Copied'],
  '10-switch.yml': ['Page'],
};

describeLab('ordinary runbooks', () => {
  const lab = lent();
  let project = '';
  beforeAll(async () => {
    project = mkdtempSync(join(tmpdir(), 'vrun-ordinary-'));
    cpSync(HERE, project, { recursive: true });
    writeFileSync(join(project, 'files/app.tar.gz'), packed({ 'index.html': 'x' }));
  }, LAB_START_MS);
  afterAll(() => {
    rmSync(project, { recursive: true });
  });

  test.each(readdirSync(HERE).filter((name) => name.endsWith('.yml')))('%s', async (runbook) => {
    copyFileSync(join(HERE, runbook), join(project, 'site.yml'));
    const said = await vrun(project, lab.inventory, '--check');
    expect(said.status, said.output).toBe(0);
    const unknown = said.tasks.filter(({ status }) => status === 'unknown').map(({ name }) => name);
    expect(unknown, said.output).toEqual(UNKNOWN[runbook] ?? []);
    expect(said.tasks.length).toBeGreaterThan(6);
  });
});
