// Archives on a real host: of the controller and of the host itself.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { laws } from '../../law/law.ts';

function packed(): Buffer {
  const tree = mkdtempSync(join(tmpdir(), 'vrun-unarchive-'));
  try {
    mkdirSync(join(tree, 'tool-1.0/bin'), { recursive: true });
    writeFileSync(join(tree, 'tool-1.0/bin/tool'), '#!/bin/sh\necho 1.0\n', { mode: 0o755 });
    writeFileSync(join(tree, 'tool-1.0/README'), 'read\n');
    return execFileSync('tar', ['-cz', 'tool-1.0'], { cwd: tree });
  } finally {
    rmSync(tree, { recursive: true });
  }
}

const bytes = packed();
const LOOK = (dest: string) => `cd ${dest} && find . | LC_ALL=C sort && bin/tool && stat -c "%U %a %n" bin/tool`;
const TREE = '.\n./README\n./bin\n./bin/tool\n1.0\n';
const there = '{ src: /srv/t.tar.gz, remote_src: true, dest: /opt/there, strip_components: 1 }';

laws('unarchive', [
  {
    title: 'an archive of the controller',
    tasks:
      '- name: Tool\n  unarchive: { src: tool.tar.gz, dest: /opt/tool, strip_components: 1, owner: daemon, mode: "u=rwX,go=rX" }\n',
    files: { 'files/tool.tar.gz': bytes },
    situations: [
      { title: 'from absent', changed: ['Tool'] },
      {
        title: 'from drifted',
        given: 'cd /opt/tool; echo "echo 2.0" >bin/tool; chmod 0700 README; rm -r bin/../README; chown root bin/tool',
        changed: ['Tool'],
      },
    ],
    observe: LOOK('/opt/tool'),
    observed: `${TREE}daemon 755 bin/tool\n`,
  },
  {
    title: 'an archive of the controller, once',
    tasks: '- name: Tool\n  unarchive: { src: tool.tar.gz, dest: /opt/once, creates: /opt/once/tool-1.0/README }\n',
    files: { 'files/tool.tar.gz': bytes },
    situations: [{ title: 'from absent', changed: ['Tool'] }],
    observe: 'cat /opt/once/tool-1.0/README',
    observed: 'read\n',
  },
  {
    title: 'into a directory of others, which keeps its owner and mode',
    tasks:
      '- name: Tool\n  unarchive: { src: tool.tar.gz, dest: /srv/shared, strip_components: 1, owner: daemon, group: daemon, mode: "0700" }\n',
    files: { 'files/tool.tar.gz': bytes },
    situations: [
      { title: 'from absent', given: 'mkdir -p -m 0755 /srv/shared/bin', changed: ['Tool'] },
      { title: 'from drifted', given: 'rm /srv/shared/README; chmod 0755 /srv/shared/bin/tool', changed: ['Tool'] },
    ],
    observe: 'cd /srv/shared 2>/dev/null && stat -c "%U %G %a %n" . bin bin/tool README',
    observed: 'root root 755 .\nroot root 755 bin\ndaemon daemon 700 bin/tool\ndaemon daemon 700 README\n',
  },
  {
    title: 'an archive that an earlier task puts on the host',
    tasks: `- name: Archive\n  copy: { src: tool.tar.gz, dest: /srv/t.tar.gz }\n- name: Tool\n  unarchive: ${there}\n`,
    files: { 'files/tool.tar.gz': bytes },
    situations: [
      { title: 'from absent', changed: ['Archive', 'Tool'] },
      { title: 'from drifted', given: 'rm /opt/there/README; echo >>/opt/there/bin/tool', changed: ['Tool'] },
    ],
    observe: LOOK('/opt/there'),
    observed: `${TREE}root 755 bin/tool\n`,
  },
  {
    title: 'of somebody, with a set-user-ID bit: chown(2) takes it away, and it is there',
    tasks: `- name: Archive
  copy: { src: tool.tar.gz, dest: /srv/t.tar.gz }
- name: Here
  unarchive: { src: tool.tar.gz, dest: /opt/here, owner: daemon, mode: "04755" }
- name: There
  unarchive: { src: /srv/t.tar.gz, remote_src: true, dest: /opt/there, owner: daemon, mode: "04755" }
- name: Copied
  copy: { src: /srv/from/, remote_src: true, dest: /opt/copied, owner: daemon, mode: "04755" }
`,
    files: { 'files/tool.tar.gz': bytes },
    situations: [
      {
        title: 'from absent',
        given: 'rm -rf /opt/there /srv/t.tar.gz; mkdir -p /srv/from/tool-1.0; touch /srv/from/tool-1.0/README',
        changed: ['Archive', 'Here', 'There', 'Copied'],
      },
    ],
    observe: 'cd /opt; stat -c "%U %a" here/tool-1.0/README there/tool-1.0/README copied/tool-1.0/README 2>/dev/null',
    observed: 'daemon 4755\n'.repeat(3),
  },
]);
