// Disks that are full or can't be written to: where the record lies, and on the host.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLACE } from './runbook.ts';
import type { Moment, Scene, Trial } from './scene.ts';
import type { Fault } from './table.ts';

const nothing = () => undefined;

/** Runs a program of this machine. @throws when it fails */
function run(file: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(file, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${stderr}`);
}

const recordOf = ({ project }: Scene) => join(project.directory, '.vrun');

/** Puts the record of the scene on a disk of its own. */
function ownDisk(scene: Scene, options = 'size=16m'): string {
  const record = recordOf(scene);
  mkdirSync(record, { mode: 0o700 });
  run('mount', '-t', 'tmpfs', '-o', `mode=0700,${options}`, 'faults', record);
  scene.undo(() => run('umount', '--lazy', record));
  return record;
}

function fillSpace(record: string): void {
  spawnSync('dd', ['if=/dev/zero', `of=${join(record, 'filler')}`, 'bs=4096']); // ends when nothing fits any more
}

function fillInodes(record: string): void {
  mkdirSync(join(record, 'filler'));
  try {
    for (let n = 0; ; n += 1) writeFileSync(join(record, 'filler', String(n)), '');
  } catch {
    // no inode is left
  }
}

function emptied(scene: Scene): void {
  rmSync(join(recordOf(scene), 'filler'), { recursive: true, force: true });
}

/** From now on nothing can be made in a directory of the record. */
function readOnly(scene: Scene, directory: string): void {
  run('mount', '--bind', directory, directory);
  run('mount', '-o', 'remount,bind,ro', directory);
  scene.undo(() => run('umount', '--lazy', directory));
}

const newestRun = (record: string) => join(record, 'runs', readdirSync(join(record, 'runs')).sort().at(-1) ?? '');

interface Record extends Pick<Trial, 'given' | 'act' | 'mend' | 'unsealed'> {
  readonly title: string;
  readonly moment: Moment;
  readonly absent: readonly string[];
  readonly status?: number;
  readonly says: RegExp;
  readonly long?: true;
}

const BEFORE = { moment: 'start', act: nothing, status: 1, absent: ['settings.new', 'log', 'large'] } as const;
const UNWRITABLE = /The record can't be written/;
const INCOMPLETE = /The record of this run is incomplete/;

/** On the machine that vrun runs on. */
const RECORDS: readonly Record[] = [
  {
    title: 'is full',
    ...BEFORE,
    given: (scene) => fillSpace(ownDisk(scene)),
    mend: emptied,
    says: UNWRITABLE,
  },
  {
    title: 'is nearly full',
    ...BEFORE,
    given: (scene) => void ownDisk(scene, 'size=2m'),
    mend: (scene) => run('mount', '-o', 'remount,size=16m', recordOf(scene)),
    says: /wants 4 MiB/,
  },
  {
    title: 'has no inodes left',
    ...BEFORE,
    given: (scene) => fillInodes(ownDisk(scene, 'size=16m,nr_inodes=200')),
    mend: emptied,
    says: UNWRITABLE,
  },
  {
    title: 'is read-only',
    ...BEFORE,
    given: (scene) => void ownDisk(scene, 'ro'),
    mend: (scene) => run('mount', '-o', 'remount,rw,size=16m', recordOf(scene)),
    says: /read-only/,
  },
  {
    title: 'is a file',
    ...BEFORE,
    given: (scene) => writeFileSync(recordOf(scene), ''),
    mend: (scene) => rmSync(recordOf(scene)),
    says: UNWRITABLE,
  },
  {
    title: 'is full before the first change',
    moment: { rings: 'reading' },
    given: (scene) => void ownDisk(scene),
    act: (_run, scene) => fillSpace(recordOf(scene)),
    mend: emptied,
    absent: ['log', 'done', 'large', 'last'],
    says: INCOMPLETE,
  },
  {
    title: 'is full while a command acts',
    moment: { rings: 'acting' },
    given: (scene) => void ownDisk(scene),
    act: (_run, scene) => fillSpace(recordOf(scene)),
    mend: emptied,
    absent: [], // the journal's last page may have room for a few lines more
    says: INCOMPLETE,
  },
  {
    title: 'is full in a handler',
    moment: { rings: 'handling' },
    given: (scene) => void ownDisk(scene),
    act: (_run, scene) => fillSpace(recordOf(scene)),
    mend: emptied,
    absent: [],
    says: INCOMPLETE,
    long: true,
  },
  {
    title: 'loses its last inodes while a command acts',
    moment: { rings: 'acting' },
    given: (scene) => void ownDisk(scene, 'size=16m,nr_inodes=200'),
    act: (_run, scene) => fillInodes(recordOf(scene)),
    mend: emptied,
    absent: [],
    says: INCOMPLETE,
  },
  {
    title: 'takes no further entry while a command acts',
    moment: { rings: 'acting' },
    act: (_run, scene) => readOnly(scene, join(recordOf(scene), 'log')),
    mend: (scene) => scene.cleanUp(),
    absent: [],
    says: INCOMPLETE,
    long: true,
  },
  {
    title: 'takes no report',
    moment: { rings: 'acting' },
    act: (_run, scene) => readOnly(scene, newestRun(recordOf(scene))),
    mend: (scene) => scene.cleanUp(),
    absent: [],
    says: INCOMPLETE,
    long: true,
  },
  {
    title: 'is removed while a command acts',
    moment: { rings: 'acting' },
    act: (_run, scene) => rmSync(recordOf(scene), { recursive: true }),
    unsealed: 'gone',
    absent: [],
    says: INCOMPLETE,
    long: true,
  },
];

interface HostDisk extends Pick<Trial, 'absent' | 'says' | 'mend'> {
  readonly title: string;
  /** As root on the host. */
  readonly given: string;
  /** Makes room again. */
  readonly after: string;
}

/** On the host. */
const HOST_DISKS: readonly HostDisk[] = [
  {
    title: 'is full where a large file goes',
    given: `mount -t tmpfs -o size=1m faults ${PLACE}; echo old >${PLACE}/settings`,
    after: `mount -o remount,size=16m ${PLACE}`,
    absent: ['large', 'last'],
    says: /there is no room for/,
  },
  {
    title: 'has no inodes left',
    given: `mount -t tmpfs -o size=1m,nr_inodes=3 faults ${PLACE}; echo old >${PLACE}/settings; touch ${PLACE}/filler`,
    after: `mount -o remount,nr_inodes=1000,size=16m ${PLACE}; rm ${PLACE}/filler`,
    absent: ['large', 'last', 'log'],
    says: /No space left on device/,
  },
  {
    title: 'is read-only',
    given: `mount -t tmpfs -o size=16m faults ${PLACE}; echo old >${PLACE}/settings; mount -o remount,ro ${PLACE}`,
    after: `mount -o remount,rw ${PLACE}`,
    absent: ['large', 'last', 'log'],
    says: /its file system is read-only/,
  },
  {
    title: 'takes no note of a handler',
    given: 'mkdir -p /var/lib/vrun; mount -t tmpfs -o ro faults /var/lib/vrun',
    after: 'umount /var/lib/vrun',
    absent: ['large', 'last', 'log'],
    says: /no note of the handler could be left/,
  },
];

export const DISKS: readonly Fault[] = [
  ...RECORDS.map(
    ({ title, status = 2, long, ...trial }): Fault => ({
      group: 'disks',
      title: `the disk of the record ${title}`,
      bounded: long !== true,
      status,
      trials: [{ within: 20, unsealed: 'broken' as const, ...trial }],
    }),
  ),
  ...HOST_DISKS.map(
    ({ title, given, after, ...trial }): Fault => ({
      group: 'disks',
      title: `the host's disk ${title}`,
      bounded: true,
      status: 2,
      trials: [
        {
          ...trial,
          within: 20,
          moment: 'start',
          act: nothing,
          given: async (scene) => {
            await scene.root(given);
            scene.undo(() => scene.root(`umount ${PLACE} /var/lib/vrun 2>/dev/null || :`));
          },
          mend: async (scene) => {
            await scene.root(after);
          },
        },
      ],
    }),
  ),
];
