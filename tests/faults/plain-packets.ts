// The messages of an SSH connection that travel in plain, one direction of it: up to NEWKEYS (RFC 4253, sections 4.2, 6 and 7).

/** Those that mark a phase. */
export type PlainType = 'KEXINIT' | 'NEWKEYS';

const TYPES: Readonly<Record<number, PlainType>> = { 20: 'KEXINIT', 21: 'NEWKEYS' };

/** Follows the bytes of one direction and says which messages go by. */
export class PlainPackets {
  readonly #say: (type: PlainType) => void;
  #rest: Buffer | undefined = Buffer.alloc(0);
  #greeted = false;

  constructor(say: (type: PlainType) => void) {
    this.#say = say;
  }

  see(bytes: Buffer): void {
    if (this.#rest === undefined) return; // encrypted by now
    this.#rest = Buffer.concat([this.#rest, bytes]);
    if (!this.#greeted) {
      const end = this.#rest.indexOf('\n');
      if (end < 0) return;
      this.#greeted = true;
      this.#rest = this.#rest.subarray(end + 1);
    }
    this.#packets();
  }

  #packets(): void {
    while (this.#rest !== undefined && this.#rest.length >= 6) {
      const end = 4 + this.#rest.readUInt32BE(0);
      if (this.#rest.length < end) return;
      const type = TYPES[this.#rest.readUInt8(5)];
      this.#rest = type === 'NEWKEYS' ? undefined : this.#rest.subarray(end);
      if (type) this.#say(type);
    }
  }
}
