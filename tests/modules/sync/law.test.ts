// A directory of the controller on a real host: whole, drifted, with things in the way, and twenty thousand files.
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeLab } from '../../lab/describe-lab.ts';
import { exec } from '../../lab/lab-api.js';
import { lent } from '../../lab/lent.ts';
import { laws, openProject, vrun } from '../../law/law.ts';

const FILES = {
  'files/site/index.html': '<p>\n',
  'files/site/img/größe & co.svg': '<svg/>',
  'files/site/app.map': 'never sent',
};
const task = (more: string) =>
  `- name: Site\n  sync: { src: site/, dest: /srv/site, exclude: ["*.map"], owner: root, group: www-data${more} }\n`;
const LIST = 'cd /srv/site && find . | LC_ALL=C sort && cat index.html && stat -c "%U:%G %a %n" . img index.html';
const WHOLE = `./img
./img/größe & co.svg
./index.html
<p>
root:www-data 755 .
root:www-data 755 img
root:www-data 644 index.html
`;

laws('sync', [
  {
    title: 'a tree',
    tasks: task(''),
    files: FILES,
    situations: [
      { title: 'from absent', changed: ['Site'] },
      {
        title: 'from drifted: contents, kinds, owners',
        given: 'cd /srv/site; echo more >>index.html; rm -r img; ln -s /etc img; chown daemon .',
        changed: ['Site'],
      },
    ],
    observe: LIST,
    observed: `.\n${WHOLE}`,
  },
  {
    title: 'a tree and nothing else',
    tasks: task(', delete: true'),
    files: FILES,
    situations: [
      {
        title: 'from more than it, some of it excluded',
        given: `cd /srv/site; mkdir -p old/deep; touch old/deep/x old/y.map "$(printf 'caf\\351.txt')" "$(printf 'a\\nb')"; ln -s /etc away; echo kept >keep.map`,
        changed: ['Site'],
      },
    ],
    observe: `${LIST}; ls -d /etc`,
    observed: `.\n${WHOLE}/etc\n`.replace('./index.html\n', './index.html\n./keep.map\n./old\n./old/y.map\n'),
  },
]);

describeLab('a tree of twenty thousand files', () => {
  const lab = lent();

  test('is one message when nothing differs, and two when one file does', async () => {
    const files = Array.from({ length: 20_000 }, (_, index) => [
      `files/big/p${index % 800}/lib/f${index}.js`,
      `${index}\n`,
    ]);
    const project = openProject(
      '- name: Big\n  sync: { src: big, dest: /srv, delete: true }\n',
      Object.fromEntries(files),
    );
    const timed = async () => {
      const started = performance.now();
      const said = await vrun(project, lab.inventory);
      expect(said.status, said.output.slice(0, 3000)).toBe(0);
      return { status: said.tasks[0]?.status, messages: said.messages, ms: Math.round(performance.now() - started) };
    };
    try {
      const first = await timed();
      const again = await timed();
      await exec(lab.host, 'echo x >>/srv/big/p7/lib/f7.js');
      const one = await timed();
      console.log(`20,000 files: sent in ${first.ms} ms, none differs ${again.ms} ms, one differs ${one.ms} ms`);
      expect([first.status, again.status, one.status]).toEqual(['changed', 'ok', 'changed']);
      expect([again.messages, one.messages]).toEqual([1, 2]);
      expect((await exec(lab.host, 'find /srv/big -type f | wc -l; cat /srv/big/p7/lib/f7.js')).stdout).toBe(
        '20000\n7\n',
      );
    } finally {
      rmSync(project, { recursive: true });
    }
  });
});
