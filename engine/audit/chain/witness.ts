// Witnesses: a run leaves with its hosts where the chain stood, so that cutting the chain's end off, or writing it again,
// can be seen. The engine carries the lines to and fro; this is their form and what they prove.
import type { EntryReference } from './chain.ts';

/** That a chain had this entry. */
export interface Witness {
  readonly chain: string;
  readonly seq: number;
  readonly sha256: string;
}

/** One line of a host's witness file, without a newline: `vrun-witness-v1 CHAIN SEQ SHA256`. Also what is given to logger(1). */
export function witnessLine({ chain, seq, sha256 }: Witness | EntryReference): string {
  return `vrun-witness-v1 ${chain} ${seq} ${sha256}`;
}

/** Reads witness lines from a host's file or from its log, in which other things may stand before and between them. */
export function parseWitnesses(text: string): Witness[] {
  const lines = text.matchAll(/\bvrun-witness-v1 ([0-9a-f]{32}) ([1-9]\d{0,8}) ([0-9a-f]{64})(?=\s|$)/g);
  return [...lines].map(([, chain = '', seq = '', sha256 = '']) => ({ chain, seq: Number(seq), sha256 }));
}

/** A host's witness file with `witness` added: one line a chain, its newest; other chains' lines stay. */
export function updateWitnesses(text: string, witness: Witness): string {
  const others = parseWitnesses(text).filter((line) => line.chain !== witness.chain);
  return [...others, witness].map((line) => `${witnessLine(line)}\n`).join('');
}

/** Compares a chain with witnesses while its entries go by. */
export class WitnessComparison {
  readonly #witnesses: readonly Witness[];

  constructor(witnesses: readonly Witness[]) {
    this.#witnesses = witnesses;
  }

  /** True when a witness saw another entry in this place of this chain. */
  contradicts(entry: Witness): boolean {
    return this.#witnesses.some(
      ({ chain, seq, sha256 }) => chain === entry.chain && seq === entry.seq && sha256 !== entry.sha256,
    );
  }

  /** The highest entry that a witness saw after the end of the chain; undefined when there is none. */
  beyond(chain: string, length: number): number | undefined {
    const seen = this.#witnesses.filter((witness) => witness.chain === chain && witness.seq > length);
    return seen.length === 0 ? undefined : Math.max(...seen.map(({ seq }) => seq));
  }

  /** How many witnesses speak of this chain. */
  count(chain: string): number {
    return this.#witnesses.filter((witness) => witness.chain === chain).length;
  }
}
