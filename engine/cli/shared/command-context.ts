// What every command of the command line is made with.
import type { Registry } from '../../module/registry.ts';
import type { Environment } from './environment.ts';

/** What a command needs to be made. */
export interface CommandContext {
  readonly environment: Environment;
  readonly registry: Registry;
  /** Told the exit status. */
  readonly ended: (status: number) => void;
}
