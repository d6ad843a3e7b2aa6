// The login of an ordinary user on each system: sudo without a password, with one, and what is said where it refuses; and the record of it,
// checked on the host by the host's own programs.
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { describeLab } from '../describe-lab.ts';
import { address, exec, KEY_FILE, KNOWN_HOSTS_FILE, OPS_PASSWORD } from '../lab-api.js';
import { lent } from '../lent.ts';
import { LabProject } from './project.ts';

const RUNBOOK = `
- name: Site
  hosts: all
  become: true
  tasks:
    - name: Account
      user: { name: vantus, system: true }
    - name: Settings
      copy: { dest: /etc/vantus.conf, content: "port=3000\\n", owner: vantus, group: root, mode: "0640" }
    - name: Who
      command: { argv: [id, -un] }
      read_only: true
      register: who
    - name: Is root
      assert: { that: [who.stdout == 'root'] }
    - name: As another
      become_user: vantus
      command: { argv: [cat, /etc/vantus.conf] }
      read_only: true
      register: settings
    - name: Reads its own
      assert: { that: [settings.stdout == 'port=3000'] }
`;

describeLab('sudo', () => {
  const project = new LabProject({ 'site.yml': RUNBOOK });
  const given = (password: string) =>
    project.write(`given-${password}.yml`, JSON.stringify({ all: { vars: { ansible_become_password: password } } }));
  const lab = lent();
  afterAll(() => {
    project.remove();
  });

  const sudoers = (line: string) => exec(lab.host, `printf '%s\\n' '${line}' >/etc/sudoers.d/ops`);

  /** A dry run, a run, and a second run of a single message a login. */
  async function converges(...sources: readonly string[]): Promise<void> {
    await exec(lab.host, 'userdel vantus; rm -f /etc/vantus.conf');
    const args = ['site.yml', ...sources.flatMap((source) => ['-i', source])];
    const dry = await project.json(...args, '--check');
    expect(dry.named(lab.host, 'changed'), dry.stderr).toEqual(['Account', 'Settings']);
    const run = await project.json(...args);
    expect(run.named(lab.host, 'changed'), run.stderr).toEqual(['Account', 'Settings']);
    expect(run.status).toBe(0);
    const second = await project.json(...args);
    expect(second.totals(lab.host), second.stderr).toMatchObject({ changed: 0, failed: 0 });
    expect((await exec(lab.host, 'stat -c "%U %G %a" /etc/vantus.conf')).stdout).toBe('vantus root 640\n');
  }

  test('asks for no password', () => converges(lab.inventory));

  test('asks for one', async () => {
    await sudoers('ops ALL=(ALL:ALL) ALL');
    await converges(lab.inventory, given(OPS_PASSWORD));
  });

  test.each([
    ['a wrong password', 'ops ALL=(ALL:ALL) ALL', 'not-it', 'sudo refused the password of ops'],
    ['no password where one is asked for', 'ops ALL=(ALL:ALL) ALL', undefined, 'sudo wants a password for ops'],
    ['nothing that is allowed', 'nobody ALL=(ALL:ALL) ALL', OPS_PASSWORD, 'ops may not use sudo'],
  ])('%s is told as that', async (_, line, password, summary) => {
    await sudoers(line);
    const sources = password === undefined ? [] : ['-i', given(password)];
    const said = await project.vrun('site.yml', '-i', lab.inventory, ...sources);
    expect(said.stdout + said.stderr).toContain(summary);
    expect(said.status).not.toBe(0);
    if (password !== undefined) expect(said.stdout + said.stderr).not.toContain(password);
  });

  test('the record of all that, by the ssh-keygen and the coreutils of the host', async () => {
    cpSync(fileURLToPath(new URL('../../../docs/verify-record.sh', import.meta.url)), project.write('verify.sh', ''));
    const check = async () => {
      await exec(lab.host, 'rm -rf /root/record; mkdir /root/record');
      const options = ['-F', 'none', '-i', KEY_FILE, '-o', `UserKnownHostsFile=${KNOWN_HOSTS_FILE}`];
      const packed = execFileSync('tar', ['-C', project.directory, '-cf', '-', '.vrun', 'verify.sh']);
      execFileSync('ssh', [...options, `root@${address(lab.host)}`, 'tar -C /root/record -xof -'], { input: packed });
      return exec(lab.host, 'cd /root/record && sh verify.sh');
    };
    const whole = await check();
    expect(whole.stdout, whole.stderr).toMatch(/All \d+ entries are signed and linked/);
    expect(whole.status).toBe(0);
    const [journal = ''] = project.journals();
    const bytes = readFileSync(join(journal));
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    writeFileSync(journal, bytes);
    const forged = await check();
    expect(forged.status, forged.stdout).toBe(2);
    expect(forged.stderr).toContain('seals files that are no longer as they were');
  });
});
