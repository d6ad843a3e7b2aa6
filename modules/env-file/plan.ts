// A file of NAME=value lines: what has to change, a line for each name, and what can't be.
import { sh } from '../../engine/base/script.ts';
import { type Change, type Plan, type Step, withEffects } from '../../engine/module/change.ts';
import type { Effect } from '../../engine/module/effect.ts';
import type { Failure } from '../../engine/module/failure.ts';
import { NEW_FILE, octal, resolveMode } from '../../engine/module/mode.ts';
import type { Resource } from '../../engine/module/resource.ts';
import { allOf, attributeChange, describeAttributes, unreadable } from '../../engine/resources/file/attributes.ts';
import { inTheWay, noDirectory } from '../../engine/resources/file/managed.ts';
import { refusal } from '../../engine/resources/file/refusal.ts';
import { replaceFile } from '../../engine/resources/file/replace.ts';
import { envEdit } from './scripts.ts';
import type { EnvState, Trouble } from './state.ts';
import { type EnvWant, eitherOf, envInput, namesOf, onlyRemoves, shownKey, unfit } from './want.ts';

/** The plan of env-file. All edits are one step, made atomically; the names' changes only say what it does. */
export function planEnv(have: EnvState, want: EnvWant): Plan {
  const { path } = want;
  const { entry, blocker } = have.file;
  if (want.state === 'absent') {
    if (entry === undefined) return { changes: [] };
    if (entry.kind !== 'file') return { changes: [], failure: obstacle(have, path) };
    const held = refusal(have.file, want, true);
    if (held) return { changes: [], failure: held };
    const effects = [{ path, kind: 'nothing' }] as const;
    return { changes: [{ op: '-', what: `file ${path}`, steps: [{ run: sh`rm -f -- ${path}` }], effects }] };
  }
  const idle = entry === undefined && onlyRemoves(want);
  if (!idle && entry === undefined && blocker !== undefined)
    return { changes: [], failure: noDirectory(blocker, path) };
  if (entry !== undefined && entry.kind !== 'file') return { changes: [], failure: obstacle(have, path) };
  const failure = impossible(have, want);
  if (failure) return { changes: [], failure };
  const replaced = Object.keys(want.values).filter((name) => have.values[name] === 'differs');
  const result = { path, replaced };
  if (idle) return { changes: [], result };
  const edits = editsOf(have, want);
  const mode = want.mode === undefined ? undefined : octal(resolveMode(want.mode, entry?.mode ?? NEW_FILE, false));
  const attributes = entry && attributeChange(path, entry, want);
  const held =
    edits.length > 0 || attributes || !entry ? refusal(have.file, want, edits.length > 0 || !entry) : undefined;
  if (held) return { changes: [], failure: held };
  const edit: Step = { run: replaceFile(envEdit(want), { ...want, mode }), stdin: envInput(want), writes: path };
  // Also where the file is there: a later task on it can't tell beforehand what it will find.
  const resource: Resource = `path:${path}`;
  const effects: readonly Effect[] = [{ makes: resource }];
  const file: Change[] = [];
  if (entry === undefined) {
    const to = describeAttributes(want, NEW_FILE, false);
    file.push({ op: '+', what: `file ${path}`, to, steps: [edit], effects });
  } else if (attributes) {
    const { from, to, scripts } = attributes;
    const steps = edits.length > 0 ? [edit] : [{ run: allOf(scripts) }];
    file.push({ op: '~', what: `file ${path}`, from, to, steps, effects });
  }
  // The step goes with the first change, whichever that is.
  const [first, ...rest] = edits;
  const named = file.length > 0 || first === undefined ? edits : [{ ...first, steps: [edit], effects }, ...rest];
  const as = Object.fromEntries(namesOf(want).map((name) => [name, 'edited']));
  const changes = [...file, ...named].map((change) => withEffects(change, [{ settles: resource, as }]));
  return { changes, result };
}

function editsOf(have: EnvState, want: EnvWant): readonly Change[] {
  const what = (name: string) => `${name} in ${want.path}`;
  const values = Object.entries(want.values).flatMap(([name, value]): Change[] => {
    const state = have.values[name];
    if (state === 'same') return [];
    const to = value.secret ? 'new value (secret)' : 'new value';
    return [{ op: state === 'missing' ? '+' : '~', what: what(name), to, value: value.text(), steps: [] }];
  });
  const made = Object.keys(want.generate).flatMap((name): Change[] => {
    const state = have.generate[name];
    if (state === 'set') return [];
    if (state === 'export') {
      const to = 'the same value, where systemd reads it too';
      return [{ op: '~', what: what(name), to, steps: [] }];
    }
    const op = state === 'missing' ? '+' : '~';
    const from = state === 'missing' ? undefined : state;
    return [{ op, what: what(name), from, to: 'generated on the host', steps: [] }];
  });
  const gone = have.remove.map((name): Change => ({ op: '-', what: what(name), steps: [] }));
  return [...values, ...made, ...gone];
}

function impossible(have: EnvState, want: EnvWant): Failure | undefined {
  const { path, generate, perHost, hosts } = want;
  if (have.trouble) return troubled(have.trouble, path);
  const controls = unfit(want.values);
  if (controls.length > 0) {
    return {
      summary: `the value of ${controls.join(', ')} holds a line break or another control character`,
      detail: 'A value is one line: systemd and a shell would not read it alike.',
      hint: 'Encode it (base64), or put it into a file of its own and its path here.',
    };
  }
  const made = Object.keys(generate).filter((name) => isMade(have.generate[name]));
  if (made.length > 0 && hosts > 1 && !perHost) {
    return {
      summary: `${made.join(', ')}: ${hosts} hosts would each make their own`,
      detail: 'A secret that is made on a host never leaves it, so the hosts would not share it.',
      hint: 'Where each may have its own, say `per_host: true`. One that they share is written as !secret in a variables file and set with `values`.',
    };
  }
  return unmet(have, want);
}

const isMade = (state: string | undefined) => state !== 'set' && state !== 'export';

/** Whatever isn't as required, all at once, and never with a value. */
function unmet(have: EnvState, want: EnvWant): Failure | undefined {
  const begun = Object.entries(want.optional).filter(([, group]) =>
    Object.keys(group).some((name) => !VALUELESS.has(stateOf(have, name))),
  );
  const faults = [
    ...faultsOf(have, want.required, ''),
    ...begun.flatMap(([title, group]) =>
      faultsOf(have, group, `, and of ${title} all are wanted or none: ${Object.keys(group).map(shownKey).join(', ')}`),
    ),
  ];
  if (faults.length === 0) return undefined;
  const made = faults.filter(({ name }) => name in want.generate && isMade(have.generate[name]));
  return {
    summary: `${want.path}: ${faults.map(({ name }) => name).join(', ')} not as required`,
    detail: faults
      .map(({ name, text }) => `  ${name} ${made.some((one) => one.name === name) ? 'would be made, and ' : ''}${text}`)
      .join('\n'),
    hint: 'Set what is missing with `values` or let the host make it with `generate`. A value that is there is never replaced unasked.',
  };
}

/** What a variable of a group that nobody uses looks like. */
const VALUELESS: ReadonlySet<string> = new Set(['missing', 'empty', 'placeholder']);

function faultsOf(have: EnvState, patterns: EnvWant['required'], why: string) {
  return Object.entries(patterns).flatMap(([name, pattern]) => {
    const state = stateOf(have, name);
    if (state === 'valid') return [];
    return [{ name: shownKey(name), text: `${words(state, pattern)}${VALUELESS.has(state) ? why : ''}` }];
  });
}

/** Of several names for one thing: what is wrong with those that have a value, else that one is well, else that none has any. */
function stateOf(have: EnvState, key: string): EnvState['required'][string] {
  const states = eitherOf(key).map((name) => {
    const state = have.required[name];
    if (state === undefined) throw new Error(`the probe of the file says nothing about ${name}`);
    return state;
  });
  const given = states.filter((state) => !VALUELESS.has(state));
  return given.find((state) => state !== 'valid') ?? given[0] ?? states[0] ?? 'missing';
}

function words(state: Exclude<EnvState['required'][string], 'valid'>, pattern: string): string {
  switch (state) {
    case 'missing':
      return 'is missing';
    case 'empty':
      return 'is empty';
    case 'placeholder':
      return 'still is a placeholder';
    case 'lines':
      return 'spans several lines';
    case 'unmatched':
      return `does not match ${pattern}`;
    case 'broken':
      return `cannot be tested: grep does not understand ${pattern}`;
  }
}

function obstacle(have: EnvState, path: string): Failure {
  const { entry } = have.file;
  if (entry === undefined || entry.kind === 'hidden') return unreadable(path);
  return inTheWay(path, entry);
}

function troubled({ kind, line, name }: Trouble, path: string): Failure {
  const edit = { hint: `Look at ${path} with an editor.` };
  switch (kind) {
    case 'unreadable':
      return unreadable(path);
    case 'large':
      return { summary: `${path} is too large for a file of settings`, detail: 'It has more than 256 KiB.' };
    case 'binary':
      return { summary: `${path} is no text`, detail: 'It holds a NUL byte.', ...edit };
    case 'open':
      return {
        summary: `${path}, line ${line}: a quote or a backslash is never closed`,
        detail: 'What follows is part of that value, to its end: a line added there would not be read.',
        ...edit,
      };
    case 'return':
      return {
        summary: `${path}, line ${line}: a carriage return in the middle`,
        detail: 'systemd begins a new line there, and a shell does not.',
        ...edit,
      };
    case 'doubt':
      return {
        summary: `${path}, line ${line}: ${name} can be read in two ways`,
        detail: 'systemd and a shell, or two versions of systemd, do not read that line alike.',
        hint: `Write ${name}=value on a line of its own, below no comment that ends in a backslash.`,
      };
  }
}
