// A probe that reads several things prints a line `@name` before each; this takes them apart again.

/**
 * The lines of each section, in a map from its name. What stands before the first `@name` is dropped.
 * The author of a probe sees to it that no line of a section can begin with `@`: by its form, or by base64.
 * @throws Error when a section comes twice, so that a forged one is never believed
 */
export function readSections(stdout: string): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>();
  let current: string[] = [];
  const rows = stdout.split('\n');
  if (rows.at(-1) === '') rows.pop();
  for (const line of rows) {
    if (!/^@[a-z]+$/.test(line)) {
      current.push(line);
      continue;
    }
    const name = line.slice(1);
    if (sections.has(name)) throw new Error(`the probe printed the section ${name} twice`);
    current = [];
    sections.set(name, current);
  }
  return sections;
}
