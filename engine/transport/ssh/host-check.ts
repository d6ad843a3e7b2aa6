// Whether the key that a host presents is the right one: known_hosts, revoked keys, and what ssh's configuration demands besides.
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { fingerprint } from '../../base/digest.ts';
import { fail } from '../../language/problem/problem.ts';
import { hostKeyAlgorithms, refuseHostKey } from '../known-hosts/host-key.ts';
import {
  entriesFor,
  judgeHostKey,
  type KeyVerdict,
  type KnownHostsGroups,
  knownName,
} from '../known-hosts/known-hosts.ts';
import { revokedBy } from '../known-hosts/revoked-keys.ts';
import { type ConnectContext, readKnownHosts } from './context.ts';
import { rsaBits } from './identity-file.ts';

/** How one host's key is to be checked. */
export interface HostCheck {
  /** Its names in known_hosts, its own first. */
  readonly names: readonly [string, ...string[]];
  readonly port: number;
  /** The project's known_hosts files; where they know the host, they decide. */
  readonly pins: readonly string[];
  /** ssh's own. */
  readonly own: readonly string[];
  /** HostKeyAlgorithms, where configured. */
  readonly algorithms: readonly string[] | undefined;
  /** The files of RevokedHostKeys. */
  readonly revokedKeys: readonly string[];
  /** RequiredRSASize. */
  readonly leastRsaBits: number;
  /** CheckHostIP: what is known of the address must not contradict. */
  readonly checkAddress: boolean;
  /** Options by which ssh would be less strict than vrun is; for the message. */
  readonly lenient: readonly string[];
}

/** A HostCheck with its files read. */
export class HostKeyJudge {
  readonly #check: HostCheck;
  readonly #groups: KnownHostsGroups;

  private constructor(check: HostCheck, groups: KnownHostsGroups) {
    this.#check = check;
    this.#groups = groups;
  }

  static async of(check: HostCheck, context: ConnectContext): Promise<HostKeyJudge> {
    return new HostKeyJudge(check, await knownHostsGroups(check, context));
  }

  /** The signature algorithms to ask for. */
  get algorithms(): ServerHostKeyAlgorithm[] {
    return hostKeyAlgorithms(this.#groups, this.#check.names[0], this.#check.algorithms);
  }

  /** Fingerprints of the keys that the host may have: one server that answers at many addresses has the same everywhere. */
  get pinned(): readonly string[] {
    const known = this.#check.names.map((name) => entriesFor(this.#groups, name).keys);
    return (known.find(({ length }) => length > 0) ?? []).map(({ key }) => fingerprint(key));
  }

  /** What known_hosts and the files of revoked keys say. @throws ProblemError when such a file can't be read */
  async verdict(key: Buffer, address: string | undefined): Promise<KeyVerdict> {
    const by = await revokedBy(this.#check.revokedKeys, key);
    if (by !== undefined) return { verdict: 'revoked', by };
    const verdict = judgeHostKey(this.#groups, this.#check.names, key);
    if (verdict.verdict !== 'match') return verdict;
    const ofAddress = this.#verdictOfAddress(key, address);
    return ofAddress?.verdict === 'changed' || ofAddress?.verdict === 'revoked' ? ofAddress : verdict;
  }

  /**
   * Returns for the right key, and only for that. `address` is the one that we are connected to, unless through a jump host.
   * @throws ProblemError `host-key-unknown`, `host-key-changed`, `host-key-revoked`, `file-unreadable`
   */
  async admit(key: Buffer, host: string, address: string | undefined): Promise<void> {
    const { names, leastRsaBits, lenient } = this.#check;
    const bits = rsaBits(key);
    if (bits !== undefined && bits < leastRsaBits) {
      fail({
        code: 'host-key-unknown',
        summary: `The key of ${host} is too short`,
        detail: `${names[0]} presented the RSA key ${fingerprint(key)} of ${bits} bits; ssh's configuration wants ${leastRsaBits} (RequiredRSASize).`,
      });
    }
    const verdict = await this.verdict(key, address);
    if (verdict.verdict !== 'match') refuseHostKey(verdict, key, { host, name: names[0], lenient });
  }

  /** ssh leaves CheckHostIP out where the name is the address, and on this machine itself. */
  #verdictOfAddress(key: Buffer, address: string | undefined): KeyVerdict | undefined {
    if (!this.#check.checkAddress || address === undefined || /^(127\.|::1$|::ffff:127\.)/.test(address))
      return undefined;
    const name = knownName(address, this.#check.port);
    return name === this.#check.names[0] ? undefined : judgeHostKey(this.#groups, [name], key);
  }
}

/** The known_hosts files of a check, read: the project's, then ssh's own. */
export async function knownHostsGroups(check: HostCheck, context: ConnectContext): Promise<KnownHostsGroups> {
  return Promise.all([readKnownHosts(context, check.pins), readKnownHosts(context, check.own)]);
}
