// A file of a real host, root's own, brought here by sudo: the dry run, the run, and a second run with nothing to do.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeLab } from '../../lab/describe-lab.ts';
import { exec } from '../../lab/lab-api.js';
import { lent } from '../../lab/lent.ts';
import { openProject, vrun } from '../../law/law.ts';

describeLab('the law of the dry run: fetch', () => {
  const lab = lent();

  test('from absent and from drifted', async () => {
    const project = openProject('- name: Fetch\n  fetch: { src: /root/backup, dest: backups/ }\n');
    const file = join(project, 'backups', lab.host, 'backup');
    const statuses = async (...options: readonly string[]) => {
      const said = await vrun(project, lab.inventory, ...options);
      expect(said.status, said.output).toBe(0);
      return said.tasks.map(({ status }) => status);
    };
    try {
      for (const title of ['from absent', 'from drifted']) {
        const made = 'head -c 5000000 /dev/urandom >/root/backup; chmod 0600 /root/backup; sha256sum </root/backup';
        const { stdout } = await exec(lab.host, made);
        const digest = () => existsSync(file) && createHash('sha256').update(readFileSync(file)).digest('hex');
        const before = digest();
        expect(await statuses('--check'), title).toEqual(['changed']);
        expect(digest()).toBe(before);
        expect(await statuses()).toEqual(['changed']);
        expect(digest()).toBe(stdout.slice(0, 64));
        expect(await statuses()).toEqual(['ok']);
        expect(await statuses('--check')).toEqual(['ok']);
      }
    } finally {
      rmSync(project, { recursive: true });
    }
  });
});
