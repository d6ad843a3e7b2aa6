// Whether a probe is understood alike by every shell and tool set that hosts have: what it printed where it was recorded
// against what it prints under dash, bash and BusyBox on the same host a moment later.
import type { Module, Output } from '../../engine/module/index.ts';
import { outputOf } from '../../engine/run/probes.ts';
import type { Answer } from '../../engine/transport/connection.ts';
import { single } from '../../engine/transport/frame.ts';
import type { SituationProbe } from './transcript.ts';

const BUSYBOX = '/run/vrun-dialects';

/** Puts a BusyBox on the host, with all of its tools under their names. Its standard input is the program. */
export const INSTALL_BUSYBOX = `mkdir -p ${BUSYBOX} && cd ${BUSYBOX} && cat >busybox && chmod 0755 busybox && for n in $(./busybox --list); do [ "$n" = busybox ] || ln -sf busybox "$n"; done`;

const DIALECTS: Readonly<Record<string, (script: string) => string>> = {
  dash: (script) => `exec dash -c ${single(script)}`,
  bash: (script) => `exec bash --norc -c ${single(script)}`,
  'BusyBox sh': (script) => `exec ${BUSYBOX}/sh -c ${single(script)}`,
  BusyBox: (script) => `PATH=${BUSYBOX}:$PATH; exec sh -c ${single(script)}`,
};

/** What differs, a line for each probe and dialect. `run` sends a script as the one that was recorded was sent. */
export async function dialectFaults(
  module: Module,
  probes: readonly SituationProbe[],
  recorded: readonly Output[],
  run: (script: string, stdin: Uint8Array | undefined) => Promise<Answer>,
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [index, { script, wants, stdin }] of probes.entries()) {
    const output = recorded[index];
    const expected = output && stateText(module, output, wants);
    for (const [dialect, inDialect] of Object.entries(DIALECTS)) {
      const answer = await run(inDialect(script), stdin);
      const state = stateText(module, outputOf(answer), wants);
      if (state !== expected) faults.push(`${dialect} differs:\n  ${state}\n  ${expected}`);
    }
  }
  return faults;
}

/** Clocks, and the words in which tools complain, may differ. */
const OWN_WORDS = new Set(['since', 'age', 'stderr', 'stdoutBytes', 'detail']);

function stateText(module: Module, output: Output, wants: readonly unknown[]): string {
  try {
    return JSON.stringify(module.parse(output, wants), (key, value) => (OWN_WORDS.has(key) ? undefined : value));
  } catch (error) {
    return `${error}\n  ${output.stderr}`;
  }
}
