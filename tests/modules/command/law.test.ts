import { laws } from '../../law/law.ts';

laws('command and shell', [
  {
    title: 'what is guarded runs once',
    tasks: `
- name: Counted
  shell: { cmd: "cat >>/srv/count", stdin: "one\\n", unless: "test -s /srv/count" }
- name: Made
  command: { cmd: "touch 'a b'", chdir: /srv, creates: a b }
- name: Removed
  command: { argv: [rm, /srv/old], removes: /srv/old }
- name: Looked
  command: ls /etc/apt
  read_only: true
  register: listing
- name: Skipped
  command: touch /srv/never
  when: "'never' in listing.stdout_lines"
`,
    situations: [
      { title: 'from absent', given: 'touch /srv/old', changed: ['Counted', 'Made', 'Removed'] },
      { title: 'from drifted', given: "rm '/srv/a b' /srv/count", changed: ['Counted', 'Made'] },
    ],
    observe: 'ls /srv; cat /srv/count',
    observed: 'a b\ncount\nlab-repository\none\n',
  },
  {
    title: 'what is not acts each time',
    tasks: '- name: Act\n  shell: echo x >/srv/acted',
    situations: [{ title: 'from absent', changed: ['Act'] }],
    observe: 'cat /srv/acted 2>/dev/null || true; echo .',
    observed: 'x\n.\n',
    acts: ['Act'],
  },
]);
