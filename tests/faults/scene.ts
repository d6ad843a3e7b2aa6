// One host behind a proxy, a project of its own, and what came of a run that met a fault: whether it ended, when and how,
// what was lost, and whether the next run made it good.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Event } from '../../engine/event/event.ts';
import { address, exec, KEY_FILE, KNOWN_HOSTS_FILE } from '../lab/lab-api.js';
import { LabProject, type Said, until, VRUN } from '../lab/must-hold/project.ts';
import { Bell } from './bell.ts';
import { ForwardingProxy, type WirePhase } from './proxy.ts';
import { LARGE, PLACE, runbook, SETTINGS, type Variant } from './runbook.ts';

/** When the fault comes: as vrun starts, at a phase on the wire, where the host rings, or behind an event of the run. */
export type Moment =
  | 'start'
  | { readonly wire: WirePhase }
  | { readonly rings: string }
  | { readonly event: (event: Event) => boolean };

export interface Trial extends Variant {
  readonly moment: Moment;
  /** Makes the fault. */
  readonly act: (run: Running, scene: Scene) => void | Promise<void>;
  /** Takes it away again, before the next run. */
  readonly mend?: (scene: Scene) => void | Promise<void>;
  /** Before the run begins. */
  readonly given?: (scene: Scene) => void | Promise<void>;
  /** Seconds after the fault by which the process has to have ended. */
  readonly within: number;
  readonly args?: readonly string[];
  /** What is not there after the run, of what the runbook makes: nothing was changed behind the fault. */
  readonly absent?: readonly string[];
  /** What is told. */
  readonly says?: RegExp;
  /** The fault is in the record itself: there is no seal, or nothing at all. */
  readonly unsealed?: 'broken' | 'gone';
}

/** A vrun that was started. */
export interface Running {
  readonly child: ChildProcess;
  /** What the process was started in. */
  readonly directory: string;
}

/** What came of it. */
export interface Outcome {
  /** Its exit status; a signal's name where one ended it, undefined where it had to be ended. */
  readonly status: number | string | undefined;
  /** From the fault to its end. */
  readonly seconds: number;
  /** What was lost, in words; nothing where it is empty. */
  readonly lost: readonly string[];
  /** Why the next run didn't bring the host to where it should be; undefined where it did. */
  readonly apart: string | undefined;
  readonly output: string;
}

/** How long the fault may take to come. */
const PATIENCE = 60_000;

/** Inventory names by which `hosts.yml` reaches the host. */
export const HOST = 'web1';

export class Scene {
  readonly host: string;
  readonly proxy: ForwardingProxy;
  readonly bell: Bell;
  project = new LabProject();
  readonly #undo: (() => unknown)[] = [];

  private constructor(host: string, proxy: ForwardingProxy, bell: Bell) {
    this.host = host;
    this.proxy = proxy;
    this.bell = bell;
  }

  /** On a lab host that is borrowed. */
  static async on(host: string): Promise<Scene> {
    const scene = new Scene(host, await ForwardingProxy.start({ host: address(host), port: 22 }), await Bell.start());
    await scene.furnish();
    return scene;
  }

  /** What a host that has lost its disk needs again. */
  async furnish(): Promise<void> {
    await this.root(`${this.bell.script}
cat >/etc/ssh/sshrc <<'END'
if [ -e /run/slow-openings ]; then sleep 20; fi
if rm /run/ring-at-opening/now 2>/dev/null; then ring opening; fi
END
mkdir -p -m 777 /run/ring-at-opening`);
  }

  /** What is to be done before the next trial begins, last things first. */
  undo(how: () => unknown): void {
    this.#undo.push(how);
  }

  async cleanUp(): Promise<void> {
    for (let how = this.#undo.pop(); how; how = this.#undo.pop()) await how();
  }

  async close(): Promise<void> {
    await this.cleanUp();
    await Promise.all([this.proxy.close(), this.bell.close()]);
    this.project.remove();
  }

  /** Runs a script on the host, past SSH. @throws when it fails */
  async root(script: string): Promise<string> {
    const { status, stdout, stderr } = await exec(this.host, script);
    if (status !== 0) throw new Error(`${this.host}: ${script}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Runs the runbook into the fault, mends it, and runs it twice again. */
  async suffer(trial: Trial): Promise<Outcome> {
    await this.#begin(trial);
    await trial.given?.(this);
    const outcome = await this.#run(trial);
    this.proxy.heal();
    await trial.mend?.(this);
    // The host's sshd has just learned that nobody is there any more.
    await until(async () => (await exec(this.host, 'pgrep -u ops sshd')).status !== 0);
    const lost = [
      ...(await this.#halves()),
      ...(await this.#tooMuch(trial)),
      ...(trial.unsealed ? [] : await this.#ends(outcome.status)),
      ...(trial.unsealed === 'gone' ? [] : await this.#unrecorded()),
      ...words(outcome.output, trial),
    ];
    const next = await this.#next();
    return { ...outcome, lost: [...lost, ...next.lost], apart: next.apart };
  }

  async #begin(variant: Variant): Promise<void> {
    await this.cleanUp();
    this.project.remove();
    this.project = new LabProject({ 'site.yml': runbook(variant), 'files/settings': SETTINGS });
    writeFileSync(join(this.project.directory, 'files/large'), LARGE);
    this.inventory();
    await this.root(`rm -rf ${PLACE} /run/vrun* /var/lib/vrun; mkdir ${PLACE}; echo old >${PLACE}/settings`);
  }

  /** Writes `hosts.yml`, by the way of the proxy unless `port` says otherwise. */
  inventory(more: Readonly<Record<string, unknown>> = {}): void {
    const keys = readFileSync(KNOWN_HOSTS_FILE, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith(`${address(this.host)} `))
      .map((line) => line.replace(/^\S+/, `[127.0.0.1]:${this.proxy.port}`));
    this.project.write('known_hosts', `${keys.join('\n')}\n`);
    const host = {
      ansible_host: '127.0.0.1',
      ansible_port: this.proxy.port,
      ansible_user: 'ops',
      ansible_ssh_private_key_file: KEY_FILE,
      known_hosts: join(this.project.directory, 'known_hosts'),
      connect_timeout: 5,
      ...more,
    };
    this.project.write('hosts.yml', JSON.stringify({ all: { hosts: { [HOST]: host } } }));
  }

  async #run(trial: Trial): Promise<Pick<Outcome, 'status' | 'seconds' | 'output'>> {
    const { moment } = trial;
    let since: number | undefined;
    let reached: () => void = () => undefined;
    const came = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const act = async (): Promise<void> => {
      since = performance.now();
      reached();
      await trial.act(run, this);
    };
    if (typeof moment === 'object' && 'wire' in moment) this.proxy.at(moment.wire, () => void act());
    if (typeof moment === 'object' && 'rings' in moment) {
      this.bell.at(moment.rings, act);
      if (moment.rings === 'opening')
        await this.root('touch /run/ring-at-opening/now; chmod 666 /run/ring-at-opening/now');
    }
    const args = [VRUN, 'site.yml', '-i', 'hosts.yml', '--output', 'json', ...(trial.args ?? [])];
    const { directory } = this.project;
    const child = spawn(process.execPath, args, {
      cwd: directory,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const run = { child, directory };
    if (moment === 'start') await act();
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        output.push(line);
        if (typeof moment !== 'object' || !('event' in moment) || since !== undefined) return;
        if (line.startsWith('{') && moment.event(JSON.parse(line))) void act();
      });
    }
    const ended = new Promise<number | string>((resolve) => {
      child.on('close', (status, signal) => resolve(signal ?? status ?? 'no status'));
    });
    const met = await Promise.race([came.then(() => true), ended.then(() => false), sleep(PATIENCE).then(() => false)]);
    const status = met ? await Promise.race([ended, sleep(trial.within * 1000).then(() => undefined)]) : undefined;
    const seconds = (performance.now() - (since ?? Number.NaN)) / 1000;
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await ended;
    }
    if (!met) throw new Error(`the fault never came:\n${output.join('\n')}`);
    return { status, seconds, output: output.join('\n') };
  }

  /** Files of which only a part is there. */
  async #halves(): Promise<readonly string[]> {
    const digest = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
    const found = await this.root(`cd ${PLACE}; sha256sum settings large 2>/dev/null || :`);
    const whole = new Set([digest('old\n'), digest(SETTINGS), digest(LARGE)]);
    return found
      .split('\n')
      .flatMap((line) => (line === '' || whole.has(line.slice(0, 64)) ? [] : [`${line.slice(66)} is not whole`]));
  }

  /** What was changed behind the fault. */
  async #tooMuch({ absent = [] }: Trial): Promise<readonly string[]> {
    const found = await this.root(`cd ${PLACE}; ls -d ${absent.join(' ')} 2>/dev/null || :`);
    return absent.length === 0 ? [] : found.split('\n').flatMap((name) => (name === '' ? [] : [`${name} was made`]));
  }

  /** What stands on the host, and in no journal that it was to be made. */
  async #unrecorded(): Promise<readonly string[]> {
    const found = (await this.root(`cd ${PLACE}; ls`)).split('\n');
    const journals = this.project.everything();
    return ['large', 'last', 'log'].filter((name) => found.includes(name) && !journals.includes(`${PLACE}/${name}`));
  }

  /** What a run leaves that has come to an end of its own: a record that is sealed. */
  async #ends(status: Outcome['status']): Promise<readonly string[]> {
    if (typeof status !== 'number') return [];
    const seal = this.project.entries().at(-1);
    const kind: unknown = seal && JSON.parse(readFileSync(seal, 'utf8').split('\n')[0] ?? '').predicate.kind;
    return kind === 'seal' ? [] : ['the record is not sealed'];
  }

  async #next(): Promise<Pick<Outcome, 'lost' | 'apart'>> {
    this.project.write('site.yml', runbook()); // without pauses, whose answers are worth nothing afterwards
    const next = await this.project.json('site.yml', '-i', 'hosts.yml');
    const again = await this.project.json('site.yml', '-i', 'hosts.yml');
    return { lost: await this.#missing(), apart: apartness(next, again) };
  }

  /** What a host should have once all is done, and hasn't; and what lies there that nobody takes away. */
  async #missing(): Promise<readonly string[]> {
    const log = await this.root(`cat ${PLACE}/log`);
    const left = await this.root(
      `ls -dA ${PLACE}/.[!.]* /run/vrun* /dev/shm/vrun* /tmp/vrun* /var/tmp/vrun* /var/lib/vrun/handlers/* 2>/dev/null || :`,
    );
    const verified = await this.project.vrun('audit', 'verify');
    return [
      ...(log.includes('restarted') ? [] : ['a handler']),
      ...left.split('\n').filter((path) => path !== '' && !DIRECTORIES.has(path)),
      ...(verified.status === 0 ? [] : [`the record: ${verified.stdout}${verified.stderr}`]),
    ];
  }
}

/** Directories that stay when nothing is in them. */
const DIRECTORIES = new Set(['/run/vrun']);

function apartness(next: Said, again: Said): string | undefined {
  if (next.status !== 0) return `the next run: status ${next.status}\n${next.stdout}${next.stderr}`;
  const { changed, messages } = again.totals(HOST);
  if (again.status === 0 && changed === 0 && messages === 1) return undefined;
  return `the run after it: status ${again.status}, ${changed} changed, ${messages} messages\n${again.stdout}`;
}

/** What is told wrongly. */
function words(output: string, { says }: Trial): readonly string[] {
  return [
    ...(says === undefined || says.test(output) ? [] : [`it doesn't say ${says.source}`]),
    ...(/^\s+at .*:\d+:\d+\)?$/m.test(output) ? ['it prints a stack trace'] : []),
    ...(/bug in vrun/.test(output) ? ['it says that it has a bug'] : []),
  ];
}

function environment(): NodeJS.ProcessEnv {
  const { SSH_AUTH_SOCK: _, ...rest } = process.env;
  return { ...rest, NO_COLOR: '1' };
}
