import type { Situations } from '../harness/situation.ts';

const ARMORED = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZ0Jf
-----END PGP PUBLIC KEY BLOCK-----
`;
const node = { name: 'node', uri: 'http://packages.lab.test/node', suites: 'lab', signed_by: 'node.asc' };
const local = { 'node.asc': ARMORED, 'node.gpg': new Uint8Array([0x98, 0x33, 0x04]) };

const situations: Situations = [
  {
    name: 'none',
    title: 'a host that knows only its own repository',
    local,
    wants: [
      node,
      { ...node, signed_by: 'node.gpg', suites: ['lab', 'lab-updates'], components: ['main', 'extra'] },
      { ...node, signed_by: ARMORED, suites: 'stable/' },
      { ...node, state: 'absent' },
    ],
  },
  {
    name: 'there',
    title: 'as wanted, edited, with a key of the other form, with a directory in its place',
    given: `cd /etc/apt/sources.list.d
printf '# Written by vrun: what is changed here by hand is overwritten.\\nTypes: deb\\nURIs: http://packages.lab.test/node\\nSuites: lab\\nComponents: main\\nSigned-By: /etc/apt/keyrings/node.asc\\n' >node.sources
cat >/etc/apt/keyrings/node.asc <<'END'
${ARMORED}END
cp node.sources edited.sources && echo 'Enabled: no' >>edited.sources && cp ../keyrings/node.asc ../keyrings/edited.asc && chmod 0666 ../keyrings/edited.asc
printf 'x' >../keyrings/node.gpg && mkdir directory.sources`,
    local,
    wants: [
      node,
      { ...node, name: 'edited' },
      { ...node, name: 'directory' },
      { ...node, name: 'directory', state: 'absent' },
      { ...node, name: 'edited', state: 'absent' },
      { name: 'node', state: 'absent' },
    ],
  },
  {
    name: 'elsewhere',
    title: 'a host that has the source by other files: with another key, switched off, among others',
    given: `cd /etc/apt/sources.list.d
printf '# old\\ndeb [signed-by=/usr/share/keyrings/node.gpg] http://packages.lab.test/node lab main\\n' >old.list
printf 'Enabled: no\\nTypes: deb\\nURIs: http://packages.lab.test/node\\nSuites: off\\nSigned-By:\\n -----BEGIN PGP PUBLIC KEY BLOCK-----\\n .\\n mDMEZ0Jf\\n' >off.sources
printf 'deb http://packages.lab.test/node early main\\n' >../sources.list; printf 'deb http://packages.lab.test/node late main\\n' >z.list; cp z.list 'not read.list'`,
    local,
    wants: [
      node,
      { ...node, suites: 'off' },
      { ...node, suites: ['early'] },
      { ...node, suites: ['late'] },
      { ...node, state: 'absent' },
    ],
  },
  {
    name: 'without-directories',
    title: 'a host whose apt has no directory for keys, and one without apt',
    given: 'rm -rf /etc/apt/keyrings',
    local,
    wants: [node],
  },
  {
    name: 'without-apt',
    title: 'a host without apt',
    given: 'rm -rf /etc/apt',
    local,
    wants: [node, { name: 'node', state: 'absent' }],
  },
];

export default situations;
