/**
 * Brings a clean host into every situation of these modules, or of all, and records what their probes print there.
 * @param say is told of each transcript
 * @param directory in whose MODULE/transcripts/SUITE transcripts go; by default where the parsers' tests find them
 * @returns what is wrong: probes that not every shell understands alike
 * @throws for a module without situations, and for a situation that can't be brought about
 */
export function capture(
  modules: readonly string[],
  say: (line: string) => void,
  directory?: string,
): Promise<readonly string[]>;
