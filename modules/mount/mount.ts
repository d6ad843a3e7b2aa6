// A file system: its line in the table that is read at boot, and whether it is mounted now, mount(8) and fstab(5).

import { defineModule, OneOf, pathThing, Type, things, treeThing } from '../../engine/module/index.ts';
import { checkPaths, cleanPath, hasControl } from '../../engine/resources/file/path.ts';
import { DIFFERENCES } from './differences.ts';
import { planMount } from './plan.ts';
import { type MountWant, parseMount, pendingMount, probeMount } from './state.ts';

const GOALS = ['mounted', 'present', 'unmounted', 'absent', 'absent_from_fstab', 'remounted', 'ephemeral'] as const;
/** States that write a line or mount something, which takes a source and a type. */
const SOURCED: readonly unknown[] = ['mounted', 'present', 'ephemeral'];

const number = (description: string) =>
  Type.Union([Type.String({ pattern: '^[0-9]$' }), Type.Integer({ minimum: 0, maximum: 9 })], {
    default: '0',
    description,
  });

export default defineModule({
  name: 'mount',
  summary: 'Manage a mounted file system',
  example: `
- name: Data
  mount:
    path: /srv/data
    src: LABEL=data
    fstype: ext4
    opts: noatime,nofail
    state: mounted
`,
  params: Type.Object({
    path: Type.String({ minLength: 1, description: 'Absolute path of the mount point; none for swap space' }),
    src: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'What is mounted: a device, LABEL=x, UUID=x, host:/path, a directory to be bound, or a name such as tmpfs',
      }),
    ),
    fstype: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9._,-]+$',
        description: 'Type of the file system; none for a directory that is bound',
      }),
    ),
    opts: Type.Optional(
      Type.String({ minLength: 1, description: 'Options, with commas between them; defaults when not given' }),
    ),
    state: OneOf(GOALS, {
      description:
        'mounted: in the table and mounted; present: in the table; unmounted: not mounted now; absent: neither, and the empty mount point goes; absent_from_fstab: not in the table; remounted: mounted anew each time; ephemeral: mounted and left out of the table',
    }),
    boot: Type.Boolean({
      default: true,
      description: 'Whether it is mounted at boot: false adds noauto to the options',
    }),
    dump: number('Fifth field, for dump(8)'),
    passno: number('Sixth field: when it is checked at boot, 1 for the root file system, 2 for others, 0 for never'),
    fstab: Type.String({ default: '/etc/fstab', minLength: 1, description: 'Absolute path of the table' }),
    backup: Type.Boolean({ default: false, description: 'Keep the old table beside it, with the time in its name' }),
  }),
  aliases: { name: 'path' },

  results: Type.Object({
    path: Type.String({ description: 'Mount point' }),
    src: Type.String({ description: 'Source, as given' }),
    fstype: Type.String({ description: 'Type, as given' }),
    opts: Type.String({ description: 'Options of the line' }),
    mounted: Type.Boolean({ description: 'Whether something is mounted there' }),
  }),
  manual: {
    reads: 'The table, /proc/self/mountinfo at that point, and where the source leads.',
    changes:
      'The table atomically, then systemd reads it again, then it is mounted, mounted anew or unmounted; when that fails the old table is put back. A mount point is made; one that is empty goes with `absent`.',
    dryRun:
      'Whether the file system can be mounted: whether there is one on the device, whether a server answers. What lies below the path is unknown from then on.',
    needs: 'mount and umount of util-linux; for network file systems their mount.TYPE.',
    tried: 'Debian 12: util-linux 2.38.1, with tmpfs and bound directories.',
  },
  differences: DIFFERENCES,

  checkParams: (params) => {
    const { path, src, fstype, state, opts } = params;
    const lacking = SOURCED.includes(state) ? ['src', 'fstype'].filter((name) => !(name in params)) : [];
    const isSwap = path === 'none' || path === 'swap';
    return [
      ...checkPaths(params, isSwap ? ['fstab'] : ['path', 'fstab']),
      ...[
        ['src', src],
        ['opts', opts],
      ].flatMap(([parameter, text]) =>
        typeof parameter === 'string' && typeof text === 'string' && hasControl(text)
          ? [{ parameter, summary: 'A field of the table is one line', hint: 'Take the line break or tab out.' }]
          : [],
      ),
      ...(typeof opts === 'string' && opts.includes(' ')
        ? [{ parameter: 'opts', summary: 'Options have commas between them', hint: 'Take the spaces out.' }]
        : []),
      ...lacking.map((name) => ({
        parameter: undefined,
        summary: `state ${String(state)} needs ${name}`,
        hint:
          name === 'src'
            ? 'Say what is to be mounted.'
            : 'Say what type of file system it is: ext4, nfs, tmpfs, none …',
      })),
      ...((isSwap || fstype === 'swap') &&
      state !== 'present' &&
      typeof state === 'string' &&
      !state.startsWith('absent')
        ? [
            {
              parameter: 'state',
              summary: 'Swap space is not mounted',
              hint: 'Use `state: present`, and swapon in a command.',
            },
          ]
        : []),
      ...(path === '/' && (state === 'unmounted' || state === 'absent')
        ? [{ parameter: 'state', summary: 'The root file system stays', hint: 'Name another mount point.' }]
        : []),
    ];
  },

  prepare: (params): MountWant => {
    const { src = '', fstype = '', state: goal, backup } = params;
    const path = params.path.startsWith('/') ? cleanPath(params.path) : params.path;
    const opts = params.opts ?? 'defaults';
    const late = params.boot || opts.split(',').includes('noauto') ? opts : `${opts},noauto`;
    const line = { path, src, fstype, opts: late, dump: String(params.dump), passno: String(params.passno) };
    const isKept = goal === 'mounted' || goal === 'present';
    const fstab = { path: cleanPath(params.fstab), whenMissing: isKept ? 'make' : 'absent', backup } as const;
    return { goal, line: goal === 'ephemeral' ? { ...line, opts } : line, options: 'opts' in params, fstab };
  },

  probe: probeMount,
  parse: parseMount,
  pending: pendingMount,
  about: ({ path, fstab }) => [...things('mount', path), ...treeThing(path), ...pathThing(fstab ?? '/etc/fstab')],
  looksAt: ({ src }) => (typeof src === 'string' && !src.startsWith('/') ? [] : pathThing(src)),
  plan: planMount,
});
