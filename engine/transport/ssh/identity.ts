// A key that we may log in with.
import type { ParsedKey } from 'ssh2';

export interface LoginKey {
  readonly file: string;
  /** The public half's blob; undefined where only the private half could tell. */
  readonly blob: Buffer | undefined;
  /** The private half where it needs no passphrase. */
  readonly key: ParsedKey | undefined;
  /** Why the private half can't be used; undefined where it can, perhaps with a passphrase. */
  readonly unusable: string | undefined;
  readonly missing: boolean;
  /** The private half, whose passphrase is asked for once a run. An Error says why there is none. */
  open(): Promise<ParsedKey | Error>;
}
