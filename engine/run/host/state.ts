// What one host carries through a whole run, from play to play.
import type { Play } from '../../language/runbook/runbook.ts';
import type { Target } from '../../transport/channel/connection.ts';
import type { BecomeDefaults } from '../list/acting-as.ts';
import type { Reader } from '../message/reader.ts';
import type { Prediction } from '../predict/prediction.ts';
import type { HostAccess } from '../session/host-access.ts';
import type { HeldNote } from '../session/notes.ts';
import type { HostSession } from '../session/session.ts';
import type { LifeCycle } from './life-cycle.ts';
import type { HostVariables } from './variables.ts';

export interface HostState {
  readonly name: string;
  readonly variables: HostVariables;
  readonly session: HostSession;
  readonly site: HostAccess;
  /** True for this machine, which is reached without a login. */
  readonly local: boolean;
  /** The way to the host, as a play wants it. */
  readonly reach: (play: Play) => Target;
  readonly become: BecomeDefaults;
  readonly life: LifeCycle;
  readonly reader: Reader;
  readonly prediction: Prediction;
  /** Notes that lie on the host now, of an earlier run that didn't come to the handlers or of this one. */
  notes: readonly HeldNote[];
  /** Messages that changed something, or may have. */
  changes: number;
  /** Lists of tasks begun so far, handlers' too: sets apart what was read for each. */
  lists: number;
  /** True once this run has left its witness with the host. */
  witnessed: boolean;
}
