// What command, shell and script are alike in as modules: everything but how their words become a script.
import { commandResults } from './params.ts';
import { guardThings, parseCommand, pendingCommand, planCommand, probeCommand, probeInput } from './user-command.ts';

/** Members of the module's definition. */
export const runsACommand = {
  results: commandResults,
  freeForm: 'cmd',
  command: true,
  takesCut: true,
  probe: probeCommand,
  input: probeInput,
  parse: parseCommand,
  looksAt: guardThings,
  pending: pendingCommand,
  plan: planCommand,
} as const;

/** What the manuals of the three say alike. */
export const commandManual = {
  reads:
    'Whether the paths of `creates` and `removes` are there, and how `unless` and `onlyif` end; without these nothing.',
  dryRun:
    'What it would do: it is `changed` without being run, its results are `unknown`, and so is every later task about a path or name that stands in its words. With `read_only` it is run, behind pending changes too.',
  tried: 'Debian 12: dash 0.5.12, bash 5.2; BusyBox 1.35.',
};
