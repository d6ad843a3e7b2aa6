// What a runbook, and what comes back from hosts, may ask of the machine that vrun runs on. Each is a Problem before it is a
// hang; docs/language.md lists them.

/** Milliseconds that what may take for ever (a regular expression that backtracks, an expression that loops) may run. */
export const SLOWEST = 1000;

/** Characters of a regular expression, and of a pattern of hosts that holds no comma. */
export const LONGEST_PATTERN = 10_000;

/** Steps that a regular expression of Python's kind may take on one file, or on all names of hosts: about a second. */
export const MOST_PATTERN_STEPS = 20_000_000;

/** Characters of an expression. */
export const LONGEST_EXPRESSION = 20_000;

/** Values, names and operators of an expression: it is gone through by recursion, and stacks differ. */
export const MOST_OPERANDS = 2500;

/**
 * States of a compiled regular expression times the characters of its text: about two seconds in the worst case, and
 * usually a hundredth of that.
 */
export const MOST_MATCHING = 220_000_000;

/** Bytes of a text that is read as a whole: runbooks, inventories, variables, templates, keys. */
export const LARGEST_TEXT = 64 * 1024 * 1024;

/** MiB that a task's `output_limit` may ask for: a result goes into the record as one line. */
export const MOST_OUTPUT = 16;

/** Levels of YAML, and of blocks and calls in a template: parsers recurse. */
export const DEEPEST = 100;

/** Values of one YAML file: aliases may blow a small one up. */
export const MOST_NODES = 200_000;

/** Plays, tasks, blocks and includes of a runbook, those of a file once for each time that it is included. */
export const MOST_TASKS = 20_000;

/** Files that include, or import, one another. */
export const DEEPEST_INCLUDES = 50;

/** Items of a loop. */
export const MOST_ITEMS = 10_000;

/** Tasks that an include with a loop stands for. */
export const MOST_UNFOLDED = 100_000;

/** Characters of a text that a template or an expression makes. */
export const MOST_TEXT = 16 * 1024 * 1024;

/** Values in a list or a map, at any depth, that variables are put together to. */
export const MOST_VALUES = 1_000_000;

/** Blocks, names and texts that one rendering of a template goes through. */
export const MOST_STEPS = 5_000_000;
