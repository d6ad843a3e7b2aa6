import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test, vi } from 'vitest';
import { AllowedSigners } from '../../engine/signature/allowed-signers.ts';
import { newPrivateKey, signWithKey } from '../../engine/signature/private-key.ts';
import { publicKeyBlob, publicKeyLine } from '../../engine/signature/public-key.ts';
import { makeSshSignatureSync } from '../../engine/signature/sshsig.ts';
import { temporaryDirectory } from '../audit/fixture.ts';

// Keys are made and shells started: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 });

const { key } = newPrivateKey('me');
const blob = publicKeyBlob(key);
const line = publicKeyLine(blob);
const signature = makeSshSignatureSync(blob, 'vrun', Buffer.from('x'), (data) => signWithKey(key, data));

/** What ssh-keygen says, for the time at which it verifies. */
function stock(text: string, principal: string, time: string): boolean {
  const directory = temporaryDirectory();
  writeFileSync(path.join(directory, 'signers'), text);
  writeFileSync(path.join(directory, 'sig'), signature);
  const args = [
    '-Y',
    'verify',
    '-f',
    'signers',
    '-I',
    principal,
    '-n',
    'vrun',
    '-s',
    'sig',
    '-O',
    `verify-time=${time}`,
  ];
  return spawnSync('ssh-keygen', args, { cwd: directory, input: 'x' }).status === 0;
}

describe('AllowedSigners agrees with ssh-keygen', () => {
  const cases = [
    ['me', `me ${line}`, true],
    ['me', `you ${line}`, false],
    ['me', `you,me ${line} a comment`, true],
    ['me', `"you,me" ${line}`, true],
    ['me@here', `*@here ${line}`, true],
    ['me@here', `*@here,!me@* ${line}`, false],
    ['me', `m? ${line}`, true],
    ['me', `# me ${line}`, false],
    ['me', `\n  # a comment\n\nme ${line}\n`, true],
    ['me', `me namespaces="file,vrun" ${line}`, true],
    ['me', `me namespaces="file" ${line}`, false],
    ['me', `me NAMESPACES="vr*" ${line}`, true],
    ['me', `me cert-authority ${line}`, false],
    ['me', `me valid-after="20260101Z" ${line}`, true],
    ['me', `me valid-after="20270101Z" ${line}`, false],
    ['me', `me valid-before="20260101Z" ${line}`, false],
    ['me', `me valid-after="20260601000000Z",valid-before="20260701Z" ${line}`, true],
    ['me', `me valid-before="202606151200Z",namespaces="vrun" ${line}`, false],
    ['me', `me namespaces="file" ${line}\nme ${line}`, true],
  ] as const;
  it.each(cases)('%s in %s', (principal, text, expected) => {
    const time = '20260616000000Z';
    expect(stock(text, principal, time)).toBe(expected);
    const signers = AllowedSigners.parse(text, 'signers');
    expect(signers.allows(blob, principal, 'vrun', new Date('2026-06-16T00:00:00Z'))).toBe(expected);
  });

  it.each([`me`, `me ssh-ed25519`, `me x=y ${line}`, `me valid-after="soon" ${line}`, 'me ssh-ed25519 AAAA'])(
    'a line that is not understood is a Problem: %s',
    (text) => {
      expect(() => AllowedSigners.parse(text, 'signers')).toThrow('not understood');
      expect(stock(text, 'me', '20260616000000Z')).toBe(false);
    },
  );
});

test.each([
  ['', 'does not list'],
  [`me ${publicKeyLine(publicKeyBlob(newPrivateKey('you').key))}`, 'does not list'],
  [`me cert-authority ${line}`, 'lists as an authority for certificates only'],
  [`me namespaces="file,git" ${line}`, 'lists for file,git only'],
  [`me valid-before="20260101Z" ${line}`, 'trusts until 2026-01-01T00:00:00Z only (it is 2026-06-15T12:00:00Z)'],
  [`me valid-after="20270101Z" ${line}`, 'trusts from 2027-01-01T00:00:00Z only (it is 2026-06-15T12:00:00Z)'],
  [`me namespaces="file" ${line}\nme valid-before="20260101Z" ${line}`, 'trusts until 2026-01-01'],
])('why a key may not sign: %j', (text, why) => {
  const at = new Date('2026-06-15T12:00:00Z');
  expect(AllowedSigners.parse(text, 'signers').whyNot(blob, 'vrun', at)).toContain(why);
});
