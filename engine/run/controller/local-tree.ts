// A directory of the controller as a tree: its names are read once, its contents when they are wanted.
import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '../../language/problem/problem.ts';
import type { LocalTree, TreeItem } from '../../module/index.ts';
import { storedContent } from './file-content.ts';

/** Told the digest of a file in the tree once it was read. */
export type TreeDigested = (path: string, sha256: string) => void;

/**
 * @throws ProblemError for a file, for names with control characters (a host's tools could not tell them from their other
 * lines), and for what is neither file, directory nor link
 */
export function localTree(
  name: string,
  path: string,
  digested: TreeDigested = () => undefined,
  follow = false,
): LocalTree {
  if (!lstatSync(join(path, '.')).isDirectory()) {
    fail({ code: 'bad-value', summary: `‹${name}› is not a directory`, hint: 'For single files there is `copy`.' });
  }
  const items: TreeItem[] = [];
  walk({ root: path, digested, follow, above: [realpathSync(path)] }, '', items);
  return { name, items };
}

interface Walk {
  readonly root: string;
  readonly digested: TreeDigested;
  /** Whether what a link leads to stands in its place. */
  readonly follow: boolean;
  /** The directories that it came through, without links. */
  readonly above: readonly string[];
}

function walk(way: Walk, below: string, items: TreeItem[]): void {
  const { root, digested, follow } = way;
  for (const entry of readdirSync(join(root, below)).sort()) {
    const path = below === '' ? entry : `${below}/${entry}`;
    const file = join(root, path);
    const own = lstatSync(file);
    const isFollowed = follow && own.isSymbolicLink();
    const known = isFollowed ? (statSync(file, { throwIfNoEntry: false }) ?? leadsNowhere(file)) : own;
    const item = { path: usable(path), mode: known.mode & 0o7777, modified: Math.floor(known.mtimeMs / 1000) };
    if (known.isSymbolicLink()) items.push({ ...item, kind: 'link', target: usable(readlinkSync(file)) });
    else if (known.isFile()) {
      items.push({ ...item, kind: 'file', content: storedContent(file, (sha256) => digested(path, sha256)) });
    } else if (known.isDirectory()) {
      items.push({ ...item, kind: 'directory' });
      const real = isFollowed ? realpathSync(file) : join(way.above.at(-1) ?? root, entry);
      if (way.above.includes(real)) leadsNowhere(file);
      walk({ ...way, above: [...way.above, real] }, path, items);
    } else {
      fail({
        code: 'bad-value',
        summary: `‹${file}› is neither file, directory nor link`,
        hint: 'Take it away, or exclude it.',
      });
    }
  }
}

function leadsNowhere(link: string): never {
  return fail({
    code: 'bad-value',
    summary: `the link ‹${link}› can't be followed`,
    detail: 'It leads nowhere, or to a directory that it is in itself.',
    hint: 'Take it away, or set `local_follow: false` to copy links as links.',
  });
}

function usable(path: string): string {
  if (!/[\u0000-\u001f\u007f-\u009f\ufffd]/.test(path)) return path;
  return fail({
    code: 'bad-value',
    summary: `the name ${JSON.stringify(path)} can't be sent to a host`,
    detail: 'It holds control characters, or bytes that are not UTF-8.',
    hint: 'Give it another name.',
  });
}
