/** Runs a program of this machine to its end, without a shell, and gives its standard output. @throws with what it said, when it fails */
export function run(
  file: string,
  args: readonly string[],
  options?: { readonly input?: string; readonly env?: NodeJS.ProcessEnv; readonly timeoutMs?: number },
): Promise<string>;
