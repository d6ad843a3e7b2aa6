// A canary in `!secret`: the host's file has it, and nothing else anywhere does, while the run goes on or after it.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { armor, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../describe-lab.ts';
import { exec } from '../lab-api.js';
import { lent } from '../lent.ts';
import { exitOf, LabProject, outputOf } from './project.ts';

/** Holds what shells, JSON, regular expressions, URLs and base64 would each write differently. */
const CANARY = `canary "7f'$x\\%/+é&|\`${'long'.repeat(8)}`;

const RUNBOOK = `
- name: Secrets
  hosts: all
  become: true
  vars:
    derived: "postgres://app:{{ db_password }}@db/app"
  tasks:
    - name: In a template
      template: { src: env.hbs, dest: /etc/canary.env, mode: "0600" }
    - name: In a content
      copy: { dest: /etc/canary.url, content: "{{ derived }}", mode: "0600" }
    - name: Large, so that it goes ahead of the message
      copy: { dest: /etc/canary.large, content: "{{ padding }}{{ db_password }}", mode: "0600" }
    - name: On standard input of a command that repeats it
      shell:
        cmd: cat; cat >&2 /etc/canary.env; sleep 1
        stdin: "{{ db_password }}"
      register: repeated
    - name: Seen in a message
      debug: { msg: "{{ repeated.stdout }}" }
    - name: In a failure
      shell:
        cmd: cat >&2; exit 3
        stdin: "{{ derived }}"
      ignore_errors: true
    - name: Taken back
      copy: { dest: /etc/canary.refused, content: "{{ derived }}", validate: "sh -c 'cat %s >&2; sleep 1; exit 1'" }
      ignore_errors: true
`;

/** The forms that the canary could leak in. */
function forms(secret: string): readonly string[] {
  return [
    secret,
    Buffer.from(secret).toString('base64').slice(0, 30),
    Buffer.from(secret).toString('hex'),
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    'long'.repeat(8),
    Buffer.from('long'.repeat(8)).toString('base64').slice(4, 36),
  ];
}

function leaks(text: string): readonly string[] {
  return forms(CANARY).filter((form) => text.includes(form));
}

/** Command lines and environments of all processes of this machine: the lab's hosts run on it too. */
function processes(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) =>
      ['cmdline', 'environ'].map((file) => {
        try {
          return readFileSync(`/proc/${pid}/${file}`, 'utf8');
        } catch {
          return ''; // ended, or a kernel's
        }
      }),
    )
    .join('\n');
}

function* filesBelow(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) yield join(entry.parentPath, entry.name);
  }
}

describeLab('a canary secret', () => {
  const project = new LabProject({ 'site.yml': RUNBOOK, 'templates/env.hbs': 'PASSWORD={{ db_password }}\n' });
  const lab = lent();
  beforeAll(async () => {
    const identity = await generateX25519Identity();
    project.write('.vrun/identity', `${identity}\n`);
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(identity));
    const armored = armor.encode(await encrypter.encrypt(CANARY));
    const indented = armored.trim().replaceAll(/^/gm, '  ');
    project.write('group_vars/all.yml', `db_password: !secret |\n${indented}\npadding: "${'x'.repeat(300_000)}"\n`);
  }, LAB_START_MS);
  afterAll(() => {
    project.remove();
  });

  test.each([['--check'], ['--output=text'], ['--output=json'], ['--output=text']])(
    'with %s --diff -v it is nowhere but in the files that are meant to hold it',
    async (option) => {
      await exec(lab.host, 'echo old >/etc/canary.env; rm -f /etc/canary.url /etc/canary.large');
      const child = project.start(['site.yml', '-i', lab.inventory, '--diff', '-v', option]);
      const output = outputOf(child);
      const ended = exitOf(child);
      let samples = 0;
      let running = true;
      void ended.then(() => {
        running = false;
      });
      while (running) {
        expect(leaks(processes())).toEqual([]);
        samples += 1;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      expect(samples).toBeGreaterThan(5);
      const printed = (await output.stdout) + (await output.stderr);
      expect(await ended, printed).toBe(0);
      expect(leaks(printed)).toEqual([]);
      if (option === '--check') return;

      expect((await exec(lab.host, 'cat /etc/canary.env')).stdout).toBe(`PASSWORD=${CANARY}\n`);
      expect((await exec(lab.host, 'cat /etc/canary.url')).stdout).toBe(`postgres://app:${CANARY}@db/app`);
      expect((await exec(lab.host, 'tail -c +300001 /etc/canary.large')).stdout).toBe(CANARY);
      expect((await exec(lab.host, 'stat -c %a /etc/canary.env /etc/canary.url')).stdout).toBe('600\n600\n');
    },
  );

  test('nothing that vrun stores has it, here or on the host', async () => {
    for (const file of filesBelow(join(project.directory, '.vrun'))) {
      expect(leaks(readFileSync(file, 'latin1')), file).toEqual([]);
      expect(leaks(readFileSync(file, 'utf8')), file).toEqual([]);
    }
    const found = await exec(
      lab.host,
      `grep -rlF ${'long'.repeat(8)} /etc /run /tmp /var /root /home /dev/shm 2>/dev/null | sort; journalctl --no-pager | grep -cF ${'long'.repeat(8)}`,
    );
    expect(found.stdout).toBe('/etc/canary.env\n/etc/canary.large\n/etc/canary.url\n0\n');
    const leftOver = execFileSync('sh', ['-c', `grep -rlF ${'long'.repeat(8)} ${project.directory} || :`]).toString();
    expect(leftOver).toBe('');
  });
});
