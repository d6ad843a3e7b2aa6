// A message's bytes, from its frames. Pure. The nonce only ever travels on the shell's standard input: who can read
// process lists or write files on the host must not be able to write a mark.
import { lines, sh } from '../../base/script.ts';
import { singleQuoted } from '../../base/shell-quote.ts';
import type { Frame } from '../channel/connection.ts';
import APART from './apart.sh';
import AS_USER from './as-user.sh';
import BOOT from './boot.sh';

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
  const files = privatePlaces.map((place) => `${place}/vrun.${token}.*`).join(' ');
  return `${lines(sh`vrun_n=${nonce} vrun_f=${files} vrun_a=${atExit}`, AS_USER, APART, BOOT).text}\n`;
}

/**
 * The bytes of a message: `frames`, numbered from `first`, each run in a subshell of its own.
 * `inputs` has one entry a frame. No script can break out: it stands in single quotes and is only ever eval'd.
 * @throws TypeError for a NUL byte in a script, which no shell can read.
 */
export function messageBytes(frames: readonly Frame[], first: number, inputs: readonly Input[]): Buffer {
  return Buffer.from('vrun_x= vrun_t=\n' + frames.map((frame, i) => frameLine(frame, first + i, inputs[i])).join(''));
}

function frameLine(frame: Frame, index: number, input: Input): string {
  if (frame.script.includes('\0')) throw new TypeError('a script cannot hold a NUL byte');
  const accept = frame.step === undefined ? '-' : frame.step.accept === 'any' ? 'any' : frame.step.accept.join(' ');
  const script =
    frame.user === undefined ? frame.script : `vrun_as ${singleQuoted(frame.user)} ${singleQuoted(frame.script)}`;
  return `vrun ${index} ${singleQuoted(accept)} ${singleQuoted(script)}${inputWords(input)}\n`;
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
