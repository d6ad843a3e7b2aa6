// The options of a run, as the command line gives them.
export interface RunOptions {
  readonly inventory: readonly string[];
  readonly check: boolean;
  readonly diff: boolean;
  readonly limit: string | undefined;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly startAtTask: string | undefined;
  readonly step: boolean;
  readonly extraVars: readonly string[];
  readonly forks: number | undefined;
  readonly user: string | undefined;
  readonly become: boolean;
  readonly askBecomePass: boolean;
  readonly privateKey: string | undefined;
  readonly output: 'text' | 'json';
  readonly detailedExitcode: boolean;
  readonly verbose: boolean;
  readonly listTasks: boolean;
  readonly listHosts: boolean;
  readonly listTags: boolean;
  /** Where the broker of workers is; undefined where this process reaches the hosts itself. */
  readonly dispatch?: string | undefined;
  readonly dispatchCa?: string | undefined;
}

/** Those of a command line that gives none. */
export const NO_OPTIONS: RunOptions = {
  inventory: [],
  check: false,
  diff: false,
  limit: undefined,
  tags: [],
  skipTags: [],
  startAtTask: undefined,
  step: false,
  extraVars: [],
  forks: undefined,
  user: undefined,
  become: false,
  askBecomePass: false,
  privateKey: undefined,
  output: 'text',
  detailedExitcode: false,
  verbose: false,
  listTasks: false,
  listHosts: false,
  listTags: false,
};
