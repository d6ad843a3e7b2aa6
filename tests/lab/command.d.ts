/** Runs a program of this machine to its end, without a shell, and gives its standard output. @throws with what it said, when it fails */
export function run(
  file: string,
  args: readonly string[],
  options?: { readonly input?: string; readonly env?: NodeJS.ProcessEnv; readonly timeoutMs?: number },
): Promise<string>;

/** As `run`, but a failure is an outcome: status -1 where a signal ended it. */
export function attempt(
  file: string,
  args: readonly string[],
): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }>;
