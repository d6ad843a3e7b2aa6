// The command lines that start a shell. They pass through login shells of every kind (csh, fish), so they are one line,
// quoted with single quotes that hold no quote, backslash, exclamation mark or line break.

/** What every script starts with, next to HOME, USER, LOGNAME and SHELL. */
export const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const cleanShell = `exec env -i HOME="\${HOME:-/}" USER="$USER" LOGNAME="\${LOGNAME:-$USER}" SHELL="\${SHELL:-/bin/sh}" PATH=${path} LC_ALL=C.UTF-8 sh`;

/** The login user's shell, in a fresh environment, reading its script from standard input. */
export const loginCommand = `exec sh -c '${cleanShell}'`;

// LC_ALL=C: what sudo says is read by us.

/** Root's shell by sudo, which must not ask for a password (sudo(8), -n). */
export const sudoCommand = `exec env LC_ALL=C sudo -n -H -- sh -c '${cleanShell}'`;

/**
 * Root's shell by sudo, which reads the password from standard input after having printed `%NONCE:` to standard error
 * (sudo(8), -S -k -p). In the argument the percent sign is doubled, so that an echo of the command is not the prompt.
 * Once the shell runs it says `%NONCE.` there.
 */
export function sudoPasswordCommand(nonce: string): string {
  return `exec env LC_ALL=C sudo -S -k -H -p %%${nonce}: -- sh -c 'printf %%%s. ${nonce} >&2; ${cleanShell}'`;
}
