// Releases of an application on a real host: unpacked, switched, gone back from, and cut off in the middle.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { describeLab } from '../../lab/describe-lab.ts';
import { exec } from '../../lab/lab-api.js';
import { lent } from '../../lab/lent.ts';
import { packed } from '../../law/archive.ts';
import { laws, openProject, VRUN, vrun } from '../../law/law.ts';

/** The same in all builds: copied from the release in use. */
const ALIKE = randomBytes(50_000);
const DIGEST = createHash('sha256').update(ALIKE).digest('hex');
const build = (version: string) =>
  packed({
    'server.js': `serve('${version}')\n`,
    'node_modules/a/a.js': '1',
    'node_modules/b/b.js': ALIKE,
    'uploads/x': '',
  });
const unpack = (id: string) =>
  `- name: Unpack ${id}\n  release: { path: /srv/app, id: ${id}, src: ${id}.tar.gz, shared: [uploads], owner: www-data, group: www-data }\n`;
const use = (id: string) =>
  `- name: Use ${id}\n  release: { path: /srv/app, id: ${id}, state: current, keep: 2 }\n  register: used\n`;
const LOOK =
  'cd /srv/app && ls releases && sha256sum <current/node_modules/b/b.js && cat current/server.js && readlink current; readlink previous; readlink current/uploads; stat -c "%U %a %n" current/server.js current/.; find . -name ".vrun*"';

laws('release', [
  {
    title: 'a release is unpacked and put into use in one runbook',
    tasks: unpack('one') + use('one'),
    files: { 'files/one.tar.gz': build('one') },
    situations: [
      { title: 'from absent', changed: ['Unpack one', 'Use one'] },
      {
        title: 'from drifted: links and mode',
        given: 'cd /srv/app; rm current releases/one/uploads; chmod 0700 releases/one',
        changed: ['Unpack one', 'Use one'],
      },
      {
        title: 'from half a release that a power cut left',
        given: 'cd /srv/app; mv releases/one releases/.vrun-release-Abcdef; rm releases/.vrun-release-Abcdef/server.js',
        changed: ['Unpack one'],
      },
    ],
    observe: LOOK,
    observed: `one\n${DIGEST}  -\nserve('one')\nreleases/one\n../../shared/uploads\nwww-data 644 current/server.js\nwww-data 755 current/.\n`,
  },
  {
    title: 'the next one, and the one before stays',
    tasks: unpack('two') + use('two'),
    files: { 'files/two.tar.gz': build('two') },
    situations: [{ title: 'beside the running one', changed: ['Unpack two', 'Use two'] }],
    observe: LOOK,
    observed: `one\ntwo\n${DIGEST}  -\nserve('two')\nreleases/two\nreleases/one\n../../shared/uploads\nwww-data 644 current/server.js\nwww-data 755 current/.\n`,
  },
  {
    title: 'the third, and the first goes',
    tasks: unpack('three') + use('three'),
    files: { 'files/three.tar.gz': build('three') },
    situations: [{ title: 'beside two others', changed: ['Unpack three', 'Use three'] }],
    observe: 'cd /srv/app && ls -A releases | sort; readlink current; readlink previous',
    observed: '.three.sha256\n.two.sha256\nthree\ntwo\nreleases/three\nreleases/two\n',
  },
  {
    title: 'back from a release',
    tasks: '- name: Go back\n  release: { path: /srv/app, id: three, state: previous }\n',
    situations: [{ title: 'that is in use', changed: ['Go back'] }],
    observe: 'cd /srv/app && readlink current; readlink previous',
    observed: 'releases/two\nreleases/three\n',
  },
  {
    title: 'back each time',
    tasks: '- name: Go back\n  release: { path: /srv/app, state: previous }\n',
    situations: [{ title: 'from whatever is in use', changed: ['Go back'] }],
    observe: 'ls /srv/app/releases',
    observed: 'three\ntwo\n',
    acts: ['Go back'],
  },
  {
    title: 'a release is removed',
    tasks: '- name: Gone\n  release: { path: /srv/app, id: three, state: absent }\n',
    situations: [
      {
        title: 'that was the previous one',
        given: 'cd /srv/app; ln -sfn releases/two current; ln -sfn releases/three previous',
        changed: ['Gone'],
      },
    ],
    observe: 'cd /srv/app && ls -A releases && ls',
    observed: '.two.sha256\ntwo\ncurrent\nreleases\nshared\n',
  },
]);

describeLab('a large release', () => {
  const lab = lent();

  const FILES = 10_000;
  const large = () => {
    const noise = Buffer.from(Array.from({ length: 4096 }, () => Math.floor(Math.random() * 256)));
    const at = (index: number) => `node_modules/package-${index % 500}/lib/file-${index}.js`;
    return packed(Object.fromEntries(Array.from({ length: FILES }, (_, index) => [at(index), noise])));
  };
  const tasks = '- name: Unpack\n  release: { path: /srv/large, id: one, src: one.tar.gz }\n';

  test('a run that is killed while it unpacks leaves no half release, and the next run makes a whole one', async () => {
    const project = openProject(tasks, { 'files/one.tar.gz': large() });
    try {
      const child = spawn(process.execPath, [VRUN, 'site.yml', '-i', lab.inventory], { cwd: project, stdio: 'ignore' });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const unpacking = 'ls -d /srv/large/releases/.vrun-release-*/tree/node_modules';
      for (let waited = 0; waited < 20_000 && (await exec(lab.host, unpacking)).status !== 0; waited += 20)
        await sleep(20);
      child.kill('SIGKILL');
      await ended;
      expect((await exec(lab.host, 'ls /srv/large/releases')).stdout).toMatch(/^(one\n)?$/);
      const said = await vrun(project, lab.inventory);
      expect(said.status, said.output).toBe(0);
      const { stdout } = await exec(lab.host, 'cd /srv/large/releases; find one -type f | wc -l; ls -A');
      expect(stdout).toBe(`${FILES}\n.one.sha256\none\n`);
      const again = await vrun(project, lab.inventory);
      expect([again.tasks[0]?.status, again.messages], again.output).toEqual(['ok', 1]);
    } finally {
      rmSync(project, { recursive: true });
    }
  });

  test('the same id from another archive is refused, before anything is sent', async () => {
    const project = openProject(tasks, { 'files/one.tar.gz': build('other') });
    try {
      const said = await vrun(project, lab.inventory);
      expect([said.status, said.tasks[0]?.failure]).toEqual([2, 'release one is there, but made from another archive']);
      expect(said.messages).toBe(1);
    } finally {
      rmSync(project, { recursive: true });
    }
  });
});
