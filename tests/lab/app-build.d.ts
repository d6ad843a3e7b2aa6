/** A variant by name, or a function that changes the sources in `directory` before they are committed. */
export type Change = VariantName | ((directory: string) => void | Promise<void>);

/**
 * `v2`: other words, other assets, a migration that version 1 lives with.
 * `v3`: the same again, on top of v2.
 * `failing-migration`: its migration fails in every database that version 1 or 2 runs on, and nowhere else.
 * `crashing`: ends at start, in production only. `slow`: takes eight seconds to listen.
 * `unhealthy`: `/api/proof/headers` answers 503, in production only.
 * `own-port`: `npm start` names a port. `open`: listens on all addresses. `blocked-script`: its policy forbids an inline script.
 */
export type VariantName =
  | 'v2'
  | 'v3'
  | 'failing-migration'
  | 'crashing'
  | 'slow'
  | 'unhealthy'
  | 'own-port'
  | 'open'
  | 'blocked-script';

export interface BuiltApp {
  /** First 12 digits of the commit; `…-dirty` where it is. */
  readonly id: string;
  /** 40 digits; `…-dirty` where files differ from it. */
  readonly commit: string;
  /** Of the archive, hexadecimal. */
  readonly sha256: string;
  /** ISO 8601. */
  readonly builtAt: string;
  /** Directory with `release.json` (`{"release":{"id","commit","sha256","builtAt"}}`), `ID/`, `ID.tar.gz` and `allowed_signers`. */
  readonly out: string;
  /** `out`/ID: what the archive holds. */
  readonly tree: string;
  /** `out`/ID.tar.gz */
  readonly archive: string;
}

/**
 * Builds the application of `app/` as a commit of its own: the same sources are the same commit, built once a machine.
 * Each commit has an `out` of its own, which must not be changed; with `out`, a copy goes there that may be.
 * @param options.change  variants and functions, applied in order
 * @param options.dirty  edits a file after the commit
 * @throws when a gate fails; nothing is built then
 */
export function buildApp(options?: {
  readonly out?: string;
  readonly change?: Change | readonly Change[];
  readonly dirty?: boolean;
}): Promise<BuiltApp>;

/** Copies the sources of the application to `stage`, changes them, and commits. @returns the commit */
export function commitSources(stage: string, change?: Change | readonly Change[]): Promise<string>;
