import { laws } from '../../law/law.ts';

const FSTAB = `printf '%s\\n' '# mine' 'proc /proc proc defaults 0 0' >/etc/fstab`;
const LINES = 'cat /etc/fstab';
const SHOWN = (path: string, more = 'FSTYPE') => `findmnt -n -o ${more} --mountpoint ${path}`;
const HEAD = '# mine\nproc /proc proc defaults 0 0\n';

laws('mount', [
  {
    title: 'a file system in memory, its line and its directory',
    tasks: `
- name: Scratch
  mount: { path: /srv/scratch/here, src: tmpfs, fstype: tmpfs, opts: "size=1m,nosuid,mode=0750", state: mounted }
`,
    situations: [
      { title: 'from absent', given: FSTAB, changed: ['Scratch'] },
      { title: 'from unmounted', given: 'umount /srv/scratch/here', changed: ['Scratch'] },
      {
        title: 'from another size',
        given: `sed -i s/size=1m/size=2m/ /etc/fstab; mount -o remount,size=2m /srv/scratch/here`,
        changed: ['Scratch'],
      },
      { title: 'from a lost option', given: 'mount -o remount,suid /srv/scratch/here', changed: ['Scratch'] },
      {
        title: 'from a line without its last fields, and a line break at the end',
        given: `umount /srv/scratch/here; printf '# mine\\nproc /proc proc defaults 0 0\\ntmpfs /srv/scratch/here tmpfs size=9m' >/etc/fstab`,
        changed: ['Scratch'],
      },
      {
        title: 'from something else that is mounted there',
        given: 'umount /srv/scratch/here; mkdir -p /srv/other; mount --bind /srv/other /srv/scratch/here',
        changed: ['Scratch'],
      },
    ],
    observe: `${LINES}; ${SHOWN('/srv/scratch/here', 'FSTYPE,SIZE,OPTIONS')} | grep -o 'tmpfs *1M\\|nosuid' | tr -s ' '; stat -c %a /srv/scratch/here`,
    observed: `${HEAD}tmpfs /srv/scratch/here tmpfs size=1m,nosuid,mode=0750 0 0\ntmpfs 1M\nnosuid\n750\n`,
  },
  {
    title: 'a directory that is bound read-only, with a space in its name, and the old table kept',
    tasks: `
- name: Bound
  mount: { path: "/srv/bound here", src: "/srv/the source", fstype: none, opts: "bind,ro", state: mounted, backup: true }
`,
    situations: [
      { title: 'from absent', given: 'mkdir "/srv/the source"; touch "/srv/the source/x"', changed: ['Bound'] },
      { title: 'from writable', given: 'mount -o remount,bind,rw "/srv/bound here"', changed: ['Bound'] },
      {
        title: 'from another directory',
        given: 'umount "/srv/bound here"; mount --bind /srv/other "/srv/bound here"',
        changed: ['Bound'],
      },
    ],
    observe: `tail -n 1 /etc/fstab; ls "/srv/bound here"; ${SHOWN('"/srv/bound here"', 'OPTIONS')} | grep -o "^ro"; ls /etc | grep -c "^fstab.*~$"`,
    observed: '/srv/the\\040source /srv/bound\\040here none bind,ro 0 0\nx\nro\n1\n',
  },
  {
    title: 'in the table alone, not at boot; swap space',
    tasks: `
- name: Late
  mount: { path: /srv/late, src: tmpfs, fstype: tmpfs, boot: false, state: present }
- name: Swap
  mount: { path: none, src: /srv/swap, fstype: swap, opts: sw, state: present }
`,
    situations: [
      { title: 'from absent', changed: ['Late', 'Swap'] },
      {
        title: 'from changed',
        given: `sed -i 's/,noauto//; s/ sw 0/ sw,pri=1 0/' /etc/fstab`,
        changed: ['Late', 'Swap'],
      },
    ],
    observe: 'tail -n 2 /etc/fstab; ls -d /srv/late 2>/dev/null',
    observed: 'tmpfs /srv/late tmpfs defaults,noauto 0 0\n/srv/swap none swap sw 0 0\n',
  },
  {
    title: 'unmounted, its line left',
    tasks: '- name: Off\n  mount: { path: /srv/scratch/here, state: unmounted }',
    situations: [
      { title: 'from mounted', changed: ['Off'] },
      {
        title: 'from mounted twice',
        given: 'mount /srv/scratch/here; mount -t tmpfs x /srv/scratch/here',
        changed: ['Off'],
      },
    ],
    observe: `grep -c scratch /etc/fstab; ${SHOWN('/srv/scratch/here')}; ls -d /srv/scratch/here`,
    observed: '1\n/srv/scratch/here\n',
  },
  {
    title: 'mounted without a line, as it stands',
    tasks: '- name: Now\n  mount: { path: /srv/now, src: none, fstype: tmpfs, opts: size=1m, state: ephemeral }',
    situations: [
      { title: 'from absent', changed: ['Now'] },
      { title: 'from unmounted', given: 'umount /srv/now', changed: ['Now'] },
    ],
    observe: `grep -c now /etc/fstab; ${SHOWN('/srv/now')}`,
    observed: '0\ntmpfs\n',
  },
  {
    title: 'mounted anew each time',
    tasks: '- name: Anew\n  mount: { path: /srv/now, opts: noexec, state: remounted }',
    situations: [
      { title: 'from mounted', given: 'echo "none /srv/now tmpfs size=1m 0 0" >>/etc/fstab', changed: ['Anew'] },
    ],
    acts: ['Anew'],
    observe: `${SHOWN('/srv/now', 'OPTIONS')} | grep -o noexec; true`,
    observed: 'noexec\n',
  },
  {
    title: 'gone from the table alone, gone altogether',
    tasks: `
- name: Line gone
  mount: { path: /srv/now, state: absent_from_fstab }
- name: Gone
  mount: { path: /srv/scratch/here, state: absent }
- name: Bound gone
  mount: { path: "/srv/bound here", state: absent }
- name: Swap gone
  mount: { path: none, src: /srv/swap, state: absent }
- name: Never there
  mount: { path: /srv/never, state: absent }
`,
    situations: [
      { title: 'from all of it', given: 'mount -a', changed: ['Line gone', 'Gone', 'Bound gone', 'Swap gone'] },
      {
        title: 'from mounted without a line',
        given: 'mkdir -p /srv/scratch/here; mount -t tmpfs x /srv/scratch/here',
        changed: ['Gone'],
      },
    ],
    observe: `${LINES}; ${SHOWN('/srv/now')}; ls /srv/scratch; ls -d /srv/bound* "/srv/the source" 2>/dev/null`,
    observed: `${HEAD}tmpfs /srv/late tmpfs defaults,noauto 0 0\ntmpfs\n/srv/the source\n`,
  },
]);
