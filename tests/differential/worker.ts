// A process on a lab host that answers requests: `worker/` has its program, in Python, as Ansible is.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Json } from '../../engine/event/event.ts';
import { address, exec, KEY_FILE, KNOWN_HOSTS_FILE } from '../lab/lab-api.js';
import { type Outcome, type Seen, type Task, VARIABLES } from './trial.ts';

const PROGRAM = join(import.meta.dirname, 'worker');
const THERE = '/run/differential';

/** Of Debian's `ansible` only what is compared is unpacked: all of it would be 250 MB. */
const COLLECTIONS = ['ansible/posix', 'community/general/meta', 'community/general/plugins/module*'];
const PACKAGES = '/usr/lib/python3/dist-packages/ansible_collections';
const INSTALL = `set -e
apt-get -q update >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install ansible-core python3-apt >/dev/null
dpkg-deb --fsys-tarfile /srv/lab-repository/pool/ansible_*.deb |
  tar -x -C / --wildcards ${COLLECTIONS.map((path) => `'.${PACKAGES}/${path}'`).join(' ')}`;

export interface Project {
  readonly files: Readonly<Record<string, string>>;
  readonly directory: string;
}

/** What Ansible says of an inventory. */
export type InventoryAnswer =
  | { readonly failed: string }
  | {
      readonly list: Json;
      /** What it goes on without. */
      readonly warnings: readonly string[];
      readonly patterns: readonly { readonly hosts: readonly string[]; readonly warnings: readonly string[] }[];
    };

type Place = Pick<Project, 'directory'> & Partial<Project>;

interface Mode {
  readonly check: boolean;
  readonly vars: object;
}

type Request =
  | { readonly op: 'shell'; readonly script: string }
  | { readonly op: 'observe'; readonly paths: readonly string[]; readonly commands: readonly string[] }
  | ({ readonly op: 'tasks'; readonly host: string; readonly tasks: readonly Task[] } & Mode & Place)
  | ({
      readonly op: 'inventories';
      readonly sources: readonly string[];
      readonly patterns: readonly string[];
    } & Project);

export class Worker {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve(line: string): void; reject(reason: Error): void }[] = [];
  #said = '';

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.#waiting.shift()?.resolve(line));
    child.stderr.on('data', (text) => {
      this.#said = (this.#said + text).slice(-4000);
    });
    child.on('close', () => {
      for (const { reject } of this.#waiting) reject(new Error(`The worker ended:\n${this.#said}`));
    });
  }

  /** Starts one on a lab host. With `ansible` it is installed there first, which takes some seconds. */
  static async on(host: string, { ansible }: { readonly ansible: boolean }): Promise<Worker> {
    const files = readdirSync(PROGRAM).filter((name) => name.endsWith('.py'));
    const write = (name: string) =>
      `echo ${readFileSync(join(PROGRAM, name)).toString('base64')} | base64 -d >${THERE}/${name}`;
    for (const script of [`mkdir -p ${THERE}`, ...files.map(write), ...(ansible ? [INSTALL] : [])]) {
      const { status, stderr } = await exec(host, script);
      if (status !== 0) throw new Error(`On ${host}: ${stderr}`);
    }
    const options = ['-o', 'BatchMode=yes', '-o', `UserKnownHostsFile=${KNOWN_HOSTS_FILE}`];
    const command = ['env', 'LC_ALL=C.UTF-8', 'python3', `${THERE}/main.py`];
    return new Worker(spawn('ssh', ['-F', 'none', '-i', KEY_FILE, ...options, `root@${address(host)}`, ...command]));
  }

  /** Runs a shell script as root. @throws with what it said where it fails */
  async shell(script: string): Promise<void> {
    const { status, stderr } = await this.#ask<{ status: number; stderr: string }>({ op: 'shell', script });
    if (status !== 0) throw new Error(`status ${status} of:\n${script}\n${stderr}`);
  }

  async observe(paths: readonly string[], commands: readonly string[]): Promise<Seen> {
    type Answer = { paths: Record<string, Json>; said: Record<string, Json> };
    const { paths: entries, said } = await this.#ask<Answer>({ op: 'observe', paths, commands });
    return new Map([...Object.entries(entries), ...Object.entries(said)]);
  }

  /**
   * Runs tasks by Ansible, each whatever became of the one before. With `files` the project is made anew.
   * @param host the name that the host has in the inventory
   */
  ansible(host: string, tasks: readonly Task[], check: boolean, project: Place): Promise<readonly Outcome[]> {
    return this.#ask({ op: 'tasks', host, tasks, check, vars: VARIABLES, ...project });
  }

  inventory(project: Project, sources: readonly string[], patterns: readonly string[]): Promise<InventoryAnswer> {
    return this.#ask({ op: 'inventories', sources, patterns, ...project });
  }

  close(): void {
    this.#child.stdin.end();
  }

  async #ask<T>(request: Request): Promise<T> {
    const line = await new Promise<string>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
    const said: { answer: T } | { error: string } = JSON.parse(line);
    if ('error' in said) throw new Error(`${said.error}\nof ${JSON.stringify(request)}`);
    return said.answer;
  }
}
