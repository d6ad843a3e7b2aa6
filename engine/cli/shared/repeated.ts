// An option that may be given several times: what commander calls for each value.

/** The values so far and one more. */
export function repeated(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
