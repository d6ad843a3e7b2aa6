// Notes of handlers: written on the host before the change that notifies, removed once the handler ran, so that a
// run which dies between loses nothing. And the witness: what this run's record looked like at its first change.
import { createHash } from 'node:crypto';
import type { Position } from '../../language/problem/position.ts';
import type { Problem } from '../../language/problem/problem.ts';
import { lines, type Script, sh } from '../../module/index.ts';

/** A handler that an earlier run was asked to run and didn't. */
export interface Note {
  readonly runbook: string;
  readonly handler: string;
  /** The run that left it. */
  readonly run: string;
}

/** A note and the shell in whose state directory it lies: only that one can take it away. */
export interface HeldNote extends Note {
  readonly shell: 'login' | 'root' | 'controller';
}

/**
 * Sets `u`, who runs this by number, and `s`, where notes and the witness live: root's, else the login user's own state
 * directory (XDG basedir).
 */
export const STATE: Script = sh`u=\${vrun_i:-$(id -u)}; case $u in 0) s=/var/lib/vrun;; *) s=\${XDG_STATE_HOME:-$HOME/.local/state}/vrun;; esac`;

/** A handler is known by its runbook and name. */
const fileOf = (runbook: string, handler: string) =>
  createHash('sha256').update(`${runbook}\0${handler}`).digest('hex').slice(0, 32);

/**
 * Prints `note JSON` for every note, `witness LINE` for what earlier runs left, and `left RUN` for each write that was
 * begun (leftovers.ts). Expects what `STATE` sets.
 */
export const READ_NOTES: Script = lines(
  sh`for f in "$s"/handlers/*; do [ -f "$f" ] && IFS= read -r v <"$f" && printf 'note %s\n' "$v"; done`,
  sh`for f in "$s"/writes/*; do [ -L "$f" ] && v=\${f##*/} && printf 'left %s\n' "\${v%.*}"; done`,
  sh`[ -f "$s/witness" ] && while IFS= read -r v; do printf 'witness %s\n' "$v"; done <"$s/witness"; :`,
);

/** Leaves a note for each handler that a change is about to notify. */
export function leaveNotes(notes: readonly Note[]): Script | undefined {
  if (notes.length === 0) return undefined;
  return lines(
    STATE,
    sh`umask 077; mkdir -p "$s/handlers" || exit 1`,
    ...notes.map(
      (note) =>
        sh`printf '%s\n' ${JSON.stringify(note)} >"$s/handlers/"${fileOf(note.runbook, note.handler)} || exit 1`,
    ),
  );
}

/** Takes the note away once its handler ran. */
export function removeNote(runbook: string, handler: string): Script {
  return lines(STATE, sh`rm -f "$s/handlers/"${fileOf(runbook, handler)}`);
}

/**
 * Leaves this run's witness line with the host, in its log and in a file that keeps the newest of each chain (the
 * line's second word). Never fails a run.
 */
export function leaveWitness(line: string): Script {
  const chain = line.split(' ').slice(0, 2).join(' ');
  return lines(
    STATE,
    sh`umask 077; mkdir -p "$s" && { grep -v "^"${chain}" " "$s/witness" 2>/dev/null; printf '%s\n' ${line}; } >"$s/witness.new" && mv -f "$s/witness.new" "$s/witness"`,
    sh`logger -t vrun ${line} 2>/dev/null; :`,
  );
}

/** Reads one line of `READ_NOTES`; undefined for what isn't a note of ours. */
export function parseNote(line: string): Note | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    const { runbook, handler, run } = value as Partial<Record<keyof Note, unknown>>; // checked on the next line
    if (typeof runbook !== 'string' || typeof handler !== 'string' || typeof run !== 'string') return undefined;
    return { runbook, handler, run };
  } catch {
    return undefined; // whatever stands there, it is the host's data and no note
  }
}

/** The notes among what a shell's opening has printed as such. */
export function heldNotes(shell: HeldNote['shell'], printed: readonly string[]): HeldNote[] {
  return printed.flatMap((line) => {
    const note = parseNote(line);
    return note ? [{ ...note, shell }] : [];
  });
}

/** The failure of a change whose handlers could not be noted. */
export function noteProblem(at: Position): Problem {
  return {
    code: 'step-failed',
    summary: 'no note of the handler could be left on the host',
    detail:
      'Before a change that notifies, a note is written under /var/lib/vrun (or ~/.local/state/vrun). That failed, so nothing was changed.',
    hint: 'Look at the free space and the permissions there.',
    at,
  };
}
