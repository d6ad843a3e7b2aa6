/**
 * The lab for tests and benchmarks: real Debian hosts `lab1` … `lab20` on a bridge of this machine, and
 * what they need from outside: a repository with Node.js and an ACME server, both on the bridge.
 * All functions may be called from several processes at once.
 */

/** The private key that `ops` and `root` accept on every host. */
export const KEY_FILE: string;

/** The pinned host keys of all hosts, by address. */
export const KNOWN_HOSTS_FILE: string;

/** The password of `ops`; only on lab2 does sudo ask for it. */
export const OPS_PASSWORD: string;

/** The bridge of this machine on which the hosts are. */
export const BRIDGE: string;

/** The systems that hosts can be, by name. */
export const SUITES: Readonly<
  Record<
    string,
    {
      release: string;
      archive: string;
      packages: string[];
      unified: boolean;
      tests: 'all' | 'all but the longest' | 'a chosen set';
    }
  >
>;

/** Test files that `npm test` runs on hosts of every suite. */
export const CHOSEN: readonly string[];

/** The suite that hosts are of where nobody says another one: VRUN_LAB_SUITE, or Debian 13. */
export function chosenSuite(): string;

/** Whether the lab can run on this machine, and why not. Changes nothing. */
export function available(): { ok: true } | { ok: false; reason: string };

/**
 * Boots those of the named hosts that don't run yet, all at once, and returns when each has finished booting and serves SSH.
 * The first call on a machine installs what is missing and builds the image: about a minute.
 * @param say is told what takes long, a line at a time
 * @throws when a name is unknown or a host doesn't boot
 */
export function ensureUp(names: string[], say?: (line: string) => void): Promise<void>;

/** Builds the images of all suites that this machine hasn't got yet: five minutes or so of waiting for packages. */
export function prepareImages(say?: (line: string) => void): Promise<void>;

/** Puts clean hosts in the place of the named ones, running or not: about a second. Everything that was written on them is gone. */
export function reset(...names: string[]): Promise<void>;

/**
 * Lends clean hosts, any of `among` (`lab4` to `lab20`), that no other borrower has until `release` or until this process ends.
 * Waits while too few are free, so leave time for it. Released hosts stay as they are until somebody borrows them again.
 */
export function borrow(
  count: number,
  options?: { among?: string[]; suite?: string },
): Promise<{ names: string[]; release(): void }>;

/** Ends the named hosts as a power cut would; without names all of them, and removes the bridge. Gives the names of those that ran. */
export function down(names?: string[]): Promise<string[]>;

/** The hosts that run on this machine. */
export function running(): Promise<{ name: string; address: string; image: string }[]>;

/** The names of the lab's services that run on this machine. */
export function services(): Promise<string[]>;

/** The host's IPv4 address, the same in every lab. */
export function address(name: string): string;

/**
 * Runs a `/bin/sh` command on a running host as root, past SSH and past vrun: to assert what is true there.
 * @throws when the host doesn't run
 */
export function exec(name: string, command: string): Promise<{ status: number; stdout: string; stderr: string }>;

/** Writes an inventory with the named hosts in the group `web` and gives its absolute path: the same path for the same hosts. */
export function inventoryFile(names: string[]): Promise<string>;

/**
 * A second package repository, signed with a key that no host knows: `deb URI SUITE COMPONENT` offers `nodejs` (this machine's own
 * Node with npm). The key, armored, is at `keyUrl` for the hosts and in `keyFile` on this machine.
 */
export const NODE_REPOSITORY: {
  readonly uri: string;
  readonly suite: string;
  readonly component: string;
  readonly keyUrl: string;
  readonly keyFile: string;
};

/** The authority behind the ACME servers' own certificate, on every host: for certbot's REQUESTS_CA_BUNDLE. */
export const ACME_CA_ON_HOST: string;

/**
 * The lab's ACME server, up as long as the lab is. It knows `labN.lab.test`, `www.labN.lab.test` and `app.labN.lab.test`, checks by
 * HTTP-01 on port 80 and issues for 90 days. `caFile` (the server's own certificate) and `rootFile` (what it issues) are on this
 * machine; the root is another after each start of the server.
 */
export const ACME: { readonly directory: string; readonly caFile: string; readonly rootFile: string };

/** An ACME server of a test's own, which ends with this process at the latest. It remembers nothing over a stop. */
export interface AcmeServer {
  /** URL of its directory, the same after a restart. */
  readonly directory: string;
  /** The authority that signs what it issues now, as PEM. */
  root(): Promise<string>;
  /** Starts it, or starts it again as one that knows no account, on the same address. */
  start(options?: { validityDays?: number }): Promise<void>;
  /** From now on nobody answers there. */
  stop(): Promise<void>;
  /** Stops it and removes its files. */
  end(): Promise<void>;
}

/** Starts another ACME server like the lab's. @param options `validityDays` of what it issues, 90 unless given */
export function startAcme(options?: { validityDays?: number }): Promise<AcmeServer>;

/**
 * Makes a host a database server: installs PostgreSQL from the lab's repository if need be, has it listen on the bridge, and makes
 * an empty database (one of that name is replaced) and its owner. About ten seconds, three when it is installed.
 */
export function postgresOn(
  name: string,
  options?: { database?: string; user?: string },
): Promise<{ url: string; address: string; database: string; user: string; password: string }>;
