// Whether a probe is understood alike by every shell and tool set that hosts have: what it printed where it was recorded
// against what it prints under dash, bash and BusyBox on the same host a moment later.

import { singleQuoted } from '../../../engine/base/shell-quote.ts';
import type { Module, Output } from '../../../engine/module/index.ts';
import { outputOf } from '../../../engine/run/message/probes.ts';
import type { Answer } from '../../../engine/transport/channel/connection.ts';
import type { SituationProbe } from './transcript.ts';

const BUSYBOX = '/run/vrun-dialects';

/** Puts a BusyBox on the host, with its tools under their names, but not those that dpkg works with. Its standard input is the program. */
export const INSTALL_BUSYBOX = `mkdir -p ${BUSYBOX} && cd ${BUSYBOX} && cat >busybox && chmod 0755 busybox && for n in $(./busybox --list); do case $n in busybox | dpkg* | tar) ;; *) ln -sf busybox "$n" ;; esac; done`;

const DIALECTS: Readonly<Record<string, (script: string) => string>> = {
  dash: (script) => `exec dash -c ${singleQuoted(script)}`,
  bash: (script) => `exec bash --norc -c ${singleQuoted(script)}`,
  'BusyBox sh': (script) => `exec ${BUSYBOX}/sh -c ${singleQuoted(script)}`,
  BusyBox: (script) => `PATH=${BUSYBOX}:$PATH; exec sh -c ${singleQuoted(script)}`,
};

/** What differs, one text for each want and dialect. `run` sends a script as the one that was recorded was sent. */
export async function dialectFaults(
  module: Module,
  probes: readonly SituationProbe[],
  recorded: readonly Output[],
  run: (script: string, stdin: Uint8Array | undefined) => Promise<Answer>,
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [index, probe] of probes.entries()) {
    const output = recorded[index];
    const expected = output ? stateTexts(module, output, probe) : [];
    for (const [dialect, inDialect] of Object.entries(DIALECTS)) {
      const answer = await run(inDialect(probe.script), probe.stdin);
      stateTexts(module, outputOf(answer), probe).forEach((state, at) => {
        if (state === expected[at]) return;
        faults.push(
          `${dialect}: ${JSON.stringify(probe.params[at])}\n  ${state}\n  not as recorded\n  ${expected[at]}`,
        );
      });
    }
  }
  return faults;
}

/** Clocks, and the words in which tools complain, may differ. */
const OWN_WORDS = new Set(['since', 'now', 'age', 'seconds', 'date', 'said', 'stderr', 'stdoutBytes', 'detail']);

/** The state of each want; where the output can't be understood, what the parser says to that. */
function stateTexts(module: Module, output: Output, { wants }: SituationProbe): readonly string[] {
  try {
    return module
      .parse(output, wants)
      .map((state) => JSON.stringify(state, (key, value) => (OWN_WORDS.has(key) ? undefined : value)));
  } catch (error) {
    return wants.map(() => `${error}\n  ${output.stderr}`);
  }
}
