// The flags of a pattern: `(?i)` for all of it, `(?i-s:…)` for a part.
import type { Source } from './source.ts';

export interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly verbose: boolean;
  readonly ascii: boolean;
}

export const NO_FLAGS: Flags = { ignoreCase: false, multiline: false, dotAll: false, verbose: false, ascii: false };

const NAMES = { i: 'ignoreCase', m: 'multiline', s: 'dotAll', x: 'verbose' } as const;

/**
 * Reads the flags after `(?`, of which `first` is taken, to their end: `global` where that is the parenthesis.
 * `start` is where the group began.
 */
export function readFlags(
  source: Source,
  { first, start, flags, bytes }: { first: string; start: number; flags: Flags; bytes: boolean },
): { readonly flags: Flags; readonly global: boolean } {
  let char: string | undefined = first;
  const on = letters();
  if (/[aLu]/.test(on) && new Set(on.match(/[aLu]/g)).size > 1) {
    throw source.fault('the flags a, u and L exclude one another', start);
  }
  if (on.includes('L') && !bytes) throw source.fault('the flag L is for bytes only', start);
  if (on.includes('u') && bytes) throw source.fault('the flag u is not for lines of a file, which are bytes', start);
  if (char === ')') return { flags: withLetters(flags, on, true), global: true };
  let off = '';
  if (char === '-') {
    char = source.take();
    off = letters();
    if (off === '') throw source.fault('after the ‹-› a flag is missing', start);
    if (/[aLu]/.test(off)) throw source.fault('the flags a, u and L can’t be taken away', start);
  }
  if (char !== ':') throw source.fault('these flags have no end: ‹:› or ‹)› is missing', start);
  if ([...on].some((letter) => off.includes(letter))) throw source.fault('one flag is both set and taken away', start);
  return { flags: withLetters(withLetters(flags, on, true), off, false), global: false };

  function letters(): string {
    let found = '';
    for (; char !== undefined && /^[aiLmsux]$/.test(char); char = source.take()) found += char;
    if (char === undefined || /^\p{L}/u.test(char)) {
      throw source.fault(char === undefined ? 'these flags have no end' : `there is no flag ‹${char}›`, start);
    }
    return found;
  }
}

function withLetters(flags: Flags, letters: string, on: boolean): Flags {
  const made: { -readonly [Name in keyof Flags]: boolean } = { ...flags };
  for (const letter of letters) {
    if (letter === 'i' || letter === 'm' || letter === 's' || letter === 'x') made[NAMES[letter]] = on;
    else made.ascii = letter !== 'u';
  }
  return made;
}
