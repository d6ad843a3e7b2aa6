// The host that acts for a delegated task, as far as binding has to know it.
import type { BecomeDefaults } from '../list/acting-as.ts';

export interface Delegate {
  readonly name: string;
  /** True for this machine, which is reached without a login. */
  readonly local: boolean;
  readonly become: BecomeDefaults;
}
