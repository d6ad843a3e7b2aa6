// What a host must refuse is said by the dry run already, in the words of the run, and before anything is done: a failure
// that the parameters or the probe could have known is none of a step's.
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeLab, LAB_START_MS } from '../lab/describe-lab.ts';
import { exec } from '../lab/lab-api.js';
import { lent } from '../lab/lent.ts';
import { ALICE } from '../modules/harness/keys.ts';
import { openProject, vrun } from './law.ts';

/** Places where nothing can be changed: mounted, immutable, read-only, full. */
const GIVEN = `
set -e
mkdir -p /srv/mounted /srv/fixed/shut /srv/ro /srv/small
echo old >/srv/mounted/source; echo old >/srv/mounted/point; mount --bind /srv/mounted/source /srv/mounted/point
echo old >/srv/fixed/file; echo old >/srv/fixed/keys; chattr +i /srv/fixed/file /srv/fixed/keys /srv/fixed/shut
mount -t tmpfs -o size=1m ro /srv/ro; echo old >/srv/ro/file; mkdir /srv/ro/directory; ln -s file /srv/ro/link
mount -o remount,ro /srv/ro
mount -t tmpfs -o size=64k small /srv/small
printf x >/srv/broken.tar.gz; printf x >/srv/some.zip; printf x >/srv/some.tar.xz; echo x >/srv/plain
mkdir /srv/tree; echo a >/srv/tree/a; tar -C /srv/tree -czf /srv/whole.tar.gz a
for u in mover busy lodger host mounted robbed still; do useradd -m "$u"; done; chattr +i /home/still
for u in filed linked; do useradd -M "$u"; done; echo data | install -o filed /dev/stdin /home/filed
mkdir /home/data; echo data >/home/data/file; ln -s data /home/linked; ln -s /home/mover /srv/way
mkdir /srv/taken; usermod -d /home/host/lodger lodger; mount --bind /srv/tree /home/mounted; chown root /home/robbed
setpriv --reuid busy --regid busy --clear-groups sleep 900 >/dev/null 2>&1 </dev/null &
gpasswd -a mover adm >/dev/null; printf '@daily x\\n' | crontab -u mover -`;

const OBSERVE = `find /etc /srv /root /home /usr/local /boot -printf '%p %m %U %G %s %T@ %l\\n' | LC_ALL=C sort | sha256sum
getent passwd; getent group; sysctl -n net.ipv4.ip_forward net.ipv4.ip_default_ttl`;

const BIG = 'x'.repeat(100_000);
const digest = `sha256:${'0'.repeat(64)}`;
const isMounted = '/srv/mounted/point is a mount point';
const isFixed = "/srv/fixed/file can't be changed by anybody";
const isShut = 'nothing can be written in /srv/ro';

/** A task, and the summary of its failure: in a dry run and in a run. `user`: not as root. */
const REFUSED: readonly { readonly task: string; readonly says: string; readonly user?: true }[] = [
  { task: 'copy: { dest: /srv/mounted/point, content: new }', says: isMounted },
  { task: 'template: { dest: /srv/mounted/point, src: x.hbs }', says: isMounted },
  { task: 'lineinfile: { path: /srv/mounted/point, line: new }', says: isMounted },
  { task: 'blockinfile: { path: /srv/mounted/point, block: new }', says: isMounted },
  { task: 'env-file: { path: /srv/mounted/point, values: { A: 1 } }', says: isMounted },
  { task: 'file: { path: /srv/mounted/point, state: absent }', says: isMounted },
  { task: 'file: { path: /srv/mounted, state: absent }', says: isMounted },
  { task: 'copy: { dest: /srv/fixed/file, content: new }', says: isFixed },
  { task: 'lineinfile: { path: /srv/fixed/file, line: new }', says: isFixed },
  { task: 'file: { path: /srv/fixed/file, state: file, mode: "0600" }', says: isFixed },
  { task: 'file: { path: /srv/fixed/file, state: touch }', says: isFixed },
  { task: 'file: { path: /srv/fixed/file, state: absent }', says: isFixed },
  {
    task: `authorized-key: { user: root, path: /srv/fixed/keys, key: "${ALICE}" }`,
    says: "/srv/fixed/keys can't be changed by anybody",
  },
  { task: 'copy: { dest: /srv/fixed/shut/new, content: new }', says: 'nothing can be written in /srv/fixed/shut' },
  { task: 'copy: { dest: /srv/ro/new, content: new }', says: isShut },
  { task: 'copy: { dest: /srv/ro/new/, src: over }', says: isShut },
  { task: 'copy: { dest: /srv/ro/new, src: /etc/hostname, remote_src: true }', says: isShut },
  { task: 'file: { path: /srv/ro/a/b, state: directory }', says: isShut },
  { task: 'file: { path: /srv/ro/new, state: touch }', says: isShut },
  { task: 'file: { path: /srv/ro/new, state: link, src: /etc/motd, force: true }', says: isShut },
  { task: 'file: { path: /srv/ro/link, state: link, src: directory, force: true }', says: isShut },
  { task: 'file: { path: /srv/ro/link, state: absent }', says: isShut },
  { task: 'env-file: { path: /srv/ro/new, values: { A: 1 } }', says: isShut },
  { task: 'cron: { name: x, job: y, cron_file: /srv/ro/new }', says: isShut },
  { task: `authorized-key: { user: root, path: /srv/ro/new, key: "${ALICE}" }`, says: isShut },
  { task: 'sync: { src: over, dest: /srv/ro }', says: isShut },
  { task: 'unarchive: { src: /srv/whole.tar.gz, remote_src: true, dest: /srv/ro/new }', says: isShut },
  { task: 'user: { name: app, home: /srv/ro/home }', says: isShut },
  { task: 'user: { name: app, home: /srv/plain/home }', says: '/srv/plain is not a directory' },
  { task: 'copy: { dest: /srv/plain/new, content: new }', says: '/srv/plain is not a directory' },
  { task: 'copy: { dest: /srv/small/new, src: big }', says: 'there is no room for /srv/small/new' },
  { task: 'sync: { src: tree, dest: /srv/small }', says: 'there is no room for /srv/small/tree/' },
  { task: 'copy: { dest: /srv/new, content: new }', says: 'nothing can be written in /srv', user: true },
  { task: 'file: { path: /etc/motd, state: file, mode: "0600" }', says: '/etc/motd belongs to root', user: true },
  { task: 'copy: { dest: /tmp/new, content: new, owner: root }', says: "/tmp/new can't be given to root", user: true },
  { task: 'copy: { dest: /srv/new, content: new, owner: "99999999999" }', says: 'the host has no user 99999999999' },
  {
    task: 'copy: { dest: /srv/new, content: new, validate: "no-such-checker %s" }',
    says: 'the host has no no-such-checker to check /srv/new with',
  },
  { task: 'command: no-such-program --now', says: '‹no-such-program --now› failed' },
  { task: 'command: { cmd: ./setup --now, chdir: /srv/tree }', says: '‹./setup --now› failed' },
  { task: 'file: { path: /srv/new, state: hard, src: /srv/tree }', says: "/srv/tree can't have another name there" },
  {
    task: 'file: { path: /srv/small/new, state: hard, src: /srv/plain }',
    says: "/srv/plain can't have another name there",
  },
  {
    task: 'sysctl: { name: net.ipv4.ip_forward, value: "yes" }',
    says: 'the setting net.ipv4.ip_forward takes a number',
  },
  {
    task: 'sysctl: { name: net.ipv4.ip_forward, value: "1 2" }',
    says: 'the setting net.ipv4.ip_forward takes a number',
  },
  {
    task: 'sysctl: { name: net.ipv4.ip_default_ttl, value: "0x41" }',
    says: 'the setting net.ipv4.ip_default_ttl takes a number',
  },
  {
    task: 'sysctl: { name: net.ipv4.ping_group_range, value: "5" }',
    says: 'the setting net.ipv4.ping_group_range takes 2 numbers',
  },
  {
    task: 'unarchive: { src: /srv/some.zip, remote_src: true, dest: /srv/un, creates: /srv/un/x }',
    says: 'the host has no package unzip',
  },
  {
    task: 'unarchive: { src: /srv/some.tar.xz, remote_src: true, dest: /srv/un, creates: /srv/un/x }',
    says: 'the host has no package xz-utils',
  },
  {
    task: 'unarchive: { src: /srv/broken.tar.gz, remote_src: true, dest: /srv/un, creates: /srv/un/x }',
    says: '/srv/broken.tar.gz is not a whole archive',
  },
  {
    task: 'unarchive: { src: /srv/broken.tar.gz, remote_src: true, dest: /srv/tree }',
    says: '/srv/broken.tar.gz is not a whole archive',
  },
  {
    task: 'release: { path: /srv/app, id: one, src: broken.tar.gz }',
    says: 'broken.tar.gz is not a whole archive',
  },
  {
    task: `release: { path: /srv/app, id: one, src: broken.tar.gz, sha256: "${'0'.repeat(64)}" }`,
    says: 'broken.tar.gz is not the archive that is wanted',
  },
  {
    task: `get-url: { url: "http://127.0.0.1/x", dest: /srv/x, checksum: "${digest}" }`,
    says: 'the host has neither curl nor wget',
  },
  { task: 'http: { url: "http://127.0.0.1/", method: POST, body: x }', says: 'curl is not installed' },
  { task: 'command: { cmd: "true", chdir: /no/such }', says: 'the host has no path /no/such' },
  {
    task: 'shell: { cmd: "true", executable: /bin/no-shell }',
    says: 'the host has no /bin/no-shell to run ‹true› with',
  },
  { task: 'script: job.py', says: 'the host has no no-such-python to run ‹job.py› with' },
  { task: 'cron: { name: x, job: y, user: nobody-there }', says: 'the host has no user nobody-there' },
  { task: 'user: { name: mover, home: /srv/taken, move_home: true }', says: '/srv/taken is there already' },
  { task: 'user: { name: mover, home: /home/mover/in, move_home: true }', says: '/home/mover/in lies in /home/mover' },
  { task: 'user: { name: mover, home: /srv/plain/in, move_home: true }', says: '/srv/plain is not a directory' },
  { task: 'user: { name: mover, home: /srv/ro/in, move_home: true }', says: isShut },
  { task: 'user: { name: mover, home: /srv/way/in, move_home: true }', says: '/srv/way/in lies in /home/mover' },
  { task: 'user: { name: still, home: /srv/still, move_home: true }', says: 'nothing can be written in /home/still' },
  { task: 'user: { name: filed, home: /srv/filed, move_home: true }', says: '/home/filed is not a directory' },
  { task: 'user: { name: filed }', says: '/home/filed is not a directory' },
  { task: 'user: { name: linked, home: /srv/linked, move_home: true }', says: '/home/linked is a link' },
  { task: 'user: { name: linked, state: absent, remove: true }', says: '/home/linked is a link' },
  { task: 'user: { name: still, state: absent, remove: true }', says: 'nothing can be written in /home/still' },
  { task: 'user: { name: mover, groups: [4999] }', says: 'the host has no group 4999' },
  { task: 'user: { name: mover, uid: 0 }', says: 'the number 0 belongs to the user root' },
  { task: 'user: { name: mover, skeleton: /no/such, home: /srv/m }', says: 'the host has no path /no/such' },
  {
    task: 'user: { name: host, home: /srv/host, move_home: true }',
    says: 'the home of lodger is /home/host/lodger, in /home/host',
  },
  {
    task: 'user: { name: mounted, home: /srv/m, move_home: true }',
    says: 'something is mounted at /home/mounted or in it',
  },
  { task: 'user: { name: busy, home: /srv/busy }', says: 'busy is in use' },
  { task: 'user: { name: busy, uid: 3333 }', says: 'busy is in use' },
  { task: 'user: { name: busy, state: absent }', says: 'busy is in use' },
  {
    task: 'user: { name: host, state: absent, remove: true }',
    says: 'the home of lodger is /home/host/lodger, in /home/host',
  },
  {
    task: 'user: { name: mounted, state: absent, remove: true }',
    says: 'something is mounted at /home/mounted or in it',
  },
  { task: 'user: { name: robbed, state: absent, remove: true }', says: "/home/robbed doesn't belong to robbed" },
  { task: 'group: { name: mover, state: absent }', says: 'mover is the primary group of the user mover' },
  { task: 'group: { name: mover, gid: 4 }', says: 'the number 4 belongs to the group adm' },
  {
    task: 'cron: { name: A, env: true, job: x, user: mover, insertafter: B }',
    says: 'the crontab has no variable B',
  },
  { task: 'timezone: { name: Europe/Nowhere }', says: 'the host knows no time zone Europe/Nowhere' },
  { task: 'systemd: { unit: no-such, state: started }', says: 'the host has no unit no-such.service' },
  { task: 'apt: { name: no-such-package }', says: 'apt refuses' },
  { task: 'ufw: { allow: [22/tcp, Openssh] }', says: 'ufw knows no application profile Openssh' },
];

const FILES = {
  'files/over/new': 'new\n',
  'files/big': BIG,
  'files/broken.tar.gz': 'x',
  'files/tree/a': BIG,
  'files/job.py': '#!/usr/bin/env no-such-python\n',
  'templates/x.hbs': 'new\n',
};

/** Refused before the first connection. */
const NEVER = [
  `group: { name: ${'g'.repeat(33)} }`,
  'group: { name: g, gid: 4294967295 }',
  `user: { name: ${'u'.repeat(33)} }`,
  'user: { name: u, uid: 4294967296 }',
  'user: { name: u, generate_ssh_key: true, ssh_key_bits: 512 }',
  'user: { name: u, shell: "/bin/a:b" }',
  'cron: { name: "x ", job: y }',
  'cron: { name: x, job: y, cron_file: /etc/crontab }',
  'authorized-key: { user: root, key: "https://example.com/alice.keys" }',
  `copy: { dest: /srv/${'n'.repeat(256)}, content: x }`,
  `hostname: { name: ${'h'.repeat(65)} }`,
  `systemd: { unit: ${'u'.repeat(250)}, state: started }`,
  'systemd: { unit: "a b.service", state: started }',
  'nginx: { domain: a..b, upstream: "127.0.0.1:80" }',
  'cron: { name: x, job: y, cron_file: a.b }',
  `cron: { name: x, job: "${'y'.repeat(1000)}" }`,
  'wait-for: { port: 70000 }',
  'http: { url: "http://127.0.0.1:70000/" }',
  'ufw: { allow: [70000/tcp] }',
  'file: { path: /srv/x, state: directory, mode: "0888" }',
];

describeLab('what a host must refuse, in a dry run and in a run', () => {
  const lab = lent();
  beforeAll(async () => {
    const { status, stderr } = await exec(lab.host, GIVEN);
    expect(status, stderr).toBe(0);
  }, LAB_START_MS);
  afterAll(async () => {
    await exec(
      lab.host,
      'umount /srv/mounted/point /srv/ro /srv/small /home/mounted; chattr -R -i /srv/fixed; chattr -i /home/still',
    );
  });
  const look = async () => (await exec(lab.host, OBSERVE)).stdout;

  test('each is said by the dry run, in the same words, and the host stays as it is', async () => {
    const tasks = REFUSED.map(
      ({ task, user }) =>
        `- name: ${JSON.stringify(task.slice(0, 120))}\n  ${task}\n  ignore_errors: true${user ? '\n  become: false' : ''}`,
    );
    const project = openProject(tasks.join('\n'), FILES);
    const expected = REFUSED.map(({ task, says }) => ({ name: task.slice(0, 120), status: 'ignored', failure: says }));
    try {
      const before = await look();
      for (const options of [['--check'], []]) {
        const said = await vrun(project, lab.inventory, ...options);
        expect(said.tasks, `${said.output}`).toEqual(expected);
        expect(await look()).toBe(before);
      }
    } finally {
      rmSync(project, { recursive: true });
    }
  });

  test('what no host would take is refused before the first connection', async () => {
    const project = openProject(NEVER.map((task, index) => `- name: Task ${index}\n  ${task}`).join('\n'), FILES);
    try {
      const said = await vrun(project, lab.inventory, '--check');
      expect([said.status, said.tasks], said.output).toEqual([1, []]);
      const lines = new Set([...said.output.matchAll(/site\.yml:(\d+):/g)].map(([, line]) => Number(line)));
      expect(lines.size, said.output).toBe(NEVER.length);
    } finally {
      rmSync(project, { recursive: true });
    }
  });

  test('what a pending change may cure is unknown', async () => {
    const project = openProject(
      `
- name: Room
  file: { path: /srv/room, state: directory }
- name: Checked
  copy: { dest: /srv/new, content: new, validate: "no-such-checker %s" }
- name: Fixed
  lineinfile: { path: /srv/fixed/file, line: new }
`,
    );
    try {
      const said = await vrun(project, lab.inventory, '--check');
      expect(
        said.tasks.map(({ status }) => status),
        said.output,
      ).toEqual(['changed', 'unknown', 'unknown']);
    } finally {
      rmSync(project, { recursive: true });
    }
  });
});
