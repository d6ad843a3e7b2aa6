// SSH's binary encoding (RFC 4251, section 5): what keys, signatures and the agent's messages are written in.

/** A 32-bit unsigned integer, big-endian. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A length and the bytes; text as UTF-8. */
export function wireString(content: string | Uint8Array): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** A non-negative integer given as big-endian bytes: no needless zeros, one in front when the top bit is set. */
export function mpint(magnitude: Uint8Array): Buffer {
  const bytes = withoutZeros(magnitude);
  return wireString((bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

/** Big-endian bytes without leading zeros. */
export function withoutZeros(magnitude: Uint8Array): Uint8Array {
  const first = magnitude.findIndex((byte) => byte !== 0);
  return first < 0 ? new Uint8Array() : magnitude.subarray(first);
}

/** Reads SSH's encoding from the front; every read past the end throws. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new Error('it ends too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  byte(): number {
    return this.take(1).readUInt8();
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  string(): Buffer {
    return this.take(this.uint32());
  }

  text(): string {
    return this.string().toString('utf8');
  }

  /** @throws Error when something is left */
  end(): void {
    if (this.#at !== this.#bytes.length) throw new Error('it has bytes too many');
  }
}
