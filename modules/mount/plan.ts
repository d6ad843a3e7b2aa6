// What would have to change for a file system to be mounted, in the table, or gone: one change, so that the table goes
// back when the mount fails.
import { lines, type Script, sh } from '../../engine/base/script.ts';
import type { Change, Plan, Step } from '../../engine/module/change.ts';
import type { PathEffect } from '../../engine/module/effect.ts';
import type { Failure } from '../../engine/module/failure.ts';
import { planEdited } from '../../engine/resources/text/edited.ts';
import { lineOf, withLine, withoutLine } from './fstab-lines.ts';
import { type MountState, type MountWant, mounts } from './state.ts';

/** Plan of the module mount. */
export function planMount(have: MountState, want: MountWant): Plan {
  const { path, src, fstype, opts } = want.line;
  const result = { path, src, fstype, opts, mounted: have.mounts.length > 0 };
  const table = planTable(have, want);
  if (table.failure) return { changes: [], failure: table.failure, result };
  const [written] = table.changes;
  const acts = actsOf(have, want, written !== undefined);
  if (!written && acts.length === 0) return { changes: [], result, failure: unable(have, want) };
  const failure = unable(have, want) ?? (have.root || acts.length === 0 ? undefined : NOT_ROOT);
  if (failure) return { changes: [], failure, result };
  const words = [written && `${want.fstab.path}: ${written.to ?? 'changed'}`, ...acts.map((act) => act.words)];
  const change: Change = {
    op: opOf(have, want),
    what: path === 'none' ? `swap ${src}` : `mount ${path}`,
    from: acts.find(({ from }) => from !== undefined)?.from,
    to: words.filter((word) => word).join(', '),
    diff: written?.diff,
    steps: [...tableSteps(written, want), ...acts.flatMap(({ steps }) => steps)],
    effects: acts.flatMap((act) => act.effects ?? []),
  };
  return { changes: [change], result };
}

function planTable({ fstab }: MountState, { goal, line, fstab: file }: MountWant): Plan {
  if (goal === 'present' || goal === 'mounted') return planEdited(fstab, file, (text) => withLine(text, line));
  if (goal === 'absent' || goal === 'absent_from_fstab')
    return planEdited(fstab, file, (text) => withoutLine(text, line));
  return { changes: [] };
}

/** The table is written, and systemd makes its units of it again; what fails behind that puts both back. */
function tableSteps(written: Change | undefined, { fstab }: MountWant): readonly Step[] {
  if (!written) return [];
  const reload = sh`if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi`;
  const steps = written.steps.map((step): Step => ('write' in step ? { ...step, restore: true } : step));
  // Reverts run last to first: this one comes after the old table is back.
  return fstab.path === '/etc/fstab' ? [{ run: sh`:`, revert: reload }, ...steps, { run: reload }] : steps;
}

interface Act {
  readonly words: string;
  readonly from?: string | undefined;
  readonly steps: readonly Step[];
  readonly effects?: readonly PathEffect[];
}

function actsOf(have: MountState, want: MountWant, written: boolean): readonly Act[] {
  const top = have.mounts.at(-1);
  const { path } = want.line;
  switch (want.goal) {
    case 'present':
    case 'absent_from_fstab':
      return [];
    case 'unmounted':
      return top ? [unmounting(have, want)] : [];
    case 'absent': {
      if (!top && !written) return [];
      const gone: Act = {
        words: 'mount point gone',
        // What lay below the mount stays: nobody could see it.
        steps: [{ run: sh`rmdir -- ${path} 2>/dev/null || [ -d ${path} ] || [ ! -e ${path} ]` }],
        effects: [{ path, kind: 'anything' }],
      };
      return [...(top ? [unmounting(have, want)] : []), ...(have.point === 'directory' ? [gone] : [])];
    }
    case 'remounted':
      return [{ words: 'remounted', steps: [{ run: remount(want), hint: busy(want) }] }];
    case 'mounted':
    case 'ephemeral':
      break;
  }
  if (!top) return [mounting(have, want)];
  if (!comesFrom(have, want)) return [{ ...unmounting(have, want), words: 'unmounted' }, mounting(have, want)];
  const lacks = flagsLacking(have, want);
  if (!written && lacks.length === 0) return [];
  return [
    {
      words: 'remounted',
      from: `${top.source} without ${lacks.join(', ')}`.replace(/ without $/, ''),
      steps: [{ run: remount(want), hint: busy(want) }],
    },
  ];
}

function mounting(have: MountState, want: MountWant): Act {
  const { path, src, fstype } = want.line;
  const make: readonly Step[] =
    have.point === 'none' ? [{ run: sh`mkdir -p -- ${path}`, revert: sh`rmdir -- ${path} 2>/dev/null || :` }] : [];
  return {
    words: `mounted from ${src} (${fstype})`,
    from: have.mounts.length === 0 ? 'not mounted' : undefined,
    steps: [...make, { run: mountCommand(want), revert: sh`umount -- ${path} 2>/dev/null || :`, hint: TRY }],
    effects: [{ path, kind: 'anything' }],
  };
}

function mountCommand(want: MountWant): Script {
  const { path, src, fstype, opts } = want.line;
  if (want.goal !== 'ephemeral') return sh`mount${table(want)} -- ${path}`;
  const options = opts === 'defaults' ? sh`` : sh` -o ${opts}`;
  return sh`mount -t ${fstype}${options} -- ${src} ${path}`;
}

/** A file system that can't be mounted again as it stands is taken off and mounted again, unless options were given for that alone. */
function remount(want: MountWant): Script {
  const { path, opts } = want.line;
  const extra = want.goal !== 'mounted' && want.options ? `,${opts}` : '';
  const again = sh`mount${want.goal === 'ephemeral' ? sh`` : table(want)} -o ${`remount${extra}`} -- ${path}`;
  return extra === '' ? sh`${again} || { umount -- ${path} && ${mountCommand(want)}; }` : again;
}

function table({ fstab }: MountWant): Script {
  return fstab.path === '/etc/fstab' ? sh`` : sh` -T ${fstab.path}`;
}

function unmounting({ mounts: all }: MountState, want: MountWant): Act {
  const { path } = want.line;
  return {
    words: 'unmounted',
    from: all.at(-1)?.source,
    steps: [{ run: lines(...all.map(() => sh`umount -- ${path} || exit`)), hint: busy(want) }],
    effects: [{ path, kind: 'anything' }],
  };
}

/** Whether what is seen at the path is what the task wants there, as far as that can be told. */
function comesFrom(have: MountState, { line: { src, fstype, opts } }: MountWant): boolean {
  const top = have.mounts.at(-1);
  if (!top) return false;
  const options = opts.split(',');
  if (options.includes('bind') || options.includes('rbind')) return have.sourceId === have.pointId;
  const isType = ['auto', 'none', top.fstype].includes(fstype) || fstype.startsWith('fuse') || fstype.includes(',');
  if (!isType && !(fstype === 'nfs' && top.fstype === 'nfs4')) return false;
  if (options.some((option) => option.startsWith('loop'))) return true;
  const plain = (text: string) => (text.length > 1 ? text.replace(/\/+$/, '') : text);
  const names = [src, have.source ?? src].map(plain);
  const isNamed = names.includes(plain(top.source));
  // Of these the kernel names another device than the one that they lie on.
  return isNamed || have.device === top.device || ['btrfs', 'zfs', 'overlay'].includes(top.fstype);
}

/** What can be seen of the options at the mount itself. */
const FLAGS = ['ro', 'nosuid', 'nodev', 'noexec', 'noatime', 'nodiratime', 'nosymfollow'];

function flagsLacking({ mounts: all }: MountState, { line: { opts } }: MountWant): readonly string[] {
  const shown = all.at(-1)?.opts ?? [];
  return opts.split(',').filter((option) => FLAGS.includes(option) && !shown.includes(option));
}

function opOf(have: MountState, want: MountWant): Change['op'] {
  if (want.goal === 'remounted') return '!';
  if (['absent', 'absent_from_fstab', 'unmounted'].includes(want.goal)) return '-';
  const isThere = lineOf(have.fstab.text, want.line) !== undefined || have.mounts.length > 0;
  return isThere ? '~' : '+';
}

/** What the host can't do, or must not. */
function unable(have: MountState, want: MountWant): Failure | undefined {
  const { path, src, fstype } = want.line;
  const top = have.mounts.at(-1);
  if (want.goal === 'remounted' && !top) {
    return {
      summary: `nothing is mounted at ${path}`,
      detail: 'So it cannot be remounted.',
      hint: 'Use `state: mounted`, with the source and the type.',
    };
  }
  if (want.goal === 'ephemeral' && top && !comesFrom(have, want)) {
    return {
      summary: `something else is mounted at ${path}`,
      detail: `It comes from ${top.source} (${top.fstype}), and not from ${src}.`,
      hint: 'Set `state: unmounted` in an earlier task, or choose another path.',
    };
  }
  if (!mounts(want) || top) return undefined;
  if (!have.known) {
    return {
      summary: `the host can't mount ${fstype}`,
      detail: 'Neither its kernel nor one of its modules has that type of file system, and no program mounts it.',
      hint: 'Look for a slip in `fstype`, or install what brings it in an earlier task.',
    };
  }
  if (have.point === 'file' && !isFile(have, want)) {
    return {
      summary: `${path} is no directory`,
      detail: 'Only a single file that is bound there can be mounted on one.',
      hint: 'Choose another path, or remove the file in an earlier task.',
    };
  }
  return undefined;
}

function isFile(have: MountState, { line: { opts } }: MountWant): boolean {
  return opts.split(',').some((option) => option === 'bind' || option === 'rbind') && have.sourceId !== '';
}

const NOT_ROOT: Failure = {
  summary: 'only root may mount and unmount',
  hint: 'Set `become: true` on the task.',
};
const busy = ({ line: { path } }: MountWant) => `Something may still use it. Who does:\n\n    fuser -vm ${path}`;
const TRY = 'The kernel may know more:\n\n    dmesg | tail';
