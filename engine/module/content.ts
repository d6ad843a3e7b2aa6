// Content: bytes that go to a host in a file or on standard input. The only place where a Secret turns into bytes.
import { createHash } from 'node:crypto';
import { Secret } from '../language/secret.ts';

/** Bytes with their digest. Secret content is never shown, not even as a diff. */
export class Content {
  readonly secret: boolean;
  readonly #bytes: Buffer;
  #sha256: string | undefined;

  private constructor(bytes: Buffer, secret: boolean) {
    this.#bytes = bytes;
    this.secret = secret;
  }

  /** From text (as UTF-8), a Secret or bytes. */
  static of(source: string | Secret | Uint8Array): Content {
    if (source instanceof Secret) return new Content(Buffer.from(source.reveal()), true);
    return new Content(typeof source === 'string' ? Buffer.from(source) : Buffer.from(source), false);
  }

  /** Lower-case hex, as sha256sum prints it. */
  get sha256(): string {
    this.#sha256 ??= createHash('sha256').update(this.#bytes).digest('hex');
    return this.#sha256;
  }

  get size(): number {
    return this.#bytes.length;
  }

  /** The bytes, for the transport. */
  bytes(): Buffer {
    return this.#bytes;
  }

  /** The text for a diff: undefined for secret or binary content. */
  text(): string | undefined {
    if (this.secret || this.#bytes.includes(0)) return undefined;
    const text = this.#bytes.toString('utf8');
    return Buffer.from(text).equals(this.#bytes) ? text : undefined;
  }

  toString(): string {
    return this.secret ? '‹secret content›' : `‹${this.size} bytes›`;
  }

  toJSON(): string {
    return this.toString();
  }
}
