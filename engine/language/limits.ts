// What a runbook, and what comes back from hosts, may ask of the machine that vrun runs on. Each is a Problem before it is a
// hang; docs/language.md lists them.

/** Milliseconds that what may take for ever (a regular expression that backtracks, an expression that loops) may run. */
export const SLOWEST = 1000;

/** Characters of a regular expression, and of a pattern of hosts that holds no comma. */
export const LONGEST_PATTERN = 10_000;

/** Characters of an expression. */
export const LONGEST_EXPRESSION = 20_000;

/**
 * States of a compiled regular expression times the characters of its text: about two seconds in the worst case, and
 * usually a hundredth of that.
 */
export const MOST_MATCHING = 250_000_000;

/** Bytes of a text that is read as a whole: runbooks, inventories, variables, templates, keys. */
export const LARGEST_TEXT = 64 * 1024 * 1024;

/** MiB that a task's `output_limit` may ask for: a result goes into the record as one line. */
export const MOST_OUTPUT = 16;
