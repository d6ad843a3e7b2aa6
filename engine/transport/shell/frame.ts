// A message's bytes, from its frames. Pure. The nonce only ever travels on the shell's standard input: who can read
// process lists or write files on the host must not be able to write a mark.
import { singleQuoted } from '../../base/shell-quote.ts';
import type { Frame } from '../channel/connection.ts';

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

/** A shell function that runs the script $2 as the user $1, in a fresh environment. */
export const becomeFunction = `vrun_as() {
vrun_p=$(getent passwd "$1" 2>/dev/null || grep "^$1:" /etc/passwd) || { echo "vrun: there is no user $1 on this host" >&2; exit 125; }
vrun_s=$2 IFS=:; set -f; set -- $vrun_p
set -- "$1" "$3" "$4" env -i HOME="\${6:-/}" USER="$1" LOGNAME="$1" SHELL="\${7:-/bin/sh}" PATH="$PATH" LC_ALL="$LC_ALL" sh -c "$vrun_s"
vrun_s=$1 vrun_u=$2 vrun_g=$3; shift 3
if ! command -v runuser >/dev/null; then exec su -s /bin/sh "$vrun_s" -c 'exec "$@"' -- vrun "$@"
elif command -v setpriv >/dev/null; then exec setpriv --reuid "$vrun_u" --regid "$vrun_g" --init-groups "$@"
else exec runuser -u "$vrun_s" -- "$@"; fi
}`;

/**
 * What a shell reads first: its functions, its traps, and a ready mark `NONCE:r:PID:bash?` on both outputs.
 * `token` is in the names of its private files. `atExit` runs when the shell ends, for whatever reason short of SIGKILL.
 */
export function bootText(nonce: string, token: string, atExit: string): string {
  const files = privatePlaces.map((place) => `${place}/vrun.${token}.*`).join(' ');
  const end = `case $vrun_d in 1) rm -rf ${files};; esac\n${atExit}`;
  // Each function body is one eval'd command list. `vrun_x` is set once a step has failed, `vrun_t` when time ran out;
  // `vrun_i` is who the shell is, by number.
  return `vrun_n=${nonce} vrun_x= vrun_t= vrun_d= vrun_i=$(id -u)
vrun() {
case $vrun_x in 1) case $4 in f) rm -rf "\${5%/*}";; esac; echo "$vrun_n:s:$1"; echo "$vrun_n:s:$1" >&2; return;; esac
echo "$vrun_n:b:$1"; echo "$vrun_n:b:$1" >&2
case $4 in
'') ( vrun_e "$3" ) </dev/null;;
b) printf %b "$5" 2>/dev/null | ( vrun_e "$3" );;
d) printf %s "$5" 2>/dev/null | base64 -d | ( vrun_e "$3" );;
f) ( rm -rf "\${5%/*}"; vrun_e "$3" ) <"$5";;
esac
vrun_r=$?
echo "$vrun_n:e:$1:$vrun_r"; echo "$vrun_n:e:$1:0" >&2
case $2$vrun_t in -*|any);; *) case " $2 " in *" $vrun_r$vrun_t "*);; *) vrun_x=1;; esac;; esac
vrun_t=
}
vrun_e() { vrun_s=$1; shift $#; eval "$vrun_s"; }
${becomeFunction}
umask 022; cd /; unset OLDPWD
trap 'vrun_t=t' USR1; trap 'vrun_x=1' USR2; trap 'exit 129' HUP TERM PIPE
trap ${singleQuoted(end)} EXIT
echo "$vrun_n:r:$$:\${BASH_VERSION:+bash}"; echo "$vrun_n:r:$$:" >&2
`;
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
