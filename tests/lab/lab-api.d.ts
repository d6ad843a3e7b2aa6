/**
 * The lab for tests and benchmarks: real Debian 12 hosts `lab1` … `lab8` on a bridge of this machine.
 * All functions may be called from several processes at once.
 */

/** The private key that `ops` and `root` accept on every host. */
export const KEY_FILE: string;

/** The pinned host keys of all hosts, by address. */
export const KNOWN_HOSTS_FILE: string;

/** The password of `ops`; only on lab2 does sudo ask for it. */
export const OPS_PASSWORD: string;

/** Whether the lab can run on this machine, and why not. Changes nothing. */
export function available(): { ok: true } | { ok: false; reason: string };

/**
 * Boots those of the named hosts that don't run yet, all at once, and returns when each has finished booting and serves SSH.
 * The first call on a machine installs what is missing and builds the image: about a minute.
 * @param say is told what takes long, a line at a time
 * @throws when a name is unknown or a host doesn't boot
 */
export function ensureUp(names: string[], say?: (line: string) => void): Promise<void>;

/** Puts clean hosts in the place of the named ones, running or not: about a second. Everything that was written on them is gone. */
export function reset(...names: string[]): Promise<void>;

/**
 * Lends clean hosts, any of `among` (`lab4` to `lab8`), that no other borrower has until `release` or until this process ends.
 * Waits while too few are free, so leave time for it. Released hosts stay as they are until somebody borrows them again.
 */
export function borrow(count: number, among?: string[]): Promise<{ names: string[]; release(): void }>;

/** Ends the named hosts as a power cut would; without names all of them, and removes the bridge. Gives the names of those that ran. */
export function down(names?: string[]): Promise<string[]>;

/** The hosts that run on this machine. */
export function running(): Promise<{ name: string; address: string; image: string }[]>;

/** The host's IPv4 address, the same in every lab. */
export function address(name: string): string;

/**
 * Runs a `/bin/sh` command on a running host as root, past SSH and past vrun: to assert what is true there.
 * @throws when the host doesn't run
 */
export function exec(name: string, command: string): Promise<{ status: number; stdout: string; stderr: string }>;

/** Writes an inventory with the named hosts in the group `web` and gives its absolute path: the same path for the same hosts. */
export function inventoryFile(names: string[]): Promise<string>;
