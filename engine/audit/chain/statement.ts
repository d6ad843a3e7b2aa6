// What an entry of the chain says: an in-toto Statement (v1) whose predicate opens, seals, recovers or resumes a run.
import Type, { type Static } from 'typebox';
import { hasShape } from '../../base/shape.ts';

export const ENTRY_STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const ENTRY_PREDICATE_TYPE = 'https://vantus.systems/vrun/audit-entry/v1';

/** What the first entry, and nothing else, follows. */
export const NOTHING = '0'.repeat(64);

const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Count = Type.Integer({ minimum: 0 });
/** A run's id is the name of its directory. */
const RunId = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' });

const common = {
  seq: Type.Integer({ minimum: 1 }),
  prev: Sha256,
  chain: Type.String({ pattern: '^[0-9a-f]{32}$' }),
  at: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
  /** The principal under which allowed_signers lists the key. */
  signer: Type.String({ minLength: 1 }),
  run: RunId,
};

const open = {
  kind: Type.Literal('open'),
  operator: Type.String(),
  /** The engine's. */
  version: Type.String(),
  mode: Type.Union([Type.Literal('run'), Type.Literal('check')]),
  runbooks: Type.Array(Type.String()),
  inventory: Type.Array(Type.String()),
  /** The git commit of the runbooks' directory, with `-dirty` when it had changes. */
  commit: Type.Union([Type.String(), Type.Null()]),
  // What the command line said: left out by earlier versions.
  options: Type.Optional(Type.Array(Type.Object({ option: Type.String(), value: Type.Optional(Type.String()) }))),
  /** The value as text or as JSON, or the file that the variable comes from. Secrets stand there as their masks. */
  extraVars: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String(),
        value: Type.Optional(Type.String()),
        json: Type.Optional(Type.String()),
        file: Type.Optional(Type.String()),
      }),
    ),
  ),
  sudoUser: Type.Optional(Type.String()),
  /** With the host keys pinned for them: what each presented is in its `host.connected` event. */
  hosts: Type.Array(
    Type.Object({
      name: Type.String(),
      keys: Type.Array(Type.Object({ type: Type.String(), fingerprint: Type.String() })),
    }),
  ),
  /** `ssh-ed25519 …`: signs the journal's checkpoints. Its private half lives in memory only. */
  sessionKey: Type.String(),
  process: Type.Object({ host: Type.String(), pid: Count }),
};

const Outcome = Type.Union([
  Type.Literal('done'),
  Type.Literal('failed'),
  Type.Literal('unreachable'),
  Type.Literal('stopped'),
  Type.Literal('interrupted'),
  Type.Literal('not begun'),
]);

const HostTotals = Type.Object({
  ok: Count,
  changed: Count,
  unknown: Count,
  skipped: Count,
  failed: Count,
  ignored: Count,
  // Left out where there is none, and by earlier versions.
  rescued: Type.Optional(Count),
  acted: Type.Optional(Count),
  foreseen: Type.Optional(Count),
  halfWay: Type.Optional(Count),
  inFlight: Type.Optional(Count),
  outcome: Type.Optional(Outcome),
  unreachable: Type.Boolean(),
  messages: Count,
});

const seal = {
  kind: Type.Literal('seal'),
  status: Type.Union([Type.Literal('ok'), Type.Literal('failed'), Type.Literal('interrupted')]),
  statistics: Type.Record(Type.String(), HostTotals),
  /** `head` is the sha256 of the last line with its newline. */
  journal: Type.Object({ lines: Count, head: Sha256 }),
};

/** How a run that died was found. */
const found = {
  /**
   * Of the last file of its journal; null when there is none. `signed`: lines up to the last checkpoint; `torn`: bytes after
   * the last newline.
   */
  journal: Type.Union([Type.Null(), Type.Object({ lines: Count, head: Sha256, signed: Count, torn: Count })]),
  /** Lines of it that don't fit, such as a power cut leaves. */
  damage: Type.Array(Type.Object({ line: Count, reason: Type.String() })),
  /** What had been sent and has no outcome in the whole journal. */
  inFlight: Type.Array(
    Type.Object({ host: Type.String(), task: Type.String(), at: Type.String(), item: Type.Optional(Type.String()) }),
  ),
};

const recover = {
  kind: Type.Literal('recover'),
  /** The run that found it and signs this. */
  by: RunId,
  ...found,
};

const resume = {
  kind: Type.Literal('resume'),
  /** Who goes on with it, and with which engine. */
  operator: Type.String(),
  version: Type.String(),
  ...found,
  /** Signs the checkpoints of the journal's next file. */
  sessionKey: Type.String(),
  /** As run-process.ts has it: whether somebody goes on with the run is seen by this. */
  process: Type.Object({
    host: Type.String(),
    pid: Count,
    boot: Type.String(),
    namespace: Type.String(),
    start: Type.String(),
  }),
};

const StatementSubject = Type.Array(Type.Object({ name: Type.String(), digest: Type.Object({ sha256: Sha256 }) }));

const Statement = Type.Object({
  _type: Type.Literal(ENTRY_STATEMENT_TYPE),
  predicateType: Type.Literal(ENTRY_PREDICATE_TYPE),
  subject: StatementSubject,
  predicate: Type.Union([
    Type.Object({ ...common, ...open }),
    Type.Object({ ...common, ...seal }),
    Type.Object({ ...common, ...recover }),
    Type.Object({ ...common, ...resume }),
  ]),
});

export type Statement = Static<typeof Statement>;
export type Predicate = Statement['predicate'];
export type OpenPredicate = Extract<Predicate, { kind: 'open' }>;
export type SealPredicate = Extract<Predicate, { kind: 'seal' }>;
export type RecoverPredicate = Extract<Predicate, { kind: 'recover' }>;
export type ResumePredicate = Extract<Predicate, { kind: 'resume' }>;

/**
 * A file with its digest: `runs/…` and `log/…` are paths in the record; `runbook:…`, `inventory` and what was read (`file:…`,
 * `tree:…`, `output:…`) stand outside it.
 */
export type StatementSubject = Static<typeof StatementSubject>[number];

/** What the chain adds when an entry is appended. */
type Link = 'seq' | 'prev' | 'chain' | 'signer';

/** An entry before it has its place in the chain. */
export interface Body {
  readonly subject: readonly StatementSubject[];
  readonly predicate:
    | Omit<OpenPredicate, Link>
    | Omit<SealPredicate, Link>
    | Omit<RecoverPredicate, Link>
    | Omit<ResumePredicate, Link>;
}

/** True when parsed JSON is a statement of ours. */
export function isStatement(value: unknown): value is Statement {
  return hasShape(Statement, value);
}

/** True for what may be a run's id, and so the name of a directory. */
export function isRunId(text: string): boolean {
  return hasShape(RunId, text);
}
