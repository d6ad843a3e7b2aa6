// Runs a module's scripts for real with a shell of this machine, below a directory of the test's own: probe → plan →
// steps → probe again. What needs accounts, packages or services is tried on the lab's hosts instead.
import { spawnSync } from 'node:child_process';
import { type Content, Missing, type Module, type Output, type Plan, type Step } from '../../../engine/module/index.ts';
import { prepareSteps } from '../../../engine/run/message/steps.ts';
import { bind, type Locals, output, type Params } from './bind.ts';

/** The shells of this machine that probes have to work with. bash takes a socket for a remote login and reads .bashrc. */
export const SHELLS = [['dash'], ['bash', '--norc'], ['busybox', 'sh']].filter(
  ([name = '']) => spawnSync(name, ['-c', 'exit 0']).error === undefined,
);

/** Runs a script as the engine's shells do: defined environment, `/`, umask 022, standard input as given. */
export function runScript(
  script: string,
  stdin: Uint8Array = Buffer.alloc(0),
  shell: readonly string[] = ['dash'],
): Output {
  const [file = 'dash', ...options] = shell;
  const done = spawnSync(file, [...options, '-c', `cd /; umask 022\n${script}`], {
    input: stdin,
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', HOME: '/root' },
    maxBuffer: 8 << 20,
  });
  const { stdout, stderr } = done;
  return output({
    status: done.status ?? 255,
    stdout: stdout.toString(),
    stderr: stderr.toString(),
    stdoutBytes: stdout,
  });
}

/** What a module reads of this machine for the given wants, through one probe. */
export function probeAll(module: Module, wants: readonly unknown[], shell?: readonly string[]): readonly unknown[] {
  const script = module.probe(wants);
  return module.parse(script ? runScript(script.text, module.input(wants)?.bytes(), shell) : output({}), wants);
}

interface Given {
  readonly params: Params;
  readonly local?: Locals;
}

/** The plan for this machine as it is. */
export function planHere(module: Module, row: Given, shell?: readonly string[]): Plan {
  const want = bind(module, row.params, row.local);
  const [have] = probeAll(module, [want], shell);
  if (have instanceof Missing && have.without) return module.plan(have.without.state, want);
  if (have instanceof Missing) throw new Error(`missing ${have.needs.join(' ')}`);
  return module.plan(have, want);
}

/** Plans, performs, and plans again: the second plan is what did not converge. Throws when a step fails. */
export function converge(module: Module, row: Given, shell?: readonly string[]): [Plan, Plan] {
  const plan = planHere(module, row, shell);
  if (plan.failure) throw new Error(plan.failure.summary);
  perform(plan, shell);
  return [plan, planHere(module, row, shell)];
}

/** Performs what was planned. @throws when a step fails */
export function perform(plan: Plan, shell?: readonly string[]): void {
  for (const step of plan.changes.flatMap((change) => prepareSteps(change, undefined))) {
    const { script } = step.frame;
    const done = runScript(script, contentOf(step.step)?.bytes(), shell);
    if (done.status !== 0) throw new Error(`status ${done.status}: ${done.stderr}\n${script}`);
  }
}

function contentOf(step: Step): Content | undefined {
  if ('run' in step) return step.stdin;
  return 'write' in step ? step.write.content : undefined;
}
