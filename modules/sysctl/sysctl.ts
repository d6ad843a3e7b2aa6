// A kernel setting, sysctl(8): its running value under /proc/sys, and its line in a file that is read at boot.

import {
  type Change,
  defineModule,
  type Failure,
  lines,
  Missing,
  pathThing,
  presence,
  type Step,
  sh,
  stateIfThere,
  Type,
  things,
} from '../../engine/module/index.ts';
import { readSections } from '../../engine/module/sections.ts';
import {
  type EditedFile,
  type EditedState,
  parseEdited,
  pendingEdited,
  planEdited,
  probeEdited,
} from '../../engine/resources/text/edited.ts';
import { DIFFERENCES } from './differences.ts';
import { editSysctl, sysctlPath, sysctlWords } from './lines.ts';

/** systemd-sysctl reads the files of /etc/sysctl.d by name, so that ours has the last word. */
const FILE: EditedFile = { path: '/etc/sysctl.d/99-vrun.conf', whenMissing: 'make' };

interface Setting {
  /** The running value, words apart by one space; undefined where there is no such setting. */
  readonly value: string | undefined;
  readonly access: 'writable' | 'read-only' | 'none';
  /** The file at boot; undefined when the task leaves it alone. */
  readonly file: EditedState | undefined;
}

export default defineModule({
  name: 'sysctl',
  summary: 'Manage a kernel setting',
  example: `
- name: Packets are forwarded
  sysctl: { name: net.ipv4.ip_forward, value: 1 }
`,
  params: Type.Object({
    name: Type.String({
      pattern: '^[A-Za-z0-9_][A-Za-z0-9_-]*([./][A-Za-z0-9_:@-]+)+$',
      description: 'Name as sysctl takes it: net.ipv4.ip_forward',
    }),
    value: Type.Optional(
      Type.Union([Type.String({ minLength: 1 }), Type.Integer()], { description: 'Its value, words apart by spaces' }),
    ),
    ...presence,
    persist: Type.Boolean({
      default: true,
      description: 'Keep it in /etc/sysctl.d/99-vrun.conf too, so that it holds after a reboot',
    }),
  }),
  aliases: { key: 'name', val: 'value' },
  results: Type.Object({
    name: Type.String({ description: 'The setting' }),
    value: Type.Union([Type.String(), Type.Null()], {
      description: 'Its wanted value, or the one that it has; null where there is no such setting',
    }),
  }),
  manual: {
    reads: 'The running value under /proc/sys, and /etc/sysctl.d/99-vrun.conf.',
    changes:
      'The running value, which is put back if the file can’t be written; one line of the file, written atomically. With `state: absent` the line goes and the running value stays until the next boot.',
    dryRun: 'Everything but values that the kernel refuses for reasons of its own.',
    needs: 'A Linux kernel that shows its settings in /proc/sys.',
    tried: 'Debian 12: systemd 252; Linux 6.18.',
  },
  differences: DIFFERENCES,
  checkParams: ({ value, state, ...params }) => [
    ...('value' in params || value !== undefined || (state !== undefined && state !== 'present')
      ? []
      : [{ parameter: undefined, summary: 'sysctl needs a value', hint: 'Say with value what it shall be.' }]),
    ...(typeof value === 'string' && (/[\r\n]/.test(value) || value.trim() === '')
      ? [{ parameter: 'value', summary: 'The value must be one line', hint: 'Write its words on one line.' }]
      : []),
  ],

  prepare: ({ name, value, state, persist }) => ({
    name,
    path: sysctlPath(name),
    value: state === 'present' ? sysctlWords(`${value ?? ''}`) : undefined,
    persist,
  }),

  // A name that is a directory is no setting. What it holds may be any text, hence base64.
  probeMany: (wants) =>
    lines(
      sh`setting() { if [ ! -f "$1" ]; then echo '=none'; return; fi; if [ -w "$1" ]; then echo '=writable'; else echo '=read-only'; fi; head -c 4096 "$1" | base64; }`,
      // BusyBox takes a file for writable that lies on a file system which is not.
      sh`printf '@procs\n'; grep ' /proc' /proc/self/mounts`,
      sh`printf '@settings\n'`,
      ...wants.map(({ path }) => sh`setting ${path}`),
      probeEdited(FILE),
    ),
  parseMany: (out, wants) => {
    const blocks: string[][] = [];
    const sections = readSections(out.stdout);
    const mounts = sections.get('procs') ?? [];
    for (const row of sections.get('settings') ?? []) {
      if (row.startsWith('=')) blocks.push([row.slice(1)]);
      else blocks.at(-1)?.push(row);
    }
    if (blocks.length !== wants.length) throw new Error('the probe of settings told of too few');
    const file = parseEdited(out, FILE);
    return wants.map(({ persist, path }, index) => {
      const setting = settingOf(blocks[index] ?? []);
      const shut = setting.access === 'writable' && onReadOnly(path, mounts);
      return withFile(shut ? { ...setting, access: 'read-only' } : setting, persist ? file : undefined);
    });
  },

  pending: (have, _want, foreseen) => {
    const known = stateIfThere(have);
    if (!known?.file) return have;
    const file = have instanceof Missing ? new Missing({ needs: have.needs, fresh: known.file }) : known.file;
    return withFile(known, pendingEdited(file, FILE, foreseen));
  },

  independent: true,
  about: ({ name }) => things('setting', name),
  looksAt: () => [...pathThing(FILE.path), ...things('word', 'sysctl')],
  plan: (have: Setting, { name, path, value, persist }) => {
    const what = `sysctl ${name}`;
    const keeps = value !== undefined || have.file?.entry !== undefined;
    const kept =
      have.file && persist && keeps ? planEdited(have.file, FILE, (text) => editSysctl(text, name, value)) : undefined;
    const steps: Step[] = [];
    if (value !== undefined && have.value !== value) {
      const failure = unsettable(name, have) ?? otherKind(name, have.value ?? '', value);
      if (failure) return { changes: [], failure };
      steps.push({ run: write(path, value), revert: write(path, have.value ?? '') });
    }
    if (kept?.failure) return { changes: [], failure: kept.failure };
    const [line] = kept?.changes ?? [];
    const result = { name, value: value ?? have.value ?? null };
    if (steps.length === 0 && !line) return { changes: [], result };
    const change: Change = {
      op: value === undefined ? '-' : '~',
      what: steps.length === 0 ? `${what} in ${FILE.path}` : what,
      ...(steps.length === 0 ? { from: undefined, to: line?.to } : { from: have.value, to: value }),
      diff: line?.diff,
      steps: [...steps, ...(line?.steps ?? [])],
    };
    return { changes: [change], result };
  },
});

/** A value that the kernel refuses is told by the shell's own words. */
function write(path: string, value: string) {
  return sh`printf '%s\n' ${value} >${path}`;
}

/** Missing what the file lacks. */
function withFile(setting: Setting, file: EditedState | Missing<EditedState> | undefined): Setting | Missing<Setting> {
  if (!(file instanceof Missing)) return { ...setting, file };
  return new Missing<Setting>({ needs: file.needs, fresh: { ...setting, file: file.fresh } });
}

function settingOf([access = '', ...rows]: readonly string[]): Setting {
  if (access !== 'none' && access !== 'writable' && access !== 'read-only')
    throw new Error(`the probe of settings printed ${access}`);
  const text = Buffer.from(rows.join(''), 'base64').toString('utf8');
  return { access, value: access === 'none' ? undefined : sysctlWords(text), file: undefined };
}

/** Whether the innermost mount that the path lies on is read-only: rows of /proc/self/mounts, proc(5). */
function onReadOnly(path: string, mounts: readonly string[]): boolean {
  const above = mounts.map((row) => row.split(' ')).filter(([, point]) => path.startsWith(`${point}/`));
  const longest = Math.max(0, ...above.map(([, point = '']) => point.length));
  const [, , , options = ''] = above.findLast(([, point]) => point?.length === longest) ?? [];
  return options.split(',').includes('ro');
}

/** Where the kernel keeps numbers it takes as many, and shows them in decimal: anything else it refuses or never shows again. */
function otherKind(name: string, value: string, wanted: string): Failure | undefined {
  const words = value.split(' ');
  const given = wanted.split(' ');
  if (!words.every((word) => DECIMAL.test(word))) return undefined;
  const count = words.length === 1 ? 'a number' : `${words.length} numbers`;
  if (given.length === words.length && given.every((word) => DECIMAL.test(word) && BigInt(word) < 2n ** 64n)) {
    return undefined;
  }
  return {
    summary: `the setting ${name} takes ${count}`,
    detail: `It is ${value} now, and the kernel would refuse ${wanted}, or make something else of it.`,
    hint: 'Write numbers in decimal, without leading zeros; 1 and 0 for yes and no (quoted, YAML keeps yes as a word).',
  };
}

const DECIMAL = /^(0|-?[1-9]\d*)$/;

function unsettable(name: string, { access }: Setting): Failure | undefined {
  if (access === 'none') {
    return {
      summary: `the host has no setting ${name}`,
      detail: `There is no such file under /proc/sys: the name is another one, or what it belongs to isn't loaded.`,
      hint: 'A kernel module can be loaded in an earlier task.',
    };
  }
  if (access === 'read-only') {
    return {
      summary: `the setting ${name} cannot be changed here`,
      detail:
        'It is read-only: the task does not run as root, or the host is a container that shares its kernel with others.',
      hint: 'Set `become: true`, or set it on the machine that the container runs on.',
    };
  }
  return undefined;
}
