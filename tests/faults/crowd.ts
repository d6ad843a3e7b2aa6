// Fifty addresses that one busy machine answers: one sshd on the addresses of a host; each login takes its time and is in a mount namespace of its own, so that each has its own lock and state.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { address, exec, KEY_FILE, KNOWN_HOSTS_FILE } from '../lab/lab-api.js';
import { LabProject, type Said } from '../lab/must-hold/project.ts';

export const CROWD = 50;

/** Turns of a loop in dash that keep a processor busy for about 0.3 s: what a login costs on a slow machine. */
const BUSY = 420_000;

/** What a login runs instead of what it was asked to: the same, where nobody else's lock and state are. */
const apart = (busy: number) => `#!/bin/sh
i=0; while [ $i -lt ${busy} ]; do i=$((i + 1)); done
exec unshare --mount --propagation private sh -c 'mkdir -p /var/lib/vrun
for d in /run /var/lib/vrun; do mount -t tmpfs apart "$d" || exit 1; done
mkdir -p /run/lock; exec sh -c "$SSH_ORIGINAL_COMMAND"'
`;

const RUNBOOK = `
- name: One command
  hosts: all
  tasks:
    - name: Who
      command: { argv: [uname, -n] }
`;

export interface CrowdOptions {
  /** sshd's MaxStartups; its default refuses logins at random when more than ten are begun. */
  readonly maxStartups?: string;
  /** False: a login costs no more than it does. */
  readonly busy?: boolean;
}

/** What sshd says of the connections that it took and dropped, and of the logins. */
export interface SeenBySshd {
  readonly connections: number;
  readonly logins: number;
  /** For too many startups, or as a penalty. */
  readonly dropped: readonly string[];
}

/** A host as a crowd. */
export class Crowd {
  readonly #host: string;
  readonly #network: string;
  readonly #addresses: readonly string[];
  readonly #project: LabProject;

  private constructor(host: string) {
    this.#host = host;
    this.#network = `10.232.${address(host).split('.').at(-1)}`;
    this.#addresses = Array.from({ length: CROWD }, (_, index) => `${this.#network}.${index + 1}`);
    this.#project = new LabProject({ 'site.yml': RUNBOOK });
  }

  /** Makes it of a lab host that is borrowed. */
  static async of(host: string, { maxStartups, busy = true }: CrowdOptions = {}): Promise<Crowd> {
    const crowd = new Crowd(host);
    const { status, stderr } = await exec(
      host,
      `set -e; ip route replace local ${crowd.#network}.0/24 dev lo
cat >/usr/local/sbin/apart <<'END'
${apart(busy ? BUSY : 0)}END
chmod 755 /usr/local/sbin/apart
${maxStartups === undefined ? '' : `echo MaxStartups ${maxStartups} >>/etc/ssh/sshd_config`}
echo LogLevel VERBOSE >>/etc/ssh/sshd_config
printf 'Match LocalAddress ${crowd.#network}.0/24\\n  ForceCommand /usr/local/sbin/apart\\n' >>/etc/ssh/sshd_config
systemctl restart ssh`,
    );
    if (status !== 0) throw new Error(stderr);
    routed(crowd.#network, ['replace'], ['via', address(host)]);
    crowd.#write();
    return crowd;
  }

  close(): void {
    routed(this.#network, ['delete'], []);
    this.#project.remove();
  }

  /** Runs the command everywhere with vrun and its defaults; through the host's own address when it is `behind` that. */
  async vrun({ behind = false } = {}): Promise<Said & { readonly seconds: number }> {
    const began = performance.now();
    const said = await this.#project.json('site.yml', '-i', behind ? 'behind.yml' : 'hosts.yml');
    return { ...said, seconds: (performance.now() - began) / 1000 };
  }

  /** What sshd has seen since the crowd was made. The connections that it takes from itself are those of a jump. */
  async seen(): Promise<SeenBySshd> {
    const since = '_SYSTEMD_INVOCATION_ID="$(systemctl show --value --property InvocationID ssh)"';
    const { stdout } = await exec(this.#host, `journalctl --output cat --no-pager ${since}`);
    const lines = stdout.split('\n');
    const taken = lines.filter((line) => line.startsWith('Connection from '));
    return {
      connections: taken.filter((line) => !line.startsWith(`Connection from ${this.#network}.`)).length,
      logins: lines.filter((line) => line.startsWith('Accepted publickey')).length,
      dropped: lines.filter((line) => /MaxStartups|penalt|drop connection/i.test(line)),
    };
  }

  /** The same with parallel-ssh. @throws when a host fails */
  async parallelSsh(): Promise<number> {
    const output = mkdtempSync(join(tmpdir(), 'vrun-crowd-'));
    const options = [
      '-F',
      'none',
      '-i',
      KEY_FILE,
      '-o',
      'IdentitiesOnly=yes',
      '-o',
      `UserKnownHostsFile=${this.#file('known_hosts')}`,
    ];
    const args = ['-h', this.#file('addresses'), '-l', 'root', '-p', String(CROWD), '-t', '0', '-o', output];
    const began = performance.now();
    const status = await ended('parallel-ssh', [...args, ...options.flatMap((option) => ['-X', option]), 'uname -n']);
    const seconds = (performance.now() - began) / 1000;
    rmSync(output, { recursive: true });
    if (status !== 0) throw new Error(`parallel-ssh: status ${status}`);
    return seconds;
  }

  #file(name: string): string {
    return join(this.#project.directory, name);
  }

  #write(): void {
    const keys = readFileSync(KNOWN_HOSTS_FILE, 'utf8').split('\n');
    const own = keys.filter((line) => line.startsWith(`${address(this.#host)} `));
    const known = own.map((line) => line.replace(/^\S+/, [address(this.#host), ...this.#addresses].join(',')));
    writeFileSync(this.#file('known_hosts'), `${known.join('\n')}\n`);
    writeFileSync(this.#file('addresses'), `${this.#addresses.join('\n')}\n`);
    const vars = {
      ansible_user: 'root',
      ansible_ssh_private_key_file: KEY_FILE,
      known_hosts: this.#file('known_hosts'),
    };
    const hosts = Object.fromEntries(this.#addresses.map((one) => [one, {}]));
    writeFileSync(this.#file('hosts.yml'), JSON.stringify({ all: { vars, hosts } }));
    const jump = { jump: `root@${address(this.#host)}` };
    writeFileSync(this.#file('behind.yml'), JSON.stringify({ all: { vars: { ...vars, ...jump }, hosts } }));
  }
}

function routed(network: string, what: readonly string[], how: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', ['route', ...what, `${network}.0/24`, ...how], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function ended(file: string, args: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'ignore' });
    child.on('error', reject);
    child.on('close', resolve);
  });
}
