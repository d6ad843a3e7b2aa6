// What the script of proof-script.ts has found in a directory.

import type { Output } from '../../engine/module/change.ts';
import { Missing } from '../../engine/module/resource.ts';
import {
  type BuildFinding,
  countFindings,
  FINDING_KINDS,
  type FindingCounts,
  sortFindings,
} from '../../engine/proof/findings.ts';
import { type DirectoryWant, isSigned } from './want.ts';

export interface DirectoryState {
  /** Why nothing could be looked at; all else is then empty. */
  readonly unusable: 'not a directory' | 'not to be entered' | undefined;
  /** By the host's clock, in seconds. */
  readonly date: number;
  /** sha256 of the lock file, `none` without one, undefined when it can't be read. */
  readonly lock: string | undefined;
  /** Up to 1,000 of each kind. */
  readonly findings: readonly BuildFinding[];
  /** All of them. */
  readonly counts: FindingCounts;
  /** Something couldn't be read, or changed meanwhile: then there may be more, and what is said to be missing may not be. */
  readonly incomplete: boolean;
  /** What the tools had to say. */
  readonly said: string;
  readonly build:
    | { readonly file: string; readonly text: string }
    | { readonly file: string; readonly fault: string }
    | undefined;
}

const FAULTS: Readonly<Record<string, string>> = {
  odd: 'it is a link or too large',
  unreadable: 'it can’t be read',
};

/** @throws Error when the output can't be understood */
export function parseDirectory(out: Output, want: DirectoryWant): DirectoryState | Missing<DirectoryState> {
  const at = out.stdout.search(/^@build /m);
  const head = (at < 0 ? out.stdout : out.stdout.slice(0, at)).split('\n');
  if (head[0] === '@none')
    return new Missing<DirectoryState>({ needs: [`path:${want.path}`], failure: missing(want.path) });
  const word = (name: string) => head.find((line) => line.startsWith(`@${name} `))?.slice(name.length + 2);
  const unusable = { '@file': 'not a directory', '@denied': 'not to be entered' } as const;
  const why = head[0] === '@file' || head[0] === '@denied' ? unusable[head[0]] : undefined;
  const now = Number(word('now') ?? Number.NaN);
  if (why === undefined && !Number.isInteger(now))
    throw new Error(`the probe did not say what it found: ${out.stderr.trim()}`);
  const searched = isSigned(want.signed) || want.deep;
  const findings = sortFindings(head.flatMap(findingOf));
  const all = countsOf(head);
  const whole = head.filter((line) => line.includes('\t')).length === sum(all);
  return {
    unusable: why,
    date: why === undefined ? now : 0,
    lock: word('lock'),
    findings,
    // What two searches find is counted twice.
    counts: whole ? countFindings(findings) : all,
    incomplete: head.includes('@bad') || (searched && why === undefined && !head.includes('@done')),
    said: out.stderr,
    build: buildOf(head, at < 0 ? undefined : out.stdout.slice(at)),
  };
}

function missing(path: string) {
  return { summary: `${path} is not there`, hint: 'Deploy first: what is there is held against what was signed.' };
}

function findingOf(line: string): readonly BuildFinding[] {
  const [word = '', path] = line.split('\t');
  if (path === undefined) return [];
  const kind = FINDING_KINDS.find((one) => one === word);
  if (kind === undefined) throw new Error(`the probe printed ‹${line}›`);
  return [{ kind, path: path.replace(/^\.\//, '') }];
}

function countsOf(head: readonly string[]): FindingCounts {
  return Object.fromEntries(
    head.flatMap((line) => {
      const [, kind = '', count = ''] = /^@count (\S+) (\d+)$/.exec(line) ?? [];
      return kind === '' ? [] : [[kind, Number(count)]];
    }),
  );
}

function sum(counts: FindingCounts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function buildOf(head: readonly string[], tail: string | undefined): DirectoryState['build'] {
  if (tail !== undefined) {
    const end = tail.indexOf('\n');
    return { file: tail.slice('@build '.length, end), text: tail.slice(end + 1) };
  }
  for (const line of head) {
    const [, word = '', file = ''] = /^@(odd|unreadable) (.+)$/.exec(line) ?? [];
    if (word !== '') return { file, fault: FAULTS[word] ?? word };
  }
  return undefined;
}
