import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { parseChainEntry } from '../../engine/audit/chain/chain.ts';
import { verifyCommand } from '../../engine/audit/chain/verify-command.ts';
import { exportRecord } from '../../engine/audit/export.ts';
import { verifyRecord } from '../../engine/audit/verify/verify.ts';
import { publicKeyLine } from '../../engine/signature/public-key.ts';
import { newRecord, recordRun, temporaryDirectory } from './fixture.ts';

// Keys are made and shells started: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 });

const verifier = path.resolve('docs/verify-record.sh');
const shells = ['dash', 'bash', 'sh'].filter((shell) => spawnSync(shell, ['-c', ':']).status === 0);

function script(
  shell: string,
  root: string,
  env: Record<string, string> = {},
  signers: readonly string[] = [],
  cwd = '.',
): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(shell, [verifier, root, ...signers], {
    encoding: 'utf8',
    cwd,
    env: { ...process.env, ...env },
  });
  return { status, text: stdout + stderr };
}

describe('verifyCommand', () => {
  it.each(shells)('runs in %s with stock ssh-keygen, on every entry', async (shell) => {
    const { root, signer } = await newRecord();
    await recordRun(root, signer);
    for (const name of readdirSync(path.join(root, 'log'))) {
      const file = path.join(root, 'log', name);
      const { at } = parseChainEntry(readFileSync(file)).statement.predicate;
      const command = verifyCommand({ file, at }, signer.allowedSigners, signer.identity);
      const { status, stdout } = spawnSync(shell, ['-c', command], { encoding: 'utf8' });
      expect([status, stdout]).toEqual([
        0,
        expect.stringContaining('Good "vrun-audit-entry-v1" signature for ops@test'),
      ]);
      const other = verifyCommand({ file, at }, signer.allowedSigners, 'somebody@else');
      expect(spawnSync(shell, ['-c', other]).status).not.toBe(0);
    }
  });

  it('quotes what a shell would take apart', async () => {
    const { root, signer } = await newRecord();
    await recordRun(root, signer);
    const target = path.join(temporaryDirectory(), `it's "a" $copy`);
    await exportRecord(root, target, { allowedSigners: signer.allowedSigners, verifier });
    const file = path.join(target, 'log/00000001.json');
    const { at } = parseChainEntry(readFileSync(file)).statement.predicate;
    const command = verifyCommand({ file, at }, path.join(target, 'allowed_signers'), 'ops@test');
    expect(spawnSync('sh', ['-c', command]).status).toBe(0);
    expect(command).not.toContain('\n');
  });
});

describe('verify-record.sh', () => {
  it('is short enough to be read', () => {
    const lines = readFileSync(verifier, 'utf8').split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('#')).length).toBeLessThan(12);
  });

  it.each(shells)('accepts a good record in %s', async (shell) => {
    const { root, signer } = await newRecord();
    for (let run = 0; run < 3; run++) await recordRun(root, signer);
    const { status, text } = script(shell, root);
    expect([status, text]).toEqual([0, expect.stringContaining('All 6 entries are signed and linked')]);
  });

  it('rejects a changed byte in each part of an entry, and in each file', async () => {
    const { root, signer } = await newRecord();
    const run = await recordRun(root, signer, 1);
    const entries = ['log/00000001.json', 'log/00000002.json'].flatMap((name) => {
      const bytes = readFileSync(path.join(root, name));
      const armor = bytes.indexOf(0x0a) + 1;
      // The first and last byte, the statement, its newline, the armor's lines and their newlines, base64's last bits.
      const places = [
        0,
        40,
        armor - 2,
        armor - 1,
        armor,
        armor + 29,
        armor + 30,
        armor + 100,
        bytes.length - 33,
        bytes.length - 31,
        bytes.length - 5,
        bytes.length - 1,
      ];
      return places.map((at) => [name, at] as const);
    });
    const files = ['journal.jsonl', 'report.md', 'fetched/a b.txt'].map((name) => [`runs/${run}/${name}`, 0] as const);
    for (const [name, at] of [...entries, ...files]) {
      const file = path.join(root, name);
      const bytes = readFileSync(file);
      for (const mask of [1, 0x20]) {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(at) ^ mask, at);
        writeFileSync(file, changed);
        const { status, text } = script('sh', root);
        expect([status, text], `${name} byte ${at}`).toEqual([2, expect.stringContaining('WRONG')]);
      }
      writeFileSync(file, bytes);
    }
    expect(script('sh', root).status).toBe(0);
  }, 60_000);

  it('rejects an entry or a file that is missing, and a key that is not allowed', async () => {
    const { root, signer } = await newRecord();
    const [first, second] = [await recordRun(root, signer), await recordRun(root, signer)];
    rmSync(path.join(root, `runs/${first}/report.md`));
    expect(script('sh', root).text).toContain('WRONG: log/00000002.json seals files');
    rmSync(path.join(root, `runs/${first}`), { recursive: true });
    expect(script('sh', root).status).toBe(2);
    expect(script('sh', root, { PARTIAL: '1' })).toMatchObject({ status: 0 });
    writeFileSync(path.join(root, `runs/${second}/report.md`), 'x');
    expect(script('sh', root, { PARTIAL: '1' }).status).toBe(2);
    const { signer: other } = await newRecord();
    writeFileSync(path.join(root, 'allowed_signers'), readFileSync(other.allowedSigners));
    expect(script('sh', root, { PARTIAL: '1' }).text).toContain(
      'WRONG: log/00000001.json is not signed by an allowed signer',
    );
    rmSync(path.join(root, 'log/00000002.json'));
    expect(script('sh', root).status).toBe(2);
    expect(script('sh', path.join(root, 'nowhere')).status).toBe(2);
  });
});

/** A file that lists the key `KEY` for ops@test, and what both have to say of it. */
const SIGNERS: readonly (readonly [title: string, text: string, good: boolean])[] = [
  ['plain', 'ops@test KEY\n', true],
  ['a value without quotes', 'ops@test valid-before=20990101Z KEY\n', false],
  ['valid-before twice', 'ops@test valid-before="20980101Z",valid-before="20990101Z" KEY\n', false],
  ['a comma at the end', 'ops@test namespaces="vrun-audit-entry-v1", KEY\n', false],
  ['a byte order mark', '\ufeffops@test KEY\n', false],
  ['a byte order mark before a comment', '\ufeff# signers\nops@test KEY\n', true],
  ['a junk line', 'who is this\nops@test KEY\n', true],
  ['second 60', 'ops@test valid-after="20260101235960Z" KEY\n', true],
  ['a small z', 'ops@test valid-after="20260101z" KEY\n', true],
  ['a key that expired after it signed', 'ops@test valid-before="YESTERDAY" KEY\n', true],
  ['a key that had expired before', 'ops@test valid-before="20260101Z" KEY\n', false],
  ['a key that is valid only now', 'ops@test valid-after="YESTERDAY" KEY\n', false],
  ['line ends of DOS', '# signers\r\nops@test KEY\r\n', true],
];

describe('verify and verify-record.sh', () => {
  it('give one answer for files of allowed signers that are odd, wherever they lie', async () => {
    const { root, signer } = await newRecord();
    // The run was two days ago, and since yesterday its key may be another's.
    const now = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: now - 48 * 3_600_000 });
    await recordRun(root, signer);
    vi.useRealTimers();
    const yesterday = new Date(now - 24 * 3_600_000).toISOString().replace(/[-:T]|\.\d+/g, '');
    const key = publicKeyLine(signer.publicKey.blob);
    const directory = path.dirname(root);
    for (const [title, text, good] of SIGNERS) {
      const file = path.join(directory, 'trusted');
      writeFileSync(file, text.replace('KEY', key).replace('YESTERDAY', yesterday));
      expect((await verifyRecord(root, { allowedSigners: file })).ok, title).toBe(good);
      for (const [given, cwd] of [[file], ['trusted', directory], ['../trusted', root]] as const) {
        const { status, text: said } = script('sh', root, {}, [given], cwd);
        expect(status, `${title}: ${said}`).toBe(good ? 0 : 2);
      }
    }
  });

  it('says which line could not be read, or why the key is not good', async () => {
    const { root, signer } = await newRecord();
    await recordRun(root, signer);
    const allowedSigners = path.join(path.dirname(root), 'trusted');
    writeFileSync(allowedSigners, `# x\nops@test valid-before=20990101Z ${publicKeyLine(signer.publicKey.blob)}\n`);
    const { findings } = await verifyRecord(root, { allowedSigners });
    expect(findings[0]?.reason).toMatch(/does not list for ops@test, and whose line 2 can't be read \(.*quotes/);
  });
});

describe('exportRecord', () => {
  it('makes a directory that can be checked by itself, without the key', async () => {
    const { root, signer } = await newRecord();
    await recordRun(root, signer);
    const target = path.join(temporaryDirectory(), 'export');
    await exportRecord(root, target, { allowedSigners: signer.allowedSigners, verifier });
    expect(readdirSync(target)).toEqual(['README.md', 'allowed_signers', 'log', 'runs', 'verify-record.sh']);
    const { status } = spawnSync('sh', ['verify-record.sh', '.'], { cwd: target });
    expect(status).toBe(0);
    const allowedSigners = path.join(target, 'allowed_signers');
    expect((await verifyRecord(target, { allowedSigners })).ok).toBe(true);
    await expect(exportRecord(root, target, { allowedSigners, verifier })).rejects.toThrow('not empty');
  });

  it('takes only the runs that are asked for, and the whole chain', async () => {
    const { root, signer } = await newRecord();
    const [, run] = [await recordRun(root, signer), await recordRun(root, signer)];
    const target = path.join(temporaryDirectory(), 'export');
    const { allowedSigners } = signer;
    await exportRecord(root, target, { allowedSigners, verifier, runs: [run] });
    expect(readdirSync(path.join(target, 'runs'))).toEqual([run]);
    expect((await verifyRecord(target, { allowedSigners })).ok).toBe(false);
    expect(await verifyRecord(target, { allowedSigners, partial: true })).toMatchObject({
      ok: true,
      entries: 4,
      absent: 1,
    });
    const elsewhere = path.join(temporaryDirectory(), 'x');
    await expect(exportRecord(root, elsewhere, { allowedSigners, verifier, runs: ['../log'] })).rejects.toThrow(
      'no run',
    );
  });
});
