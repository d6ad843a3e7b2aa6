import { describe, expect, it } from 'vitest';
import {
  parseWitnesses,
  updateWitnesses,
  WitnessComparison,
  witnessLine,
} from '../../../engine/audit/chain/witness.ts';

const one = { chain: 'a'.repeat(32), seq: 7, sha256: '1'.repeat(64) };
const two = { chain: 'b'.repeat(32), seq: 1, sha256: '2'.repeat(64) };

describe('witness lines', () => {
  it('are read back, also from a log', () => {
    expect(parseWitnesses(`${witnessLine(one)}\n`)).toEqual([one]);
    const log = `Nov 22 20:43:15 web1 vrun[12]: ${witnessLine(one)}\nnoise\nNov 22 web1 vrun: ${witnessLine(two)}\r\n`;
    expect(parseWitnesses(log)).toEqual([one, two]);
    expect(
      parseWitnesses(`${witnessLine(one)}0\nvrun-witness-v1 x 1 y\nvrun-witness-v1 ${one.chain} 0 ${one.sha256}`),
    ).toEqual([]);
  });

  it('of one chain replace each other, and those of other chains stay', () => {
    const text = updateWitnesses(updateWitnesses('', one), two);
    expect(parseWitnesses(updateWitnesses(text, { ...one, seq: 9 }))).toEqual([two, { ...one, seq: 9 }]);
    expect(updateWitnesses('garbage\n', one)).toBe(`${witnessLine(one)}\n`);
  });
});

describe('WitnessComparison', () => {
  it('contradicts only the same place of the same chain', () => {
    const comparison = new WitnessComparison([one, two]);
    expect(comparison.contradicts(one)).toBe(false);
    expect(comparison.contradicts({ ...one, sha256: '3'.repeat(64) })).toBe(true);
    expect(comparison.contradicts({ ...one, seq: 8, sha256: '3'.repeat(64) })).toBe(false);
    expect(comparison.contradicts({ ...two, seq: 7 })).toBe(false);
  });

  it('knows what lies beyond the end', () => {
    const comparison = new WitnessComparison([one, { ...one, seq: 12 }, two]);
    expect([comparison.beyond(one.chain, 11), comparison.beyond(one.chain, 12)]).toEqual([12, undefined]);
    expect(comparison.count(one.chain)).toBe(2);
  });
});
