// Files of allowed signers, each read here and by the ssh-keygen of this machine, which is the judge: no answer is written by hand.
import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, test, vi } from 'vitest';
import { AllowedSigners } from '../../engine/signature/allowed-signers.ts';
import { newPrivateKey, signWithKey } from '../../engine/signature/private-key.ts';
import { publicKeyBlob, publicKeyLine } from '../../engine/signature/public-key.ts';
import { makeSshSignatureSync } from '../../engine/signature/sshsig.ts';

// Keys are made and shells started: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000 });

const NAMESPACE = 'vrun';
const NOW = '20260616000000Z';
const directory = mkdtempSync(path.join(tmpdir(), 'vrun-signers-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const { key } = newPrivateKey('me');
const blob = publicKeyBlob(key);
const line = publicKeyLine(blob);
const base64 = blob.toString('base64');
const other = publicKeyLine(publicKeyBlob(newPrivateKey('you').key));
writeFileSync(
  path.join(directory, 'sig'),
  makeSshSignatureSync(blob, NAMESPACE, Buffer.from('x'), (data) => signWithKey(key, data)),
);

/** The key of a `.pub` file that ssh-keygen makes. */
function made(name: string, ...args: string[]): string {
  execFileSync('ssh-keygen', ['-q', '-N', '', '-C', '', '-f', name, ...args], { cwd: directory });
  return readFileSync(path.join(directory, `${name}.pub`), 'utf8').trim();
}
const rsa = made('rsa', '-t', 'rsa', '-b', '1024');
const ecdsa = made('ecdsa', '-t', 'ecdsa', '-b', '384');
execFileSync('ssh-keygen', ['-q', '-s', 'ecdsa', '-I', 'id', '-n', 'me', 'rsa.pub'], { cwd: directory });
const certificate = readFileSync(path.join(directory, 'rsa-cert.pub'), 'utf8').trim();
const shortRsa = publicKeyLine(publicKeyBlob(generateKeyPairSync('rsa', { modulusLength: 768 }).privateKey));

interface Case {
  readonly text: string | Buffer;
  readonly principal?: string;
  readonly time?: string;
}

/** What ssh-keygen says. */
function stock({ text, principal = 'me', time = NOW }: Case): boolean {
  writeFileSync(path.join(directory, 'signers'), text);
  const use = ['-I', principal, '-n', NAMESPACE, `-Overify-time=${time}`];
  const args = ['-Y', 'verify', '-f', 'signers', '-s', 'sig', ...use];
  const { status, stdout } = spawnSync('ssh-keygen', args, { cwd: directory, input: 'x', encoding: 'utf8' });
  expect(status === 0).toBe(stdout.startsWith('Good'));
  return status === 0;
}

function ours({ text, principal = 'me', time = NOW }: Case): boolean {
  return new AllowedSigners(Buffer.from(text)).allows({ blob, namespace: NAMESPACE, time }, principal);
}

/** A line with these options. */
function options(text: string): string {
  return `me ${text} ${line}`;
}

// biome-ignore format: a table
const PRINCIPALS: Readonly<Record<string, readonly string[]>> = {
  me: [
    'me', 'you', 'you,me', 'me,you', '"you,me"', '"me"', 'm"e"', '"m"e', '"me" ', '"me', 'me"', '""', '"",me',
    "'me'",
    '*', '?', 'm?', 'me?', '??', 'm*', '*m*e*', '*e', 'M*', 'me*', '**', '\\me', '[m]e', 'm.', '!you', '!you,*',
    '*,!me', '!me,me', 'me,!me', '!', '!,me', '!!me', '!!you,me', ',me', 'me,', ',', ',,me,,', 'me,!', 'm e',
    '#me',
    '\uFEFFme', 'm\u00e9', 'me\u00a0', '\u00a0me', `${'x'.repeat(1022)},me`, `${'x'.repeat(1023)},me`,
    `me,${'x'.repeat(1023)}`, `!${'x'.repeat(1023)},me`, `${'*'.repeat(900)}`, `${'*m'.repeat(400)}`, 'me,me',
  ],
  'me@here': ['*@here', '*@here,!me@*', 'me@*', 'me', '?*@?*', '*@h*e', '!me@here', 'me@here.'],
  mé: ['mé', 'm?', 'm??', 'm*', 'm\u00c3\u00a9'],
  'a b': ['"a b"', 'a b', '"a b",me', '"a" b', 'a" "b', '"*"'],
  '*': ['*', 'me', '\\*'],
  '': ['*', '""', ','],
  '!me': ['!me', '!!me', '?me', '*'],
};

// biome-ignore format: a table
const LINES: readonly string[] = [
  '', '\n', `${line}`, 'me', 'me\n', 'me ', `me ${line}`, `me ${line}\n`, `me ${line} a comment`, `me ${line} "`,
  `\tme\t${line}`, `  me   ${line}`, `me\t ssh-ed25519\t ${base64}`, `me\u00a0${line}`, `me\v${line}`,
  `me\f${line}`,
  `# me ${line}`, ` # me ${line}`, `me # ${line}`, `me ${line} # x`, `me#${line}`, `#\nme ${line}`,
  `\n\n \t\nme ${line}`,
  `me ${line}\r\n`, `\r\nme ${line}\r\n`, `# x\r\nme ${line}\r\n`, `me\r${line}`, `me ${line}\r`, `\rme ${line}`,
  `me \r${line}`,
  `you ${other}\rme ${line}`, `me ${other}\r\nme ${line}\r\n`, `me ${other}\nme ${line}`, `me ${line}\nme ${line}`,
  // A line that can't be read is as if it weren't there.
  `junk\nme ${line}`, `junk and more\nme ${line}`, `me junk\nme ${line}`, `me ${line}\njunk`,
  `me ${line}\nme junk`,
  `"\nme ${line}`, `x"y\nme ${line}`, `you "x\nme ${line}`, `me "x\nme ${line}`, `\u0000\nme ${line}`,
  `* junk\nme ${line}`,
  `!me,* junk\nme ${line}`, `me x=y ${line}\nme ${line}`, `\r junk\nme ${line}`, `=\nme ${line}`,
  `me ssh-foo AAAA\nme ${line}`,
  // NUL ends a line.
  `me ${line}\0`, `me\0${line}`, `me \0${line}`, `\0me ${line}`, `me ${line}\0 junk\nme ${line}`,
  `me\0\nme ${line}`,
  `x\0y\nme ${line}`, `x \0y\nme ${line}`, `me valid-before="2020\0" ${line}\nme ${line}`,
  // Long ones.
  `me ${line} ${'x'.repeat(100_000)}`, `${'x,'.repeat(50_000)}me ${line}`, `me ${' '.repeat(20_000)}${line}`,
  `# ${'x'.repeat(200_000)}\nme ${line}`, options(`namespaces="${'x,'.repeat(5000)}vrun"`),
  // Keys.
  `me ssh-ed25519 ${base64}=`, `me ssh-ed25519 ${base64.slice(0, -1)}`, `me ssh-ed25519 ${base64.slice(0, -2)}`,
  `me ssh-ed25519 ${base64.slice(0, 20)}\v${base64.slice(20)}`, `me ssh-ed25519 ${base64.replaceAll('+', '-')}`,
  `me SSH-ED25519 ${base64}`, `me ed25519 ${base64}`, `me ssh-rsa ${base64}`, `me ssh-ed25519 AAAA`,
  `me ssh-ed25519\n${base64}`,
  `me ssh-ed25519  ${base64}  `, `me ssh-ed25519`, `me ssh-ed25519 `,
  `me ssh-ed25519 ${Buffer.concat([blob, Buffer.of(0)]).toString('base64')}`,
  ...[rsa, ecdsa, shortRsa, certificate].map((before) => `me ${before}\nme ${line}`),
  `me ssh-ed25519-foo AAAA\nme ${line}`, `you ssh-foo AAAA\nme ${line}`, `me ${rsa.slice(0, -8)}\nme ${line}`,
  `me ${ecdsa.replace('p384', 'p521')}\nme ${line}`, `me cert-authority ${certificate}\nme ${line}`,
];

// biome-ignore format: a table
const OPTIONS: readonly string[] = [
  'cert-authority', 'CERT-authority', 'cert-authority,cert-authority', 'no-cert-authority', 'cert-authority=""',
  'x=y', 'x', 'x="y"', '""', '"', ',', ',,', 'restrict', 'namespaces', 'namespaces=', 'valid-after', '#',
  'no-touch-required',
  'namespaces="vrun"', 'namespaces=vrun', "namespaces='vrun'", 'namespaces="file"', 'namespaces="file,vrun"',
  'namespaces=""',
  'NAMESPACES="vr*"', 'namespaces="!vrun"', 'namespaces="*,!vrun"', 'namespaces="vrun,"', 'namespaces=" vrun"',
  'namespaces="vrun" ', 'namespaces="vrun"x', 'namespaces="vrun"cert-authority', 'namespaces="vr\\"un"',
  'namespaces="vrun\\"',
  'namespaces="vrun",namespaces="vrun"', 'namespaces="",namespaces="vrun"', 'namespaces="vrun",',
  ',namespaces="vrun"',
  ',,namespaces="vrun",,valid-after="20200101"', 'namespaces= "vrun"', 'namespaces ="vrun"', 'namespaces="vrun',
  'namespaces="vrun,file" , x',
  'namespaces="a b,vrun"', 'namespaces="a\tb,vrun"', 'xnamespaces="vrun"', 'namespaces="vrun";x',
  'namespaces="file",namespaces="vrun"',
  'valid-after="20260101Z"', 'valid-after="20270101Z"', 'valid-before="20260101Z"', 'valid-before="20270101Z"',
  'valid-before=20270101Z',
  'valid-before="20270101Z",valid-before="20280101Z"', 'valid-after="20200101",valid-after="20210101"',
  'valid-before="20270101Z",',
  'valid-after="20260601000000Z",valid-before="20260701Z"', 'valid-after="20260701Z",valid-before="20260601Z"',
  'valid-after="20260601Z",valid-before="20260601Z"', 'valid-before="202606151200Z",namespaces="vrun"',
  'Valid-Before="20270101z"',
  'valid-before="20270101",valid-after="x"', 'valid-after="20260616000000Z"', 'valid-before="20260616000000Z"',
  'valid-before="20260615235959Z"', 'valid-after="20260616000001Z"', 'valid-before=""',
  'valid-after="19700101Z",valid-before="20270101Z"',
];

/** Times as values of valid-after, valid-before and of the question itself. */
// biome-ignore format: a table
const TIMES: readonly string[] = [
  '20260615', '20260616', '20260617', '20260616Z', '20260616z', '20260616UTC', '20260616utc', '20260616GMT',
  '20260616+00',
  '202606160000', '20260616000000', '2026061600', '202606160', '2026061600000', '2026', '20260', '202606',
  '2026061', 'soon', 'Z', 'zz', 'UTC',
  '20260615235959Z', '20260615235960Z', '20260615235961Z', '20260615235962Z', '20260615235999Z', '20260615236000Z',
  '20260615240000Z',
  '20260229Z', '20240229Z', '20260231Z', '20260431Z', '20261301Z', '20260001Z', '20260100Z', '20260132Z',
  '20260631Z', '20260630245959Z',
  '19691231Z', '19691231235959Z', '19700101Z', '19700101000000Z', '19700101000001Z', '19700102Z', '19010101Z',
  '00000101Z', '00010101Z',
  '20380119031407Z', '20380119031408Z', '21060207062816Z', '99991231Z', '99991231235959Z', '99991231235961Z',
  '22620411Z', '25000101',
  '2026 616Z', '2026  16Z', '  260616Z', '2026061 Z', ' 20260616Z', '20260616 Z', '20260616Z ', '2026-06-16',
  '2026-616Z', '+2026061Z',
  '20260616T000000Z', '202606160000 0Z', '20260616ZZ', '20260616UTCZ', '-2026061Z', '2026061６Z', '0x260616Z',
  '20260616\\"Z',
];

/** Where ssh-keygen reads a time as one of the place: without summer time, whatever the day is. */
const ZONES = [
  'UTC',
  'Europe/Vienna',
  'Europe/Dublin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Kiritimati',
];

describe('AllowedSigners answers as ssh-keygen', () => {
  const principals = Object.entries(PRINCIPALS).flatMap(([principal, patterns]) =>
    patterns.map((pattern): Case => ({ principal, text: `${pattern} ${line}` })),
  );
  const latin1 = Buffer.from(`m\u00e9,m\u00e9\u00e9,me ${line} \u00ff\n`, 'latin1');
  const bytes: readonly Case[] = [
    { text: latin1 },
    { text: latin1, principal: 'mé' },
    { text: Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from(`me ${line}`)]) },
    { text: Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), Buffer.from(`# x\nme ${line}`)]) },
    { text: Buffer.from(`\ufeffme ${line}`, 'utf16le') },
    { text: `me ${line}`, principal: 'ME' },
    { text: `me ${line}`, principal: 'me ' },
    { text: `me ${line}`, principal: 'me,you' },
  ];
  const asked = TIMES.map((time): Case => ({ text: `me ${line}`, time: time.replace('\\"', '"') }));
  const limits = TIMES.flatMap((time) =>
    ['valid-after', 'valid-before'].map((name): Case => ({ text: options(`${name}="${time}"`) })),
  );
  const table: Readonly<Record<string, readonly Case[]>> = {
    principals,
    lines: LINES.map((text) => ({ text })),
    bytes,
    options: OPTIONS.map((text) => ({ text: options(text) })),
    'times that are asked about': asked,
    'times as limits': limits,
    'limits asked about at their edge': TIMES.flatMap((time) =>
      ['valid-after', 'valid-before'].map((name): Case => ({ text: options(`${name}="${time}"`), time })),
    ),
  };
  it.each(Object.entries(table))('%s', (_, cases) => {
    const answers = cases.map((one) => ({ one, expected: stock(one) }));
    const differing = answers.filter(({ one, expected }) => ours(one) !== expected).map(({ one }) => one);
    expect(differing.map(({ text, ...rest }) => ({ text: String(text).slice(0, 200), ...rest }))).toEqual([]);
    // A table that has only one answer would be true of anything.
    expect(new Set(answers.map(({ expected }) => expected)).size).toBe(2);
  });

  it.each(ZONES)('in the zone of %s', (zone) => {
    vi.stubEnv('TZ', zone);
    const cases = ['20260616', '20260115', '202607010130', '20261025023000'].flatMap((limit) =>
      [-14, -10, -2, -1, 0, 1, 4, 5, 6, 11].flatMap((hours) => {
        const [, year, month, day, hour = '00', minute = '00'] = /^(....)(..)(..)(..)?(..)?/.exec(limit) ?? [];
        const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`) + hours * 3_600_000;
        const time = new Date(at).toISOString().replace(/[-:T]|\.000/g, '');
        return [{ text: options(`valid-before="${limit}"`), time }];
      }),
    );
    expect(cases.filter((one) => ours(one) !== stock(one))).toEqual([]);
    vi.unstubAllEnvs();
  });

  it('in files that are made up', () => {
    const pick = (...texts: readonly string[]) => fc.constantFrom(...texts);
    const space = fc.oneof(
      { weight: 12, arbitrary: pick(' ') },
      pick('\t', '  ', '', '\v', '\r', '\u00a0', '\0', ' "', '\n'),
    );
    const time = fc.oneof(
      { weight: 3, arbitrary: pick(...TIMES) },
      fc
        .tuple(fc.integer({ min: 1960, max: 2110 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }))
        .map(([year, month, day]) => `${year}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}Z`),
    );
    const value = fc.oneof(time, pick('vrun', '*', '!vrun,*', '', 'file', 'vr\\"un', 'file,vrun', 'a b,vrun'));
    const option = fc
      .tuple(
        pick('namespaces=', 'valid-after=', 'valid-before=', 'cert-authority', 'Valid-Before=', 'x=', ''),
        fc.oneof({ weight: 8, arbitrary: value.map((text) => `"${text}"`) }, value, pick('', '"')),
      )
      .map(([name, text]) => (name === 'cert-authority' ? name : name + text));
    const optionList = fc
      .tuple(fc.array(option, { maxLength: 3 }), pick(',', ',', ',', ',,', ', ', ''), pick('', '', '', ','))
      .map(([list, comma, end]) => (list.length > 0 ? ` ${list.join(comma)}${end}` : ''));
    const name = pick(
      'me',
      'm*',
      'you',
      '*',
      '!me',
      '!you',
      '?',
      '',
      '"me"',
      'ME',
      'm"e"',
      '\ufeffme',
      'x'.repeat(1023),
    );
    const names = fc.array(name, { minLength: 1, maxLength: 3 }).map((list) => list.join(','));
    const keyText = fc.oneof(
      { weight: 6, arbitrary: pick(line) },
      pick(
        other,
        rsa,
        ecdsa,
        certificate,
        'ssh-foo AAAA',
        'ssh-ed25519',
        base64,
        '',
        `${line}x`,
        `${line}\r`,
        `${line} x`,
      ),
    );
    const one = fc.oneof(
      { weight: 8, arbitrary: fc.tuple(names, optionList, space, keyText).map((parts) => parts.join('')) },
      pick('', '#', ' # x', 'junk', 'me junk', 'you junk', '\0', '\r', '"', 'x "'),
    );
    const file = fc
      .tuple(fc.array(one, { minLength: 1, maxLength: 4 }), pick('\n', '\n', '\r\n'))
      .map(([lines, end]) => lines.join(end));
    const asked = fc.oneof(
      { weight: 4, arbitrary: pick(NOW) },
      time.filter((text) => !text.includes('\\')),
    );
    const principal = fc.oneof({ weight: 5, arbitrary: pick('me') }, pick('you', 'mé', '*', 'm'));
    let good = 0;
    fc.assert(
      fc.property(file, principal, asked, (text, who, at) => {
        const one = { text, principal: who, time: at };
        const expected = stock(one);
        good += expected ? 1 : 0;
        expect(ours(one)).toBe(expected);
      }),
      { seed: 20261129, numRuns: Number(process.env.VRUN_SIGNERS_RUNS ?? 300) },
    );
    expect(good).toBeGreaterThan(20);
  });
});

test.each([
  ['', 'does not list'],
  [`me ${other}`, 'does not list'],
  [
    `me ${other}\nyou valid-before=2020 ${other}`,
    "does not list, and whose line 2 can't be read (the value of valid-before wants",
  ],
  [`me cert-authority ${line}`, 'lists as an authority for certificates only'],
  [`me namespaces="file,git" ${line}`, 'lists for file,git only'],
  [`me namespaces="" ${line}`, 'lists for nothing only'],
  [`me valid-before="20260101Z" ${line}`, 'trusts until 2026-01-01T00:00:00Z only (it is 2026-06-16T00:00:00Z)'],
  [`me valid-after="20270101Z" ${line}`, 'trusts from 2027-01-01T00:00:00Z only (it is 2026-06-16T00:00:00Z)'],
  [`me namespaces="file" ${line}\nme valid-before="20260101Z" ${line}`, 'trusts until 2026-01-01'],
])('why a key may not sign: %j', (text, why) => {
  const use = { blob, namespace: NAMESPACE, time: NOW };
  const signers = new AllowedSigners(Buffer.from(text));
  expect(signers.whyNobody(use)).toContain(why);
  expect(signers.whose(use)).toBeUndefined();
});

test.each([
  [`me ${line}`, 'me'],
  [`you,me ${line}`, 'you'],
  [`*@here,me ${line}`, 'me'],
  [`*@here ${line}`, '*@here'],
  [`me junk\nme,you ${line}`, 'me'],
  [`!me,*\nme ${line}`, 'me'],
  [`you,!you,me ${line}`, 'me'],
])('whose key it is by %j: %s, and ssh-keygen agrees', (text, who) => {
  expect(new AllowedSigners(Buffer.from(text)).whose({ blob, namespace: NAMESPACE, time: NOW })).toBe(who);
  expect(stock({ text, principal: who })).toBe(true);
});
