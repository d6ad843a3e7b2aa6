// A plan in lines, for tables of tests.
import { type Change, effectsOf, madeBy, type Plan, type Step, sh } from '../module/index.ts';

/**
 * Changes as lines: `+ user vantus: FROM → TO`, then each step, indented: `$ SCRIPT` (`< ‹12 bytes›` with standard input,
 * `revert SCRIPT`), `> PATH MODE OWNER:GROUP` for a write, `← FROM → TO` for a file that comes here, and `= path:/x` for what it makes.
 */
export function planLines(plan: Plan): string[] {
  return plan.changes.flatMap((change) => [
    `${change.op} ${change.what}${words(change)}`,
    ...change.steps.flatMap(stepLines),
    ...made(change).map((resource) => `  = ${resource}`),
  ]);
}

/** Of a change of what is there, only what its module says that it makes. */
function made(change: Change): readonly string[] {
  const effects = change.op === '+' ? effectsOf(change) : (change.effects ?? []).filter((effect) => 'makes' in effect);
  return [...new Set(effects.flatMap((effect) => madeBy(effect) ?? []))];
}

function words({ from, to }: Change): string {
  if (from === undefined && to === undefined) return '';
  return from === undefined ? `: ${to}` : `: ${from} →${to === undefined ? '' : ` ${to}`}`;
}

function stepLines(step: Step): string[] {
  if ('run' in step) {
    return [
      ...step.run.text.split('\n').map((line) => `  $ ${line}`),
      ...(step.stdin ? [`  < ${step.stdin}`] : []),
      ...(step.revert ? [`  revert ${step.revert.text}`] : []),
    ];
  }
  if ('receive' in step) return [`  ← ${step.receive.from} → ${step.receive.to}`];
  const { path, mode, owner, group, validate, backup, content } = step.write;
  const ownership = owner || group ? ` ${owner ?? ''}:${group ?? ''}` : '';
  return [
    `  > ${path} ${mode ?? '-'}${ownership} ${content.text() === undefined ? `${content}` : JSON.stringify(content.text())}`,
    ...(validate ? [`  validate ${validate(sh`"$n"`).text}`] : []),
    ...(backup ? ['  backup'] : []),
    ...(step.restore ? ['  restore'] : []),
  ];
}
