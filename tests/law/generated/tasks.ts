// What generated runbooks are made of: tasks of many modules about few things, so that they get into each other's way.
// `X` in a text stands for the path or value that the loop around it has, if there is one.

import { ACME, ACME_CA_ON_HOST, NODE_REPOSITORY } from '../../lab/lab-api.js';
import { NPM_READY } from '../../modules/npm/situations.ts';
import { packed } from '../archive.ts';
import type { ProjectFiles } from './engine.ts';

/** Brings a host to where the tasks below make sense. Run as root, once. */
export const GIVEN = `set -e
apt-get update -qq >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get install -qqy git >/dev/null 2>&1
mkdir -p /srv/law /srv/law/repo
cd /srv/law/repo
git init -q -b main . 2>/dev/null
git config user.email law@example.com; git config user.name Law
echo one >one; git add one; git commit -qm one; git tag v1
echo two >two; git add two; git commit -qm two; git tag v2
mkdir -p /tmp/law/top/in; echo 1 >/tmp/law/top/in/x; echo 2 >/tmp/law/top/y
tar -C /tmp/law -czf /srv/law/top.tar.gz top
`;

/** Files beside the runbook. */
export const FILES: ProjectFiles = {
  'files/one.tar.gz': packed({ 'server.js': 'one' }),
  'files/two.tar.gz': packed({ 'server.js': 'two' }),
  'files/tree/x': 'x\n',
  'files/tree/sub/y': 'y\n',
  'files/two/x': 'another\n',
  'files/note': 'a file\n',
  'files/key.asc': '-----BEGIN PGP PUBLIC KEY BLOCK-----\n',
  'files/act.sh': '#!/bin/sh\necho from the script >/srv/law/f\n',
  'files/look.sh': '#!/bin/sh\nls /srv/law\n',
  'templates/t.hbs': 'value {{ inventory_hostname }}\n',
};

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA3dYmCVcxfRlI9bfWVy2QM63YvjpXkfZ8ZrNKEKmHn0 a';
const UNIT = (seconds: number) =>
  `[Service]\\nExecStart=/bin/sleep ${seconds}\\n[Install]\\nWantedBy=multi-user.target\\n`;

/** Tasks by the thing that they are about. Those of one group are drawn together more often than others. */
export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  file: [
    'copy: { dest: /srv/law/f, content: "one\\n" }',
    'copy: { dest: /srv/law/f, content: "two\\n", mode: "0600" }',
    'copy: { dest: /srv/law/f, src: note }',
    'template: { dest: /srv/law/f, src: t.hbs }',
    'file: { path: /srv/law/f, state: absent }',
    'file: { path: /srv/law/f, state: touch, mode: "0640" }',
    'file: { path: /srv/law/f, state: file, mode: "0644" }',
    'file: { path: /srv/law/f, state: link, src: /srv/law/g, force: true }',
    'lineinfile: { path: /srv/law/f, line: three, create: true }',
    'lineinfile: { path: /srv/law/f, regexp: "^t", state: absent }',
    'blockinfile: { path: /srv/law/f, block: "b1\\nb2", create: true }',
    'blockinfile: { path: /srv/law/f, state: absent }',
    'copy: { dest: /srv/law/g, src: /srv/law/f, remote_src: true }',
    'stat: { path: /srv/law/f }',
    'command: { argv: [touch, /srv/law/f] }',
    'command: { argv: [touch, /srv/law/f], creates: /srv/law/f }',
    'command: { argv: [rm, -f, /srv/law/f], removes: /srv/law/f }',
    'shell: { cmd: "echo one > /srv/law/f" }',
    'shell: { cmd: "cd /srv/law && echo one > f" }',
    'shell: { cmd: "touch /srv/law/g", creates: /srv/law/g }',
    'shell: { cmd: "touch /srv/law/g", unless: "test -e /srv/law/f" }',
    'script: { cmd: act.sh }',
    'script: { cmd: act.sh, creates: /srv/law/f }',
    'env-file: { path: /srv/law/env, values: { A: "1" } }',
    'env-file: { path: /srv/law/env, values: { A: "2", B: x }, generate: { K: {} } }',
    'file: { path: /srv/law/env, state: absent }',
    'shell: { cmd: "rm -f /srv/law/*" , chdir: /srv/law }',
    'fetch: { src: /srv/law/f, dest: fetched/ }',
  ],
  tree: [
    'file: { path: /srv/law/d, state: directory, mode: "0755" }',
    'file: { path: /srv/law/d/e/f, state: directory }',
    'file: { path: /srv/law/d, state: directory, mode: "0700", recurse: true }',
    'file: { path: /srv/law/d, state: absent }',
    'file: { path: /srv/law/d/x, state: absent }',
    'copy: { dest: /srv/law/d/x, content: "mine\\n" }',
    'copy: { dest: /srv/law/d/, src: note }',
    'sync: { src: tree/, dest: /srv/law/d }',
    'sync: { src: tree/, dest: /srv/law/d, delete: true }',
    'sync: { src: two/, dest: /srv/law/d, delete: true }',
    'unarchive: { src: /srv/law/top.tar.gz, dest: /srv/law/d, remote_src: true }',
    'unarchive: { src: /srv/law/top.tar.gz, dest: /srv/law/d, remote_src: true, creates: /srv/law/d/top }',
    'git: { repo: /srv/law/repo, dest: /srv/law/d/clone, version: v1 }',
    'git: { repo: /srv/law/repo, dest: /srv/law/d/clone, version: v2 }',
    'stat: { path: /srv/law/d/x }',
    'stat: { path: /srv/law/d/sub }',
    'command: { argv: [mkdir, -p, /srv/law/d/e], creates: /srv/law/d/e }',
    'command: { argv: [rm, -rf, /srv/law/d/sub] }',
    'shell: { cmd: "rm -rf *", chdir: /srv/law/d, removes: /srv/law/d/x }',
    'shell: { cmd: "ls /srv/law/d" }\n  read_only: true\n  failed_when: false',
  ],
  account: [
    'user: { name: gina }',
    'user: { name: gina, groups: [crew], shell: /bin/sh }',
    'user: { name: gina, comment: Gina, home: /srv/law/gina }',
    'user: { name: gina, state: absent, remove: true }',
    'group: { name: crew }',
    'group: { name: crew, gid: 4242 }',
    'group: { name: crew, state: absent }',
    'group: { name: gina }',
    `authorized-key: { user: gina, key: "${KEY}" }`,
    `authorized-key: { user: gina, key: "${KEY}", state: absent }`,
    'file: { path: /srv/law/hers, state: directory, owner: gina }',
    'copy: { dest: /srv/law/hers/note, content: "hers\\n", owner: gina, group: crew }',
    'cron: { name: nightly, job: /bin/true, hour: "3" }',
    'cron: { name: nightly, job: /bin/true, hour: "4" }',
    'cron: { name: nightly, state: absent }',
    'cron: { name: hers, job: /bin/true, user: gina }',
    'cron: { name: filed, job: /bin/true, user: root, cron_file: law }',
    'file: { path: /etc/cron.d/law, state: absent }',
    'command: { argv: [useradd, gina], creates: /home/gina }',
    'shell: { cmd: "userdel -r gina || true" }',
    'shell: { cmd: "id gina" }\n  read_only: true\n  failed_when: false',
  ],
  unit: [
    `systemd: { unit: nap.service, content: "${UNIT(900)}", restart_on_change: true }`,
    `systemd: { unit: nap.service, content: "${UNIT(901)}", state: started }`,
    `copy: { dest: /etc/systemd/system/nap.service, content: "${UNIT(900)}" }`,
    'file: { path: /etc/systemd/system/nap.service, state: absent }',
    'systemd: { unit: nap.service, state: started, enabled: true }',
    'systemd: { unit: nap.service, state: stopped }',
    'systemd: { unit: nap.service, state: restarted }',
    'systemd: { unit: nap.service, enabled: false }',
    'shell: { cmd: "systemctl stop nap || true" }',
    'command: { argv: [systemctl, is-active, nap] }\n  read_only: true\n  failed_when: false',
  ],
  settings: [
    'sysctl: { name: net.ipv4.ip_forward, value: "1" }',
    'sysctl: { name: net.ipv4.ip_forward, value: "0" }',
    'sysctl: { name: net.ipv4.ip_forward, state: absent }',
    'hostname: { name: "{{ inventory_hostname }}" }',
    'hostname: { name: other }',
    'copy: { dest: /etc/hostname, content: "other\\n" }',
    'timezone: { name: Europe/Vienna }',
    'timezone: { name: Etc/UTC }',
    'ufw: { state: disabled, allow: [22/tcp, 80/tcp] }',
    'ufw: { state: disabled, allow: [22/tcp], exclusive: true }',
    'ufw: { state: disabled, deny: [81/tcp] }',
    'shell: { cmd: "ufw delete allow 80/tcp || true" }',
    'nginx: { domain: law.lab.test, upstream: "127.0.0.1:3000" }',
    'nginx: { domain: law.lab.test, upstream: "127.0.0.1:3001" }',
    'nginx: { domain: law.lab.test, state: absent }',
    'file: { path: /etc/nginx/sites-enabled/law.lab.test, state: absent }',
    'apt: { name: lab-hello }',
    'apt: { name: lab-hello, state: absent, purge: true }',
    'command: { argv: [touch, /srv/law/h], creates: /usr/bin/lab-hello }',
    'debug: { msg: "{{ acts_true.stdout }}" }',
    'pause: { seconds: 0 }',
    `apt-repository: { name: law, uri: "${NODE_REPOSITORY.uri}", suites: lab, signed_by: key.asc }`,
    'apt-repository: { name: law, state: absent }',
    'file: { path: /etc/apt/sources.list.d/law.sources, state: absent }',
  ],
};

/** What takes long to prepare and to run: only where more runbooks are tried than the suite does. */
export const HEAVY_GIVEN = `${NPM_READY}
app_there v1 /srv/v1; app_there v2 /srv/v2; app /srv/app
useradd --system vantus && install -d -o vantus -g vantus /var/lib/vantus
printf 'DATABASE_URL="file:/var/lib/vantus/prod.db"\\n' >/etc/default/vantus
DEBIAN_FRONTEND=noninteractive apt-get install -qqy certbot curl >/dev/null 2>&1
`;

const TOOL = '67948dd9afd6afe5043b0029d5aa7cf0f8b2824baf16f4f097d40d830edb686d';
const CERTIFICATE = `domains: ["{{ inventory_hostname }}.lab.test"], cert_name: law, email: ops@lab.test, agree_tos: true, server: "${ACME.directory}", ca_bundle: ${ACME_CA_ON_HOST}`;

export const HEAVY: Readonly<Record<string, readonly string[]>> = {
  application: [
    'prisma-migrate: { path: /srv/v1, env_file: /etc/default/vantus, user: vantus }',
    'prisma-migrate: { path: /srv/v2, env_file: /etc/default/vantus, user: vantus }',
    'env-file: { path: /etc/default/vantus, values: { DATABASE_URL: "file:/var/lib/vantus/prod.db" } }',
    'env-file: { path: /etc/default/vantus, values: { DATABASE_URL: "file:/var/lib/vantus/other.db" } }',
    'npm: { path: /srv/app }',
    'npm: { path: /srv/app, production: false }',
    'npm: { path: /srv/app, command: run build }',
    'file: { path: /srv/app/node_modules, state: absent }',
    'release: { path: /srv/rel, id: one, src: one.tar.gz }',
    'release: { path: /srv/rel, id: two, src: two.tar.gz }',
    'release: { path: /srv/rel, id: one, state: current }',
    'release: { path: /srv/rel, id: two, state: current, keep: 1 }',
    'release: { path: /srv/rel, id: one, state: absent }',
    'file: { path: /srv/rel, state: absent }',
    'file: { path: /srv/rel/current, state: link, src: releases/one, force: true }',
    'command: { argv: [rm, -rf, /srv/rel/releases/one] }',
    `get-url: { url: "http://127.0.0.1/tool", dest: /srv/law/tool, checksum: "sha256:${TOOL}" }`,
    'copy: { dest: /var/www/html/tool, content: "tool\\n" }',
    'file: { path: /srv/law/tool, state: absent }',
    'copy: { dest: /srv/law/tool, content: "tool\\n" }',
    'http: { url: "http://127.0.0.1/tool" }',
    'http: { url: "http://127.0.0.1/tool", method: POST, status_code: [405] }',
    'wait-for: { port: 80, timeout: 1 }',
    'wait-for: { path: /srv/law/tool, timeout: 0 }',
    'systemd: { unit: nginx.service, state: stopped }',
    'systemd: { unit: nginx.service, state: started }',
    'assert: { that: ["looks.stat.exists"] }',
  ],
  certificate: [
    `certbot: { ${CERTIFICATE} }`,
    `certbot: { ${CERTIFICATE}, deploy_hook: "touch /srv/law/f" }`,
    'certbot: { domains: ["law.lab.test"], cert_name: law, state: absent }',
    'file: { path: /etc/letsencrypt/live/law, state: absent }',
    'nginx: { domain: law.lab.test, root: /srv, default_site: true, tls: { certificate: /etc/letsencrypt/live/law/fullchain.pem, key: /etc/letsencrypt/live/law/privkey.pem } }',
    'stat: { path: /etc/letsencrypt/live/law/fullchain.pem }',
    'command: { argv: [touch, /srv/law/f], creates: /etc/letsencrypt/live/law/cert.pem }',
  ],
};
