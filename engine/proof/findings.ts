// What differs between a build as it was signed and a tree as it is found, file by file.
import { visible } from '../language/problem/visible.ts';

export const FINDING_KINDS = [
  'modified',
  'missing',
  'extra',
  'mode-changed',
  'type-changed',
  'special-or-setuid',
  'world-writable',
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

export interface BuildFinding {
  readonly path: string;
  readonly kind: FindingKind;
}

/** How many of each kind there are; kinds of which there are none are left out. */
export type FindingCounts = Readonly<Partial<Record<FindingKind, number>>>;

/** By kind and path, each once. */
export function sortFindings(findings: readonly BuildFinding[]): BuildFinding[] {
  const seen = new Set<string>();
  return findings
    .filter(({ path, kind }) => {
      const key = `${kind} ${path}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => order(a) - order(b) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function order({ kind }: BuildFinding): number {
  return FINDING_KINDS.indexOf(kind);
}

export function countFindings(findings: readonly BuildFinding[]): FindingCounts {
  const counts: Partial<Record<FindingKind, number>> = {};
  for (const { kind } of findings) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** The sum over all kinds. */
export function totalOf(counts: FindingCounts): number {
  return FINDING_KINDS.reduce((sum, kind) => sum + (counts[kind] ?? 0), 0);
}

/** Lines `modified  server.js`, at most `limit` of them; then how many more there are of which kind. */
export function findingLines(findings: readonly BuildFinding[], counts: FindingCounts, limit = 20): readonly string[] {
  const shown = findings.slice(0, limit);
  const width = Math.max(0, ...shown.map(({ kind }) => kind.length));
  const lines = shown.map(({ kind, path }) => `${kind.padEnd(width)}  ${visible(path)}`);
  const rest = FINDING_KINDS.flatMap((kind) => {
    const more = (counts[kind] ?? 0) - shown.filter((finding) => finding.kind === kind).length;
    return more > 0 ? [`${more} ${kind}`] : [];
  });
  return rest.length === 0 ? lines : [...lines, `… and ${totalOf(counts) - shown.length} more: ${rest.join(', ')}`];
}
