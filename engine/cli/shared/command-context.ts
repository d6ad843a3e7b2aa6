// What every command of the command line is made with.
import type { Environment } from './environment.ts';

/**
 * What a command needs to be made. What it does is imported when it is called for: nothing is loaded that the words on the
 * command line don't need.
 */
export interface CommandContext {
  readonly environment: Environment;
  /** Told the exit status. */
  readonly ended: (status: number) => void;
}
