import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { entryName } from '../../engine/audit/chain/chain.ts';
import { ENTRY_NAMESPACE, type Signer } from '../../engine/audit/chain/signer.ts';
import { ENTRY_PREDICATE_TYPE, ENTRY_STATEMENT_TYPE, NOTHING } from '../../engine/audit/chain/statement.ts';
import { newSessionKey } from '../../engine/audit/journal/journal.ts';
import { verifyRecord } from '../../engine/audit/verify/verify.ts';
import { sha256 } from '../../engine/base/digest.ts';
import { canonical } from '../../engine/signature/canonical.ts';
import { cpuTime } from '../cpu-time.ts';
import { newRecord, recordRun } from './fixture.ts';

/** A chain of `length` entries, written without waiting for the disk: an open and a recover entry in turn. */
async function longChain(root: string, signer: Signer, length: number): Promise<void> {
  mkdirSync(path.join(root, 'log'));
  const sessionKey = newSessionKey().publicKey;
  let prev = NOTHING;
  for (let seq = 1; seq <= length; seq++) {
    const run = `run-${Math.ceil(seq / 2)}`;
    const at = new Date(1.7e12 + seq).toISOString();
    const common = { seq, prev, at, chain: 'c'.repeat(32), signer: signer.identity, run };
    const open = {
      kind: 'open',
      operator: 'ops@test',
      version: '0.1.0',
      mode: 'run',
      runbooks: ['site.yml'],
      inventory: ['x'],
      commit: null,
      hosts: [],
      sessionKey,
      process: { host: 'x', pid: 1 },
    };
    const recover = { kind: 'recover', by: 'x', journal: null, damage: [], inFlight: [] };
    const predicate = { ...common, ...(seq % 2 === 1 ? open : recover) };
    const line = Buffer.from(
      `${canonical({ _type: ENTRY_STATEMENT_TYPE, predicateType: ENTRY_PREDICATE_TYPE, subject: [], predicate })}\n`,
    );
    const bytes = Buffer.concat([line, Buffer.from(await signer.sign(ENTRY_NAMESPACE, line))]);
    writeFileSync(path.join(root, 'log', entryName(seq)), bytes);
    prev = sha256(bytes);
  }
}

it('10,000 entries are verified in seconds and little memory, and the next is appended without reading them', async () => {
  const { root, signer } = await newRecord();
  await longChain(root, signer, 10_000);
  const append = cpuTime();
  await recordRun(root, signer);
  expect(cpuTime() - append).toBeLessThan(2000);

  const before = process.memoryUsage().heapUsed;
  const start = cpuTime();
  const verification = await verifyRecord(root, { allowedSigners: signer.allowedSigners });
  expect(verification).toMatchObject({ ok: true, entries: 10_002, sealed: 1 });
  expect(cpuTime() - start).toBeLessThan(60_000);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6);
}, 300_000);
