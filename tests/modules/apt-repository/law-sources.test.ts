// Which sources apt won't have beside one another: our verdict against apt's own, on a real host.
import { rmSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { knownSources, SOURCE_LINES, sameRepository, sourceFiles } from '../../../engine/resources/apt/sources.ts';
import { describeLab, LAB_START_MS } from '../../lab/describe-lab.ts';
import { exec } from '../../lab/lab-api.js';
import { lent } from '../../lab/lent.ts';
import { openProject, vrun } from '../../law/law.ts';

const D = '/etc/apt/sources.list.d';
const B = 'http://127.0.0.1:9/debian';
const KEY = '/etc/apt/keyrings/own.asc';
const ARMORED = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ0Jf\n-----END PGP PUBLIC KEY BLOCK-----\n';
const OWN = `Types: deb\nURIs: ${B}\nSuites: stable\nComponents: main\nSigned-By: ${KEY}\n`;
const stanza = (rest: string, suites = 'stable') =>
  `Types: deb\nURIs: ${B}\nSuites: ${suites}\nComponents: main\n${rest}`;

/** What another file holds. */
const LINES: Readonly<Record<string, string>> = {
  'another key': `deb [signed-by=/k.gpg] ${B} stable main`,
  'the same key': `deb [signed-by=${KEY}] ${B} stable main`,
  'the same key, other components': `deb [ signed-by=${KEY} arch=amd64 ] ${B} stable contrib`,
  'no key': `deb ${B} stable main # as ever`,
  'a slash more': `deb [signed-by=/k.gpg] ${B}/ stable main`,
  'two slashes more': `deb [signed-by=/k.gpg] ${B}// stable main`,
  'another host': 'deb [signed-by=/k.gpg] http://LOCALHOST:9/debian stable main',
  'another suite': `deb [signed-by=/k.gpg] ${B} testing main`,
  'its sources': `deb-src [signed-by=/k.gpg] ${B} stable main`,
  'another architecture': `deb [arch=i386 signed-by=/k.gpg] ${B} stable main`,
  'trusted as it is': `deb [trusted=yes signed-by=${KEY}] ${B} stable contrib`,
  'allowed to be insecure': `deb [allow-insecure=yes signed-by=${KEY}] ${B} stable contrib`,
  'never too old': `deb [check-valid-until=no signed-by=${KEY}] ${B} stable contrib`,
  'another language': `deb [lang=de signed-by=${KEY}] ${B} stable contrib`,
  'two keys': `deb [signed-by=/k.gpg,${KEY}] ${B} stable main`,
  'put out': `# deb [signed-by=/k.gpg] ${B} stable main`,
  flat: `deb [signed-by=/k.gpg] ${B} stable/`,
  'a disc': 'deb cdrom:[x]/ stable main',
};
const STANZAS: Readonly<Record<string, string>> = {
  'another key': stanza('Signed-By: /k.gpg\n'),
  'the same key': stanza(`Signed-By: ${KEY}\n`),
  'switched off': `Enabled: no\n${stanza('Signed-By: /k.gpg\n')}`,
  'switched off, in other letters': `enabled: FALSE\n${stanza('signed-by: /k.gpg\n')}`,
  'switched on': `Enabled: yes\n${stanza('Signed-By: /k.gpg\n')}`,
  'one of several suites': stanza('Signed-By:\n /k.gpg\n', 'testing\n stable'),
  'a key in the file itself': stanza(
    'Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEZ0Jf\n -----END PGP PUBLIC KEY BLOCK-----\n',
  ),
  'the second stanza': `${stanza('Signed-By: /k.gpg\n', 'testing')}\n# and\n${stanza('Signed-By: /k.gpg\n')}`,
  'trusted as it is': stanza(`Trusted: yes\nSigned-By: ${KEY}\n`).replace('main', 'contrib'),
  'only sources': stanza('Signed-By: /k.gpg\n').replace('deb', 'deb-src'),
};

describeLab('sources of one repository', () => {
  const lab = lent();
  const shell = async (command: string) => (await exec(lab.host, command)).stdout;
  const write = (path: string, text: string) => `cat >'${path}' <<'END'\n${text.trimEnd()}\nEND\n`;

  beforeAll(async () => {
    await exec(lab.host, `touch ${KEY}; rm -f ${D}/*`);
  }, LAB_START_MS);

  const variants = [
    ...Object.entries(LINES).map(([title, text]) => ({ title, text, names: ['a.list', 'z.list'] })),
    ...Object.entries(STANZAS).map(([title, text]) => ({ title, text, names: ['a.sources', 'z.sources'] })),
  ];
  describe('apt says the same', () => {
    test.each(variants.flatMap(({ names, ...rest }) => names.map((name) => ({ ...rest, name }))))(
      '$title, in $name',
      async ({ title, text, name }) => {
        const said = await shell(
          `rm -f ${D}/*; ${write(`${D}/m.sources`, OWN)}${write(`${D}/${name}`, text)}apt-get indextargets 2>&1 >/dev/null | grep '^[EW]'\n: done`,
        );
        const files = sourceFiles((await shell(SOURCE_LINES.text)).split('\n').filter((row) => row !== ''));
        const own = files.find(({ path }) => path.endsWith('/m.sources')) ?? { path: '', lines: [] };
        expect(knownSources(own)).toHaveLength(1);
        const clashes = sameRepository(own, files);
        // apt 3 takes a source without a key that comes after one with it, and apt 2 doesn't: vrun refuses it on every host.
        const isRefused = said.includes('Conflicting values') || (title === 'no key' && name === 'z.list');
        expect(
          clashes.some(({ option }) => option !== undefined),
          said,
        ).toBe(isRefused);
      },
    );
  });

  test('what apt would refuse is refused, and the file named; once that is gone it is written', async () => {
    const task = `- name: Repository\n  apt-repository: { name: vendor, uri: "${B}", suites: stable, signed_by: key.asc }\n`;
    const files = { 'files/key.asc': ARMORED };
    await shell(`rm -f ${D}/*; ${write(`${D}/old.list`, `deb [signed-by=/k.gpg] ${B} stable main`)}`);
    const refused = openProject(task, files);
    const replaced = openProject(`- name: Old\n  file: { path: ${D}/old.list, state: absent }\n${task}`, files);
    try {
      for (const options of [['--check'], []]) {
        const said = await vrun(refused, lab.inventory, ...options);
        expect(said.tasks.map(({ failure }) => failure)).toEqual([
          expect.stringMatching(/old\.list has the same source/),
        ]);
        expect(await shell(`ls ${D} /etc/apt/keyrings`)).not.toContain('vendor');
      }
      for (const options of [['--check'], []]) {
        const said = await vrun(replaced, lab.inventory, ...options);
        expect(
          said.tasks.map(({ status }) => status),
          said.output,
        ).toEqual(['changed', 'changed']);
      }
      expect(await shell('apt-get indextargets >/dev/null 2>&1; echo $?')).toBe('0\n');
    } finally {
      rmSync(refused, { recursive: true });
      rmSync(replaced, { recursive: true });
    }
  });
});
