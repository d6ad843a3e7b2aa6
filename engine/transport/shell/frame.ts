// A message's bytes, from its frames. Pure. The nonce only ever travels on the shell's standard input: who can read
// process lists or write files on the host must not be able to write a mark.
import { lines, sh } from '../../base/script.ts';
import { singleQuoted } from '../../base/shell-quote.ts';
import type { Frame } from '../channel/connection.ts';
import APART from './apart.sh';
import AS_USER from './as-user.sh';
import BESIDE from './beside.sh';
import BOOT from './boot.sh';
import GUARD from './guard.sh';

/** Where a frame's standard input comes from: nothing, the message itself, or a file sent ahead on a channel of its own. */
export type Input = { readonly inline: Uint8Array } | { readonly file: string } | undefined;

/** Contents up to this size travel in the message; larger ones go through a channel of their own (dash and bash read slowly). */
export const inlineLimit = 256 * 1024;

/** Where private files are put: in memory where the host has such a place, so that secrets don't touch its disk. */
export const privatePlaces = ['/run', '/dev/shm', '/tmp', '/var/tmp'] as const;

/** Where large contents are put that are read from a file here: on disk first, since a server's memory may be small. */
export const roomyPlaces = ['/var/tmp', '/tmp', '/dev/shm', '/run'] as const;

/** Tells the shell that private files named with its token may exist, which it then removes at its end. */
export const expectPrivateFiles = 'vrun_d=1\n';

/**
 * What a shell reads first, as boot.sh tells. `token` is in the names of its private files. `atExit` runs when the shell
 * ends, for whatever reason short of SIGKILL.
 */
export function bootText(nonce: string, token: string, atExit: string): string {
  const inPlaces = (name: string) => privatePlaces.map((place) => `${place}/vrun.${token}.${name}`).join(' ');
  const given = sh`vrun_n=${nonce} vrun_f=${inPlaces('*')} vrun_b=${inPlaces('pipes')} vrun_a=${atExit}`;
  return `${lines(given, AS_USER, APART, BESIDE, BOOT).text}\n`;
}

/** What makes a shell a guarded one; `guard` defines `vrun_guard`, as guard.sh tells. */
export function guardText(guard: string): string {
  return `${guard}\n${GUARD.text}\n`;
}

/**
 * The bytes of a message: `frames`, numbered from `first`, each run in a subshell of its own. What may run beside others is
 * started before all that follows the last frame that runs alone.
 * `inputs` has one entry a frame. In a guarded shell each script asks its guard first. No script can break out: it stands in single quotes and is only ever eval'd.
 * @throws TypeError for a NUL byte in a script, which no shell can read.
 */
export function messageBytes(
  frames: readonly Frame[],
  first: number,
  inputs: readonly Input[],
  guarded = false,
): Buffer {
  const numbered = frames.map((frame, i) => ({ frame, index: first + i, input: inputs[i], guarded }));
  return Buffer.from(`vrun_x= vrun_t=\n${stretchesOf(numbered).map(stretchLines).join('')}vrun_done\n`);
}

interface Numbered {
  readonly frame: Frame;
  readonly index: number;
  readonly input: Input;
  readonly guarded: boolean;
}

/** The frames in order, cut where one runs alone. */
function stretchesOf(frames: readonly Numbered[]): readonly (readonly Numbered[])[] {
  const isAlone = ({ frame }: Numbered) => frame.step !== undefined || frame.alone === true;
  const stretches: Numbered[][] = [];
  let last: Numbered[] = [];
  for (const one of frames) {
    if (last.length === 0 || isAlone(one) || last.some(isAlone)) {
      last = [];
      stretches.push(last);
    }
    last.push(one);
  }
  return stretches;
}

function stretchLines(stretch: readonly Numbered[]): string {
  const isBeside = ({ frame, input }: Numbered) =>
    stretch.length > 1 && frame.beside === true && !(input && 'file' in input);
  const beside = stretch.filter(isBeside);
  const kept = beside.map((one) => `vrun_keep ${one.index} ${scriptWord(one)}${inputWords(one.input)}\n`);
  const begun = beside.length === 0 ? '' : `vrun_go ${beside.map(({ index }) => index).join(' ')}\n`;
  const turns = stretch.map((one) => (isBeside(one) ? `vrun_got ${one.index}\n` : frameLine(one)));
  return [...kept, begun, ...turns].join('');
}

function frameLine(one: Numbered): string {
  const { frame, index, input } = one;
  const accept = frame.step === undefined ? '-' : frame.step.accept === 'any' ? 'any' : frame.step.accept.join(' ');
  return `vrun ${index} ${singleQuoted(accept)} ${scriptWord(one)}${inputWords(input)}\n`;
}

function scriptWord({ frame: { script, user }, index, guarded }: Numbered): string {
  if (script.includes('\0')) throw new TypeError('a script cannot hold a NUL byte');
  const run = user === undefined ? script : `vrun_as ${singleQuoted(user)} ${singleQuoted(script)}`;
  return singleQuoted(guarded ? `vrun_may ${index}\n${run}` : run);
}

function inputWords(input: Input): string {
  if (input === undefined) return '';
  if ('file' in input) return ` f ${singleQuoted(input.file)}`;
  const bytes = Buffer.from(input.inline.buffer, input.inline.byteOffset, input.inline.byteLength);
  // printf's %b needs no process; base64 is shorter for what is mostly binary.
  const escaped = escapeForPrintf(bytes);
  return escaped.length <= bytes.length * 1.4 + 64 ? ` b ${singleQuoted(escaped)}` : ` d ${bytes.toString('base64')}`;
}

/** Bytes as an argument of printf's %b (POSIX XCU printf): octal `\0ddd` for all but printable ASCII and newlines. */
function escapeForPrintf(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[^\n\t\x20-\x5b\x5d-\x7e]/g, (char) => `\\0${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
