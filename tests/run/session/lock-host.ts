// What the tests of the host's lock share: hosts that are a directory each, and the shells that real ones have.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { lockScript, unlockScript } from '../../../engine/run/session/host-lock.ts';
import { STATE } from '../../../engine/run/session/notes.ts';
import { parseHello } from '../../../engine/run/session/opening.ts';

export const NOBODY = 65_534;
export const isRoot = process.getuid?.() === 0;

/** Shells with the tools that go with them. BusyBox brings its own for all. */
const tools = mkdtempSync(join(tmpdir(), 'vrun-busybox-'));
chmodSync(tools, 0o755);
export const SHELLS: readonly (readonly [string, string, string])[] = [
  ['dash', '/bin/dash', '/usr/bin:/bin'],
  ['bash', '/bin/bash', '/usr/bin:/bin'],
  ...busybox(),
];
afterAll(() => rmSync(tools, { recursive: true }));

function busybox(): readonly (readonly [string, string, string])[] {
  const program = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path));
  if (program === undefined) return [];
  for (const name of execFileSync(program, ['--list']).toString().trim().split('\n')) {
    symlinkSync(program, join(tools, name));
  }
  return [['BusyBox', join(tools, 'sh'), tools]];
}

/** Who asks: root, whose lock is in a place of its own, or a login user (played by whoever runs the tests). */
export type Who = 'root' | 'ops';

export const holder = (run: string) => ({ run, operator: "o'brien@x", controller: 'laptop' });
export const script = (run: string, login = 'ops') => `${STATE.text}\n${lockScript(holder(run), login).text}`;

/** A host of its own: a directory, and scripts for hosts rewritten to it. */
export class Host {
  readonly at = mkdtempSync(join(tmpdir(), 'vrun-lock-'));
  /** The shell that its users have. */
  readonly shell: string;
  readonly #path: string;
  readonly #children: ChildProcess[] = [];
  readonly workers: { remove(): void }[] = [];

  constructor(shell: string, path: string) {
    this.shell = shell;
    this.#path = path;
    chmodSync(this.at, 0o755);
    mkdirSync(join(this.at, 'run'));
    mkdirSync(join(this.at, 'ops'));
  }

  remove(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const worker of this.workers) worker.remove();
    rmSync(this.at, { recursive: true });
  }

  lockOf(who: Who): string {
    return join(this.at, who === 'root' ? 'run/vrun.lock' : 'ops/.local/state/vrun/lock-');
  }

  sign(who: Who, text: string): void {
    mkdirSync(this.lockOf(who), { recursive: true });
    writeFileSync(join(this.lockOf(who), 'holder'), text);
  }

  /** What the script prints. */
  async run(who: Who | 'nobody', text: string, path = this.#path): Promise<string> {
    const options = { env: { ...this.env, PATH: path }, timeout: 20_000 };
    return (await promisify(execFile)(this.shell, ['-c', this.on(who, text)], options)).stdout;
  }

  async ask(run: string, who: Who = 'root', login = 'ops') {
    return parseHello(await this.run(who, script(run, login))).lock;
  }

  /** A long-lived shell that asks for the lock and lets it go when its input ends. */
  async session(run: string, who: Who | 'nobody' = 'root') {
    const whole = `trap ${quoted(this.on(who, unlockScript(holder(run)).text))} EXIT\n( ${this.on(who, script(run))}\n)\nread x`;
    const user = who === 'nobody' ? { uid: NOBODY, gid: NOBODY } : {};
    const child = spawn(this.shell, ['-c', whole], {
      env: this.env,
      stdio: ['pipe', 'pipe', 'inherit'],
      ...user,
    });
    this.#children.push(child);
    const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
    const said = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data))));
    const end = async () => {
      child.stdin.end();
      await ended;
    };
    const kill = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    return { said, end, kill };
  }

  get env(): NodeJS.ProcessEnv {
    return { PATH: this.#path, HOME: join(this.at, 'ops'), LC_ALL: 'C.UTF-8' };
  }

  /** A script for hosts, for this one. */
  on(who: Who | 'nobody', text: string): string {
    return (who === 'nobody' ? text : text.replaceAll('u=${vrun_i:-$(id -u)};', who === 'root' ? 'u=0;' : 'u=1000;'))
      .replaceAll('</etc/machine-id', `<${this.at}/machine-id`)
      .replaceAll('</proc/sys/kernel/hostname', `<${this.at}/hostname`)
      .replaceAll('/run/vrun.lock', `${this.at}/run/vrun.lock`)
      .replaceAll('/var/lib/vrun', `${this.at}/root`)
      .replaceAll('other=~$login/', `other=${this.at}/$login/`);
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
