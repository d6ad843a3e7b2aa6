// A worker as others know it: its name, its region, and the public halves of its keys.
import type { Position } from '../../language/problem/position.ts';
import { type PublicKey, publicKeyLine } from '../../signature/public-key.ts';

export interface Worker {
  readonly name: string;
  readonly region: string;
  /** `age1…` (X25519): whom the keys of runs are wrapped for. */
  readonly age: string;
  /** Ed25519: who signs what the worker has done. */
  readonly ssh: PublicKey;
  /** `U…`: as whom it logs in to the broker. */
  readonly nats: string;
  /** UTC, as `Date.toISOString` writes it, with or without fractions of a second. */
  readonly enrolled: string;
  readonly revoked: string | undefined;
}

/** A worker that stands in a file. */
export interface ListedWorker extends Worker {
  /** Where its name stands. */
  readonly at: Position;
  /** Where its last field stands, and the value of that. */
  readonly last: { readonly keyAt: Position; readonly at: Position };
}

/** The region of hosts and workers that say nothing of one. */
export const MAIN_REGION = 'main';

/** What `isName` takes, in words. */
export const NAME_FORM = 'It has 1 to 32 characters: a to z, 0 to 9 and ‹-›.';

/** True for what can name a worker or a region: a part of the broker's subjects, of which none is special there. */
export function isName(text: string): boolean {
  return /^[a-z0-9-]{1,32}$/.test(text);
}

/** Those that aren't revoked. */
export function takingPart<W extends Worker>(workers: readonly W[]): readonly W[] {
  return workers.filter(({ revoked }) => revoked === undefined);
}

/** A time in UTC, to the second, as workers.yml has it. */
export function toTheSecond(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The worker as its entry in workers.yml. */
export function entryText({ name, region, age, ssh, nats, enrolled, revoked }: Worker): string {
  const fields = { region: scalar(region), age, ssh: publicKeyLine(ssh.blob), nats, enrolled, revoked };
  const lines = Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [`  ${key}: ${value}`]));
  return `${[`${scalar(name)}:`, ...lines].join('\n')}\n`;
}

/** A name in YAML: in quotes where some reader of YAML would take it for something else than text. */
function scalar(name: string): string {
  return /^(?!(?:null|true|false|yes|no|on|off|y|n)$)[a-z][a-z0-9-]*$/.test(name) ? name : `"${name}"`;
}
