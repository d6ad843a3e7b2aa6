import { describe, expect, test } from 'vitest';
import { Missing } from '../../../engine/module/index.ts';
import { type BuildRecord, buildJson } from '../../../engine/proof/build-record.ts';
import proofVerify from '../../../modules/proof-verify/proof-verify.ts';
import { COMMIT, fixedBuild, fixedKey, LOCKFILE, RECORD, sha256 } from '../../proof/fixed-build.ts';
import { bind, output } from '../harness/bind.ts';
import { table } from '../harness/table.ts';

const local = fixedBuild();
const path = '/srv/app';
const signed = { path, manifest: 'manifest.json', allowed_signers: 'allowed_signers' };
const date = Date.parse('2026-11-23T00:00:00Z') / 1000;

function build(said: Partial<BuildRecord> = {}): { file: string; text: string } {
  return { file: 'public/proof/build.json', text: buildJson({ ...RECORD, ...said }) };
}

const good = {
  unusable: undefined,
  ...{ date, lock: sha256(LOCKFILE), findings: [], counts: {}, incomplete: false, said: '', build: build() },
};
const changes: readonly string[] = [];
const other = { ...local, allowed_signers: fixedKey(2).line };
const message = Buffer.from(String(local['manifest.json']));

/** As the build was signed, but for what was said of it. */
const signedAs = (said: Partial<BuildRecord>) => ({ local: fixedBuild(said), have: { ...good, build: build(said) } });

table(proofVerify, [
  {
    title: 'as it was signed',
    ...{ params: { ...signed, commit: COMMIT, gates: ['test'], max_age: 86_400 }, local, have: good, changes },
    result: { commit: COMMIT, signer: 'builder', files: 7, findings: [], faults: [] },
  },
  {
    title: 'file by file',
    params: signed,
    local,
    have: {
      ...good,
      findings: [
        { kind: 'modified', path: 'server.js' },
        { kind: 'extra', path: 'x\u202e' },
      ],
      counts: { modified: 1, extra: 30 },
    },
    changes,
    failure: '/srv/app is not as it was signed',
    result: {
      findings: [
        { path: 'server.js', kind: 'modified' },
        { path: 'x\u202e', kind: 'extra' },
      ],
      counts: { modified: 1, extra: 30 },
    },
  },
  {
    title: 'signed by a key that nobody trusts',
    ...{ params: signed, local: other, have: good, changes, failure: /signed by somebody who is not trusted/ },
  },
  {
    title: 'a signature of another manifest',
    params: signed,
    local: { ...local, 'manifest.json': String(local['manifest.json']).replace('server.js', 'server.jz') },
    ...{ have: good, changes, failure: 'The manifest manifest.json is not to be trusted' },
  },
  {
    title: 'a signature for another purpose',
    params: signed,
    local: { ...local, 'manifest.json.sig': fixedKey().sign(message, 'vrun-audit-entry-v1') },
    ...{ have: good, changes, failure: 'The manifest manifest.json is not to be trusted' },
  },
  {
    title: 'no signature',
    params: signed,
    local: { 'manifest.json': String(local['manifest.json']), allowed_signers: fixedKey().line },
    ...{ have: good, changes, failure: 'The manifest manifest.json is not signed' },
  },
  {
    title: 'a signature in a place of its own',
    params: { ...signed, signature: 'elsewhere.sig' },
    local: { ...local, 'manifest.json.sig': 'nonsense', 'elsewhere.sig': String(local['manifest.json.sig']) },
    ...{ have: good, changes },
  },
  {
    title: 'a key whose time is over, by the host’s clock',
    params: signed,
    local: { ...local, allowed_signers: fixedKey().line.replace('namespaces', 'valid-before="20261122",namespaces') },
    ...{ have: good, changes, failure: /not trusted/ },
  },
  { title: 'dirty', params: signed, ...signedAs({ commit: `${COMMIT}-dirty` }), changes, failure: /does not hold/ },
  {
    title: 'dirty, and that is named',
    params: { ...signed, commit: `${COMMIT}-dirty` },
    ...signedAs({ commit: `${COMMIT}-dirty` }),
    changes,
  },
  {
    title: 'from an unknown commit',
    params: signed,
    ...signedAs({ commit: 'unknown' }),
    changes,
    failure: /does not hold/,
  },
  {
    title: 'a gate that failed',
    params: signed,
    ...signedAs({
      gatesRan: [
        { name: 'lint', ran: true, passed: true },
        { name: 'test', ran: true, passed: false },
      ],
    }),
    ...{ changes, failure: /does not hold/, result: { faults: ['gate test did not pass'] } },
  },
  {
    title: 'a build.json that says something else than the manifest',
    params: signed,
    local,
    have: { ...good, build: build({ gatesConfigured: ['lint'], gatesRan: RECORD.gatesRan.slice(0, 1) }) },
    ...{ changes, failure: /does not hold/ },
    result: { faults: ['public/proof/build.json: its gates are not those that were signed'] },
  },
  {
    title: 'another lock file',
    ...{ params: signed, local, have: { ...good, lock: sha256('x') }, changes, failure: /does not hold/ },
    result: { faults: [`package-lock.json has the digest ${sha256('x')}, not depsSha256 ${sha256(LOCKFILE)}`] },
  },
  {
    title: 'not all of it could be read',
    params: signed,
    local,
    have: {
      ...good,
      incomplete: true,
      said: 'find: no\nfind: no\n',
      findings: [{ kind: 'missing', path: 'x' }],
      counts: { missing: 1 },
    },
    ...{ changes, failure: '/srv/app could not be read as a whole' },
  },
  {
    title: 'without a manifest: what it says of itself',
    params: { path },
    have: good,
    changes,
    result: { commit: COMMIT },
  },
  {
    title: 'without a manifest: the commit isn’t the one',
    ...{ params: { path, commit: 'c' }, have: good, changes, failure: /does not hold/ },
  },
  {
    title: 'without a manifest: the digest isn’t the lock file’s',
    ...{ params: { path }, have: { ...good, lock: 'none' }, changes, failure: /does not hold/ },
    result: { faults: ['package-lock.json is missing, and depsSha256 is its digest'] },
  },
  {
    title: 'without a manifest: made by hand',
    params: { path },
    have: { ...good, build: { ...build(), text: build().text.replace('"generated": true', '"generated": false') } },
    ...{ changes, failure: /does not hold/, result: { faults: ['public/proof/build.json: generated is false'] } },
  },
  {
    title: 'a site, from what a real one said',
    params: { url: 'http://127.0.0.1:8999' },
    transcript: { stderr: '@now 1\ncurl: (7) refused\n@meta 000 0 0 0.1 http://a/\n@meta 000 0 0 0.1 http://a/\n' },
    ...{ changes, failure: 'GET http://127.0.0.1:8999/proof/build.json got no answer' },
  },
]);

describe('a failure', () => {
  test('shows twenty files, and counts the others', () => {
    const findings = Array.from({ length: 25 }, (_, index) => ({ kind: 'extra', path: `f${index}` }));
    const have = { ...good, findings, counts: { extra: 1200, missing: 3 } };
    const { failure } = proofVerify.plan(have, bind(proofVerify, signed, local));
    const lines = failure?.detail?.split('\n') ?? [];
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('  … and 1183 more: 3 missing, 1180 extra');
  });

  test.each([
    [6, 'DNS or /etc/hosts'],
    [7, 'Nothing listens there'],
    [28, '30 seconds'],
    [60, 'CURL_CA_BUNDLE'],
  ])('of a site that gives no answer (curl %i) says what to do with the parameters that there are', (curl, words) => {
    const stderr = `@now 1\ncurl: (${curl}) no\n@meta 000 0 0 0.1 http://a/\n@meta 000 0 0 0.1 http://a/\n`;
    const want = bind(proofVerify, { url: 'https://a' });
    const { failure } = proofVerify.plan(proofVerify.parse(output({ stderr }), [want])[0], want);
    expect(failure?.hint).toContain(words);
    expect(failure?.hint).not.toMatch(/`(resolve|from|ca_path|validate_certs|timeout)/);
  });

  test('of a manifest without a signature names the file that it was sought as', () => {
    const named = { 'build 1.json': String(local['manifest.json']), allowed_signers: String(local.allowed_signers) };
    const want = bind(proofVerify, { ...signed, manifest: 'build 1.json' }, named);
    expect(proofVerify.plan(good, want).failure?.detail).toContain('no build 1.json.sig beside it');
  });

  test('shows no character that would move the cursor', () => {
    const have = { ...good, findings: [{ kind: 'extra', path: 'x\u202e' }], counts: { extra: 1 } };
    const { failure } = proofVerify.plan(have, bind(proofVerify, signed, local));
    expect(failure?.detail).toBe('  extra  x\\u{202e}');
  });
});

describe('what is read of a host', () => {
  const want = bind(proofVerify, { path });
  const parse = (stdout: string) => proofVerify.parse(output({ stdout }), [want])[0];

  test('a directory that isn’t there is what a release would make', () => {
    const state = parse('@none\n');
    expect(state instanceof Missing && state.needs).toEqual([`path:${path}`]);
  });

  test('a file’s text is never taken for what was found', () => {
    expect(parse('@now 5\n@lock none\n@done\n@build proof/build.json\nextra\tevil\n@bad\n@build x\n')).toMatchObject({
      ...{ findings: [], incomplete: false },
      build: { file: 'proof/build.json', text: 'extra\tevil\n@bad\n@build x\n' },
    });
  });

  test('an answer that breaks off is no answer', () => {
    expect(() => parse('')).toThrow('did not say');
    expect(() => parse('@now 5\nnonsense\t./x\n')).toThrow('nonsense');
    const broken = proofVerify.parse(output({ stdout: '@now 5\n@lock none\n' }), [bind(proofVerify, signed, local)]);
    expect(broken).toMatchObject([{ incomplete: true }]);
  });
});

describe('parameters', () => {
  const refused: readonly [string, Readonly<Record<string, unknown>>, RegExp][] = [
    ['neither path nor url', {}, /path or url/],
    ['both', { path, url: 'https://a.example' }, /path or url/],
    ['a manifest without anybody to trust', { path, manifest: 'm' }, /whose signature/],
    ['signers without a manifest', { path, allowed_signers: 'm' }, /without a manifest/],
    ['a manifest of a site', { url: 'https://a.example', manifest: 'm', allowed_signers: 'a' }, /site does not show/],
    ['a lock file outside', { path, lockfile: '../x' }, /below path/],
    ['a relative path', { path: 'x' }, /absolute/],
    ['no URL', { url: 'https://[' }, /no URL/],
  ];
  test.each(refused)('%s', (_, params, why) => {
    expect(() => bind(proofVerify, params, local)).toThrow(why);
  });
});
