// What `import … from 'vrun'` gives: the contract of modules, what tries one, and what loads and runs a runbook.
export type { Event, HostTotals, Json } from '../event/event.ts';
export { type Problem, ProblemError } from '../language/problem/problem.ts';
export * from '../module/index.ts';
export { type LoadOptions, loadRunbook } from './load.ts';
export { type Rehearsal, rehearse } from './rehearse.ts';
export { type Run, type RunEnd, type RunningOptions, run } from './run.ts';
export type { LoadedRunbook, Whereabouts } from './runbook.ts';
