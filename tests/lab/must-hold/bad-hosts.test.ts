// Hosts that can't do as they are told: each has a clear failure, and the others go on.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Event, FailureData } from '../../../engine/event/event.ts';
import { newKey } from '../../embedded/server.ts';
import { describeLab, LAB_START_MS } from '../describe-lab.ts';
import { address, exec, KEY_FILE, KNOWN_HOSTS_FILE } from '../lab-api.js';
import { lent } from '../lent.ts';
import { LabProject, type Said } from './project.ts';

const RUNBOOK = `
- name: Write
  hosts: all
  become: "{{ root }}"
  tasks:
    - name: A file
      copy: { dest: "{{ directory }}/file", content: "{{ 'x' }}" }
`.replace(`"{{ 'x' }}"`, `"${'x'.repeat(100_000)}"`);

/** Users of the host, who all log in with the lab's key, and a place without room. */
const PREPARE = `
set -e
user() { # NAME SHELL
  useradd -m -s "$2" "$1"
  mkdir -p "/home/$1/.ssh"; cp /home/ops/.ssh/authorized_keys "/home/$1/.ssh/"; chown -R "$1:" "/home/$1"
}
printf '#!/bin/cat\\n' >/usr/local/bin/odd; chmod 755 /usr/local/bin/odd
user nologin /usr/sbin/nologin
user odd /usr/local/bin/odd
user false /bin/false
user noisy /bin/bash
echo 'echo Welcome to your account; echo mind the gap >&2' >/home/noisy/.bashrc
user poor /bin/sh
user asked /bin/bash
echo asked:correct.horse | chpasswd
echo 'asked ALL=(ALL) ALL' >/etc/sudoers.d/asked
mkdir -p /mnt/full; mount -t tmpfs -o size=64k,mode=1777 tmpfs /mnt/full
iptables -I INPUT -p tcp --dport 2223 -j DROP 2>/dev/null || nft 'add table inet hole; add chain inet hole in { type filter hook input priority 0; }; add rule inet hole in tcp dport 2223 drop'
`;

describeLab('bad hosts', () => {
  const project = new LabProject({ 'site.yml': RUNBOOK });
  const lab = lent();
  let said: Said;
  beforeAll(async () => {
    const prepared = await exec(lab.host, PREPARE);
    expect(prepared.stderr).toBe('');
    expect(prepared.status).toBe(0);
    project.write('known/none', '');
    project.write('known/other', `${address(lab.host)} ${publicLine(newKey())}\n`);
    const known = (file: string) => `known_hosts: ${project.directory}/known/${file}`;
    project.write(
      'hosts.yml',
      `all:
  vars:
    ansible_host: ${address(lab.host)}
    ansible_user: ops
    ansible_ssh_private_key_file: ${KEY_FILE}
    known_hosts: ${KNOWN_HOSTS_FILE}
    directory: /tmp/{{ inventory_hostname }}
    root: false
  hosts:
    good: { directory: /tmp }
    refused: { ansible_port: 2 }
    hole: { ansible_port: 2223, connect_timeout: 3 }
    unknown-key: { ${known('none')} }
    changed-key: { ${known('other')} }
    wrong-user: { ansible_user: nobody-here }
    no-sudo: { ansible_user: poor, root: true }
    no-password: { ansible_user: asked, root: true }
    wrong-password: { ansible_user: asked, root: true, ansible_become_password: battery.staple }
    right-password: { ansible_user: asked, root: true, ansible_become_password: correct.horse, directory: /root }
    full: { directory: /mnt/full }
    nologin: { ansible_user: nologin }
    odd: { ansible_user: odd }
    "false": { ansible_user: "false" }
    noisy: { ansible_user: noisy, directory: /home/noisy }
    missing: { directory: /tmp/not-there }
`,
    );
    said = await project.json('site.yml', '-i', 'hosts.yml');
  }, LAB_START_MS);
  afterAll(() => {
    project.remove();
  });

  test('the good ones go on: a plain one, one with a sudo password, one whose .bashrc prints', async () => {
    for (const name of ['good', 'right-password', 'noisy']) {
      expect(said.totals(name), said.stderr).toMatchObject({ changed: 1, failed: 0, unreachable: false });
    }
    const sizes = await exec(lab.host, 'stat -c %s /tmp/file /root/file /home/noisy/file');
    expect(sizes.stdout).toBe('100000\n100000\n100000\n');
  });

  test('together they are 6: one failed, another was unreachable', () => {
    expect(said.status).toBe(6);
  });

  describe.each<[string, Partial<FailureData>, RegExp]>([
    ['refused', { code: 'unreachable' }, /refused/i],
    ['hole', { code: 'unreachable' }, /did not answer in time[\s\S]*within 3 s/],
    ['unknown-key', { code: 'host-key-unknown' }, /SHA256:[\w+/]{43}[\s\S]*vrun trust/],
    ['changed-key', { code: 'host-key-changed' }, /SHA256:[\w+/]{43}/],
    ['wrong-user', { code: 'auth-failed' }, /nobody-here/],
  ])('%s is unreachable', (name, failure, says) => {
    test('it says why, and its exit status alone is 4', async () => {
      expect(said.totals(name)).toMatchObject({ unreachable: true, failed: 0, changed: 0 });
      const found = failureOf(said.events, name);
      expect(found).toMatchObject(failure);
      expect(textOf(found)).toMatch(says);
      const alone = await project.json('site.yml', '-i', 'hosts.yml', '-l', `${name},good`);
      expect(alone.status).toBe(4);
    });
  });

  describe.each<[string, Partial<FailureData>, RegExp]>([
    ['no-sudo', { code: 'become-failed' }, /poor/],
    ['no-password', { code: 'become-failed' }, /wants a password for asked[\s\S]*-K/],
    ['wrong-password', { code: 'become-failed' }, /refused the password of asked/],
    ['full', { code: 'check-failed' }, /no room|No space left/i],
    ['missing', {}, /\/tmp\/not-there/],
    ['nologin', { code: 'shell-unusable' }, /not available[\s\S]*login shell/i],
    ['odd', { code: 'shell-unusable' }, /(invalid option|unexpected argument)[\s\S]*login shell/],
    ['false', { code: 'shell-unusable' }, /printed nothing[\s\S]*login shell/],
  ])('%s has failed', (name, failure, says) => {
    test('it says why, and its exit status alone is 2', async () => {
      expect(said.totals(name), textOf(failureOf(said.events, name))).toMatchObject({ unreachable: false, failed: 1 });
      const found = failureOf(said.events, name);
      expect(found).toMatchObject(failure);
      expect(textOf(found)).toMatch(says);
      const alone = await project.json('site.yml', '-i', 'hosts.yml', '-l', `${name},good`);
      expect(alone.status).toBe(2);
    });
  });

  test('a full disk keeps the old file whole and no temporary one', async () => {
    await exec(lab.host, 'rm -f /mnt/full/*; echo old >/mnt/full/file; chmod 666 /mnt/full/file');
    const run = await project.json('site.yml', '-i', 'hosts.yml', '-l', 'full');
    expect(run.status).toBe(2);
    expect((await exec(lab.host, 'ls -A /mnt/full; cat /mnt/full/file')).stdout).toBe('file\nold\n');
  });

  test('no host keeps a lock, and a password is nowhere in the record', async () => {
    expect((await exec(lab.host, 'ls -d /run/vrun.lock*')).stdout).toBe('');
    for (const journal of project.journals()) expect(readFileSync(journal, 'utf8')).not.toContain('correct.horse');
    expect((await project.vrun('audit', 'verify')).status).toBe(0);
  });
});

function failureOf(events: readonly Event[], host: string): FailureData | undefined {
  for (const event of events) {
    if ((event.type === 'host.failed' || event.type === 'task.finished') && event.host === host && event.failure) {
      return event.failure;
    }
  }
  return undefined;
}

function textOf(failure: FailureData | undefined): string {
  return `${failure?.summary}\n${failure?.detail}\n${failure?.hint}`;
}

/** The public half of an OpenSSH private key, as it stands in known_hosts. */
function publicLine(privateKey: string): string {
  const blob = Buffer.from(privateKey.split('\n').slice(1, -2).join(''), 'base64');
  // openssh-key-v1: the public key is the first string behind the header (PROTOCOL.key).
  const start = blob.indexOf('ssh-ed25519') - 4;
  return `ssh-ed25519 ${blob.subarray(start, start + 51).toString('base64')}`;
}
