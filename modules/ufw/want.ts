// The firewall as a task wants it, and as it is found.

import type { UfwRule } from './rule.ts';
import type { SshConnection } from './ssh-connection.ts';

export interface UfwWant {
  readonly state: 'enabled' | 'disabled';
  readonly policies: Readonly<Record<Chain, Policy>>;
  /** The first that matches decides. */
  readonly rules: readonly UfwRule[];
  /** Those that are taken away. */
  readonly gone: readonly UfwRule[];
  readonly exclusive: boolean;
  readonly logging: string;
  readonly allowLockout: boolean;
}

export type Chain = 'incoming' | 'outgoing' | 'routed';

export type Policy = 'allow' | 'deny' | 'reject';

export interface UfwState {
  /** `hidden`: the task's user may not read the rules. */
  readonly hidden: boolean;
  /** To be started at boot, as ufw.conf says. */
  readonly enabled: boolean;
  /** In the kernel now. */
  readonly loaded: boolean;
  readonly logging: string;
  /** Whether there are rules for IPv6; without them a running ufw drops all of it. */
  readonly ipv6: boolean;
  /** DROP, REJECT or ACCEPT by incoming, outgoing, routed. */
  readonly policies: Readonly<Record<'incoming' | 'outgoing' | 'routed', string>>;
  readonly rules: { readonly 4: readonly UfwRule[]; readonly 6: readonly UfwRule[] };
  readonly connection: SshConnection | undefined;
  /** Names of application profiles; undefined where no wanted rule has one. */
  readonly profiles?: readonly string[] | undefined;
}
