// A command that the runbook's author wrote: the resource behind command, shell and script.

import { lastLines } from '../../base/last-lines.ts';
import { lines, type Script, sh } from '../../base/script.ts';
import { withoutEnd } from '../../base/without-end.ts';
import { cutFields } from '../../language/value/truncated.ts';
import type { Output, Plan } from '../../module/change.ts';
import type { Content } from '../../module/content.ts';
import type { Foreseen, TaskTraits } from '../../module/define.ts';
import type { Failure } from '../../module/failure.ts';
import { Missing, type Resource } from '../../module/resource.ts';
import { type Given, pathThing, type Thing, things, treeThing, wordThings } from '../../module/thing.ts';
import { cleanPath } from '../file/path.ts';

/** A command and when it has to run. */
export interface UserCommand {
  /** For people, one line. */
  readonly label: string;
  /** What runs it and ends with its status. */
  readonly run: Script;
  readonly chdir: string | undefined;
  readonly creates: string | undefined;
  readonly removes: string | undefined;
  readonly unless: string | undefined;
  readonly stdin: Content | undefined;
  readonly readOnly: boolean;
  /** What reads or runs it, where the host may lack that: a path, or a name to be sought in PATH. */
  readonly program?: string | undefined;
  /** What it calls: without it the shell says that there is no such command, status 127. */
  readonly calls?: string | undefined;
}

/** Why nothing is to be done, or what a `read_only` command printed. */
export interface CommandState {
  readonly needless: boolean;
  readonly output?: Output;
  /** What it calls isn't there. */
  readonly uncallable?: boolean;
  /** Why pending changes of a dry run may make it otherwise. */
  readonly doubt?: string;
}

/** From the shared parameters. */
export function userCommand(
  label: string,
  run: Script,
  params: {
    readonly chdir?: string | undefined;
    readonly creates?: string | undefined;
    readonly removes?: string | undefined;
    readonly unless?: string | undefined;
    readonly stdin?: Content | undefined;
  },
  traits: TaskTraits,
): UserCommand {
  const { chdir, creates, removes, unless, stdin } = params;
  const first = label.split('\n', 1)[0] ?? '';
  const short = first.length > 100 || first !== label ? `${first.slice(0, 100)} …` : first;
  return { label: short, run, chdir, creates, removes, unless, stdin, readOnly: traits.readOnly };
}

/** What a command may change: what its words and its standard input name, and anything where nothing says what it makes. */
export function commandThings(text: unknown, given: Given): readonly Thing[] {
  const { chdir, creates, removes, stdin } = given;
  const wordsOf = (one: unknown) => (typeof one === 'string' ? wordThings(one, chdir) : []);
  const said = text === undefined || typeof text === 'string' ? wordsOf(text) : things('act', 'any');
  // What tells that it was done tells what it does.
  const isTold = creates !== undefined || removes !== undefined;
  const isOpen = !isTold && said.includes('act:any');
  const named = [...said, ...wordsOf(stdin)].filter((thing) => thing !== 'act:any');
  return [
    ...new Set([
      ...(isOpen ? things('act', 'any') : []),
      ...named,
      ...treeThing(creates, chdir),
      ...treeThing(removes, chdir),
      ...(isOpen ? treeThing(chdir) : []),
    ]),
  ];
}

/** What tells whether a command has to run: what a package or another command may make, too. */
export function guardThings({ creates, removes, unless, chdir }: Given): readonly Thing[] {
  const paths = [...pathThing(creates, chdir), ...pathThing(removes, chdir)];
  // A program is often called as its package is.
  const packages = paths.flatMap((path) => things('package', path.replace(/^.*\//, '')));
  const words = typeof unless === 'string' ? wordThings(unless, chdir) : [];
  return paths.length + words.length === 0 ? [] : [...paths, ...packages, ...words, ...things('act', 'any')];
}

/** Undefined when nothing says whether the command has to run. A `read_only` command is its own probe. */
export function probeCommand(want: UserCommand): Script | undefined {
  const { creates, removes, unless, readOnly, chdir, program, calls } = want;
  const called = readOnly ? undefined : calls;
  const guards = lines(
    creates === undefined ? undefined : sh`p=${creates}; if [ -e "$p" ] || [ -L "$p" ]; then echo needless; exit 0; fi`,
    removes === undefined
      ? undefined
      : sh`p=${removes}; if [ ! -e "$p" ] && [ ! -L "$p" ]; then echo needless; exit 0; fi`,
    unless === undefined
      ? undefined
      : sh`if /bin/sh -c ${unless} >/dev/null 2>&1 </dev/null; then echo needless; exit 0; fi`,
  );
  if (!readOnly && guards.text === '' && (chdir ?? program ?? called) === undefined) return undefined;
  return lines(
    chdir === undefined ? undefined : sh`cd -- ${chdir} 2>/dev/null || { echo nowhere; exit 0; }`,
    guards,
    program === undefined ? undefined : sh`command -v ${program} >/dev/null || { echo lacking; exit 0; }`,
    called === undefined ? undefined : sh`command -v ${called} >/dev/null || { echo uncallable; exit 0; }`,
    readOnly ? sh`echo output; ${want.run}` : sh`echo needed`,
  );
}

/** What a `read_only` command reads on its standard input. */
export function probeInput(want: UserCommand): Content | undefined {
  return want.readOnly ? want.stdin : undefined;
}

/** The first line is ours, the rest is the command's. */
export function parseCommand(out: Output, want: UserCommand): CommandState | Missing<CommandState> {
  const end = out.stdout.indexOf('\n');
  const word = out.stdout.slice(0, Math.max(end, 0));
  switch (word) {
    case 'needless':
      return { needless: true };
    case 'needed':
    case 'uncallable': {
      const needed = word === 'needed' ? { needless: false } : { needless: false, uncallable: true };
      return want.creates === undefined
        ? needed
        : new Missing({
            needs: [`path:${absolute(want.creates, want.chdir)}`],
            fresh: { needless: true },
            without: { state: needed },
          });
    }
    case 'nowhere':
      // Without anything that tells whether it has to run it runs, once the directory is there.
      return new Missing({
        needs: [`path:${want.chdir ?? '/'}`],
        fresh: isGuarded(want) ? undefined : { needless: false },
      });
    case 'lacking':
      return new Missing({
        needs: [programNeeded(want)],
        fresh: want.readOnly ? undefined : { needless: false },
        failure: noProgram(want),
      });
    case 'output':
      return { needless: false, output: { ...out, stdout: out.stdout.slice(end + 1) } };
    default:
      throw new Error(`the probe printed nothing that it should: ${lastLines(out.stderr) || `status ${out.status}`}`);
  }
}

function isGuarded({ creates, removes, unless, readOnly }: UserCommand): boolean {
  return readOnly || [creates, removes, unless].some((guard) => guard !== undefined);
}

function programNeeded({ program = '' }: UserCommand): Resource {
  return program.startsWith('/') ? `path:${program}` : `command:${program}`;
}

function noProgram({ label, program }: UserCommand): Failure {
  return {
    summary: `the host has no ${program} to run ‹${label}› with`,
    detail: 'Its first line, or `executable`, names a program that is not there.',
    hint: 'Install it in an earlier task.',
  };
}

/** Whether it will have to run once the pending changes are made: they may make, or remove, what it looks at. */
export function pendingCommand(
  have: CommandState | Missing<CommandState>,
  want: UserCommand,
  foreseen: Foreseen,
): CommandState | Missing<CommandState> {
  if (have instanceof Missing && have.without === undefined) return have;
  if (want.readOnly) return have;
  const left = (path: string | undefined) => path && foreseen.at(absolute(path, want.chdir))?.kind;
  const creates = left(want.creates);
  const removes = left(want.removes);
  if (removes === 'nothing' || (creates !== undefined && creates !== 'nothing' && creates !== 'anything')) {
    return { needless: true };
  }
  if (want.unless !== undefined) {
    return { needless: true, doubt: 'what `unless` looks at may be otherwise once the pending changes are made' };
  }
  if (creates === undefined && removes === undefined) return have;
  const both = want.creates !== undefined && want.removes !== undefined;
  if (both || removes === 'anything') {
    return { needless: true, doubt: 'a pending change makes or removes what it looks at' };
  }
  return creates === 'anything' ? have : { needless: false };
}

/** One act, unless it is needless or was the probe itself. */
export function planCommand(have: CommandState | undefined, want: UserCommand): Plan {
  if (have?.doubt) return { changes: [], doubt: have.doubt };
  if (have?.needless) return { changes: [] };
  if (have?.output) return { changes: [], ...verdict(want, have.output) };
  const run = lines(want.chdir === undefined ? undefined : sh`cd -- ${want.chdir} || exit`, want.run);
  return {
    changes: [
      {
        op: '!',
        what: `run ${want.label}`,
        steps: [{ run, accept: 'any', ...(want.stdin ? { stdin: want.stdin } : {}) }],
        // What tells that it was done will tell so afterwards.
        effects: [
          ...(want.creates === undefined ? [] : [{ makes: `path:${absolute(want.creates, want.chdir)}` } as const]),
          ...(want.removes === undefined
            ? []
            : [{ path: absolute(want.removes, want.chdir), kind: 'nothing' } as const]),
        ],
      },
    ],
    after: ([output]) => (output ? verdict(want, output) : {}),
    ...(have?.uncallable ? { foretold: uncallable(want) } : {}),
  };
}

function absolute(path: string, chdir = '/'): string {
  return cleanPath(path.startsWith('/') ? path : `${chdir}/${path}`);
}

/** Trailing line breaks are taken off, as Ansible does, so that `result.stdout == "x"` holds. */
function verdict(want: UserCommand, output: Output): Pick<Plan, 'failure' | 'result'> {
  const stdout = withoutEnd(output.stdout, '\r\n');
  const stderr = withoutEnd(output.stderr, '\r\n');
  const result = {
    rc: output.status,
    stdout,
    stderr,
    stdout_lines: stdout === '' ? [] : stdout.split(/\r?\n/),
    stderr_lines: stderr === '' ? [] : stderr.split(/\r?\n/),
    ...cutFields(output.cut),
  };
  if (output.status === 0 && !output.timedOut) return { result };
  return { result, failure: failed(want, output) };
}

/** What a shell comes to that finds no such command: POSIX, 2.8.2. */
function uncallable({ label, calls = '' }: UserCommand): Pick<Plan, 'failure' | 'result'> {
  const failure = { summary: `‹${label}› failed`, detail: `The host has no ${calls}.`, hint: HINTS[127] };
  return { failure, result: { rc: 127, stdout: '', stderr: '', stdout_lines: [], stderr_lines: [] } };
}

function failed(want: UserCommand, { status, stderr, stdout, timedOut }: Output): Failure {
  const said = lastLines(stderr) || lastLines(stdout);
  const how = timedOut ? 'It took too long and was stopped' : `It ended with status ${status}`;
  return {
    summary: `‹${want.label}› failed`,
    detail: said === '' ? `${how} and printed nothing.` : `${how}:\n${said}`,
    hint: HINTS[status],
  };
}

const HINTS: Readonly<Record<number, string>> = {
  126: 'The file is there but may not be executed.',
  127: 'There is no such command on the host: install it, or give its full path.',
};
