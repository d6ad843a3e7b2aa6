// A module's test is a table: what the host says, what is wanted → the exact changes. Rows where nothing changes belong.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileParams, type JsonSchema, memberSchema } from '../../engine/language/param-schema.ts';
import { validateParams } from '../../engine/language/validate-params.ts';
import {
  type Change,
  Content,
  type LocalSource,
  Missing,
  type Module,
  type Output,
  type Plan,
  Secret,
  type Step,
  sh,
} from '../../engine/module/index.ts';

/** A file or directory of the controller: text, bytes, or the texts of a directory's files. */
export type Local = string | Secret | Uint8Array | Readonly<Record<string, string>>;

export interface Row {
  readonly title: string;
  /** As in a runbook; a Secret may stand where the schema takes a text. */
  readonly params: Readonly<Record<string, unknown>>;
  /** What `src` and `template` parameters find on the controller, by name. */
  readonly local?: Readonly<Record<string, Local>>;
  /** What is on the host: a state as `parse` gives it … */
  readonly have?: unknown;
  /** … or what the probe printed there: a file in transcripts/, or an output. */
  readonly transcript?: string | Partial<Output>;
  /** What is needed and isn't there; `changes` are then those of the predicted state. */
  readonly missing?: readonly string[];
  /** See `compact`; no lines means that nothing changes. */
  readonly changes: readonly string[];
  readonly failure?: string | RegExp;
  readonly result?: Readonly<Record<string, unknown>>;
}

/** One test for each row. */
export function table(module: Module, rows: readonly Row[]): void {
  describe(module.name, () => {
    for (const row of rows) test(row.title, () => check(module, row));
  });
}

function check(module: Module, row: Row): void {
  const want = bind(module, row.params, row.local);
  let have: unknown = row.have;
  if (row.transcript !== undefined) [have] = module.parse(output(row.transcript), [want]);
  if (have instanceof Missing) {
    expect(have.needs).toEqual(row.missing ?? []);
    if (have.fresh === undefined) {
      expect(row.changes).toEqual([]);
      return;
    }
    have = have.fresh;
  } else expect(row.missing ?? []).toEqual([]);
  const plan = module.plan(have, want);
  expect(compact(plan)).toEqual(row.changes);
  if (row.failure === undefined) expect(plan.failure).toBeUndefined();
  else expect(plan.failure?.summary).toMatch(row.failure);
  if (row.result) expect(plan.result).toMatchObject(row.result);
  expect(compact(module.plan(have, want)), 'plan is pure').toEqual(compact(plan));
}

/** From parameters as written to what `plan` gets, as the engine does it. Throws for parameters that are refused. */
export function bind(module: Module, params: Row['params'], local: Row['local'] = {}): unknown {
  const syntax = { ...module, check: (values: Readonly<Record<string, unknown>>) => module.checkParams(values) };
  const at = { file: 'table', line: 1, column: 1, length: 1, text: '' };
  const bound = validateParams(syntax, params, () => at);
  if (bound.problems.length > 0) throw new Error(bound.problems.map((problem) => problem.summary).join('; '));
  const { schema } = compileParams(module.params);
  return module.prepare(materialize(schema, bound.params, local), { readOnly: false });
}

function materialize(schema: JsonSchema, value: unknown, local: NonNullable<Row['local']>): unknown {
  if (value === undefined) return undefined;
  if (schema.vrun === 'text') return Content.of(value instanceof Secret ? value : String(value));
  if (schema.vrun === 'local-file' || schema.vrun === 'local-template') return source(String(value), local);
  if (Array.isArray(value) || typeof value !== 'object' || value === null || value instanceof Secret) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const shape = memberSchema(schema, key);
      const spared =
        shape?.vrunUnless !== undefined &&
        Object.entries(value).some(([name, other]) => name === shape.vrunUnless && other === true);
      return [key, shape && !spared ? materialize(shape, member, local) : member];
    }),
  );
}

function source(name: string, local: NonNullable<Row['local']>): LocalSource {
  const found = local[name];
  if (found === undefined) throw new Error(`the row has no local file ${name}`);
  if (typeof found === 'string' || found instanceof Secret || found instanceof Uint8Array) {
    return { name, content: Content.of(found), tree: undefined };
  }
  const tree = Object.entries(found).map(([path, text]) => ({ path, content: Content.of(text), mode: '0644' }));
  return { name, content: Content.of(''), tree };
}

/** An output: what a transcript file holds, or what is given, with the rest filled in. */
export function output(given: string | Partial<Output>): Output {
  if (typeof given === 'string') {
    return output({ stdout: readFileSync(new URL(`transcripts/${given}`, import.meta.url), 'utf8') });
  }
  const stdout = given.stdout ?? '';
  return {
    status: 0,
    stdout,
    stderr: '',
    stdoutBytes: Buffer.from(stdout),
    truncated: false,
    timedOut: false,
    ...given,
  };
}

/**
 * Changes as lines: `+ user vantus: FROM → TO`, then each step, indented: `$ SCRIPT` (`< ‹12 bytes›` with standard input,
 * `revert SCRIPT`), `> PATH MODE OWNER:GROUP` for a write, and `= path:/x` for what it provides.
 */
export function compact(plan: Plan): string[] {
  return plan.changes.flatMap((change) => [
    `${change.op} ${change.what}${words(change)}`,
    ...change.steps.flatMap(stepLines),
    ...(change.provides ?? []).map((resource) => `  = ${resource}`),
  ]);
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
  const { path, mode, owner, group, validate, backup, content } = step.write;
  const ownership = owner || group ? ` ${owner ?? ''}:${group ?? ''}` : '';
  return [
    `  > ${path} ${mode ?? '-'}${ownership} ${content.text() === undefined ? `${content}` : JSON.stringify(content.text())}`,
    ...(validate ? [`  validate ${validate(sh`"$n"`).text}`] : []),
    ...(backup ? ['  backup'] : []),
    ...(step.restore ? ['  restore'] : []),
  ];
}
