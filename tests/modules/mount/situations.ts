import type { Situations } from '../harness/situation.ts';

const scratch = { path: '/srv/scratch', src: 'tmpfs', fstype: 'tmpfs', opts: 'size=1m,nosuid', state: 'mounted' };
const bound = { path: '/srv/bound here', src: '/srv/the source', fstype: 'none', opts: 'bind', state: 'mounted' };

const situations: Situations = [
  {
    name: 'none',
    title: 'a host whose table is empty: sources, types and programs that are there or not',
    given: 'mkdir "/srv/the source" && echo x >/srv/a-file',
    wants: [
      scratch,
      bound,
      { ...bound, state: 'present' },
      { ...bound, src: '/srv/none' },
      { ...scratch, fstype: 'no-such-type' },
      { ...scratch, src: 'lab.test:/x', fstype: 'nfs' },
      { ...scratch, src: 'UUID=0-0', fstype: 'ext4' },
      { ...scratch, path: '/srv/a-file' },
      { ...bound, path: '/srv/a-file', src: '/srv/a-file' },
      { ...scratch, state: 'ephemeral' },
      ...['unmounted', 'absent', 'absent_from_fstab', 'remounted'].map((state) => ({ path: '/srv/scratch', state })),
      { path: 'none', src: '/srv/swap', fstype: 'swap', opts: 'sw', state: 'present' },
    ],
  },
  {
    name: 'mounted',
    title: 'mounted as wanted, otherwise, twice, through a link; lines of every form',
    given: `mkdir -p "/srv/the source" "/srv/bound here" /srv/scratch /srv/twice /srv/real /srv/other && ln -s real /srv/link
cat >/etc/fstab <<'END'
# a table

tmpfs /srv/scratch tmpfs size=1m,nosuid
/srv/the\\040source	/srv/bound\\040here  none bind 0 0   # ours
tmpfs /srv/twice/ tmpfs size=1m 0 0
half a
END
mount /srv/scratch && mount "/srv/bound here" && mount -t tmpfs one /srv/twice && mount --bind /srv/other /srv/twice && mount -t tmpfs x /srv/real`,
    wants: [
      scratch,
      { ...scratch, opts: 'size=2m' },
      { ...scratch, opts: 'size=1m,nosuid,noexec', state: 'ephemeral' },
      bound,
      { ...bound, src: '/srv/other' },
      { ...bound, src: '/srv/other', state: 'ephemeral' },
      { ...scratch, path: '/srv/twice', opts: 'size=1m' },
      { path: '/srv/twice', state: 'unmounted' },
      { path: '/srv/link', state: 'unmounted' },
      ...['absent', 'absent_from_fstab', 'remounted'].map((state) => ({ path: '/srv/scratch', state })),
      { path: '/srv/scratch', state: 'remounted', opts: 'noexec' },
    ],
  },
  {
    name: 'not-root',
    title: 'ops, who may not mount',
    as: 'ops',
    wants: [scratch, { path: '/srv/scratch', state: 'absent' }, { path: '/proc', state: 'unmounted' }],
  },
];

export default situations;
