// Content: bytes that go to a host in a file or on standard input. The only place where a Secret turns into bytes.
import { sha256 } from '../base/digest.ts';
import { Secret } from '../language/value/secret.ts';

/** Bytes that stay where they are until somebody wants them. Each method reads again and throws when they have changed. */
export interface StoredBytes {
  readonly size: number;
  /** Lower-case hex. */
  sha256(): string;
  read(): Buffer;
  chunks(): AsyncIterable<Buffer>;
}

/** Bytes on their way to a host: whole, or in pieces that are read while they are sent. */
export type Outgoing = Uint8Array | { readonly length: number; chunks(): AsyncIterable<Buffer> };

/** Up to this size, in bytes, content is sent whole and shown in a diff. */
const SMALL = 262_144;

/** Bytes with their digest. Secret content is never shown, not even as a diff. */
export class Content {
  readonly secret: boolean;
  readonly #bytes: Buffer | StoredBytes;
  #sha256: string | undefined;

  private constructor(bytes: Buffer | StoredBytes, secret: boolean) {
    this.#bytes = bytes;
    this.secret = secret;
  }

  /** From text (as UTF-8), a Secret or bytes; `secret`: what was made with one. */
  static of(source: string | Secret | Uint8Array, secret = false): Content {
    if (source instanceof Secret) return new Content(Buffer.from(source.reveal()), true);
    return new Content(typeof source === 'string' ? Buffer.from(source) : Buffer.from(source), secret);
  }

  /** Of bytes that are read, and digested, only when somebody asks. */
  static stored(bytes: StoredBytes): Content {
    return new Content(bytes, false);
  }

  /** Several contents one after the other, none of them read before it is sent. */
  static joined(parts: readonly Content[]): Content {
    const read = () => Buffer.concat(parts.map((part) => part.bytes()));
    const bytes = {
      size: parts.reduce((sum, part) => sum + part.size, 0),
      sha256: () => sha256(read()),
      read,
      // Pieces of some size: thousands of small ones would each cost a write of their own.
      async *chunks() {
        let held: Buffer[] = [];
        let size = 0;
        for (const part of parts) {
          for await (const chunk of part.#chunks()) {
            held.push(chunk);
            size += chunk.length;
            if (size < SMALL) continue;
            yield Buffer.concat(held);
            held = [];
            size = 0;
          }
        }
        if (size > 0) yield Buffer.concat(held);
      },
    };
    return new Content(
      bytes,
      parts.some(({ secret }) => secret),
    );
  }

  /** Lower-case hex, as sha256sum prints it. */
  get sha256(): string {
    this.#sha256 ??= Buffer.isBuffer(this.#bytes) ? sha256(this.#bytes) : this.#bytes.sha256();
    return this.#sha256;
  }

  get size(): number {
    return Buffer.isBuffer(this.#bytes) ? this.#bytes.length : this.#bytes.size;
  }

  /** All of the bytes at once. */
  bytes(): Buffer {
    return Buffer.isBuffer(this.#bytes) ? this.#bytes : this.#bytes.read();
  }

  /** The bytes, for the transport. */
  outgoing(): Outgoing {
    if (Buffer.isBuffer(this.#bytes) || this.size <= SMALL) return this.bytes();
    return { length: this.size, chunks: () => this.#chunks() };
  }

  /** The text for a diff: undefined for secret or binary content, and for what is stored and large. */
  text(): string | undefined {
    if (this.secret || (!Buffer.isBuffer(this.#bytes) && this.size > SMALL)) return undefined;
    const bytes = this.bytes();
    if (bytes.includes(0)) return undefined;
    const text = bytes.toString('utf8');
    return Buffer.from(text).equals(bytes) ? text : undefined;
  }

  async *#chunks(): AsyncGenerator<Buffer, void> {
    if (Buffer.isBuffer(this.#bytes)) yield this.#bytes;
    else yield* this.#bytes.chunks();
  }

  toString(): string {
    return this.secret ? '‹secret content›' : `‹${this.size} bytes›`;
  }

  toJSON(): string {
    return this.toString();
  }
}
