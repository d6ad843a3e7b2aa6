// A directory of the controller as a tree: its names are read once, its contents when they are wanted.
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '../language/problem.ts';
import type { LocalTree, TreeItem } from '../module/index.ts';
import { storedContent } from './file-content.ts';

/** Told the digest of a file in the tree once it was read. */
export type TreeDigested = (path: string, sha256: string) => void;

/**
 * @throws ProblemError for a file, for names with control characters (a host's tools could not tell them from their other
 * lines), and for what is neither file, directory nor link
 */
export function localTree(name: string, path: string, digested: TreeDigested = () => undefined): LocalTree {
  if (!lstatSync(join(path, '.')).isDirectory()) {
    fail({ code: 'bad-value', summary: `‹${name}› is not a directory`, hint: 'For single files there is `copy`.' });
  }
  const items: TreeItem[] = [];
  walk(path, '', items, digested);
  return { name, items };
}

function walk(root: string, below: string, items: TreeItem[], digested: TreeDigested): void {
  for (const entry of readdirSync(join(root, below)).sort()) {
    const path = below === '' ? entry : `${below}/${entry}`;
    const file = join(root, path);
    const known = lstatSync(file);
    const item = { path: usable(path), mode: known.mode & 0o7777, modified: Math.floor(known.mtimeMs / 1000) };
    if (known.isSymbolicLink()) items.push({ ...item, kind: 'link', target: usable(readlinkSync(file)) });
    else if (known.isFile()) {
      items.push({ ...item, kind: 'file', content: storedContent(file, (sha256) => digested(path, sha256)) });
    } else if (known.isDirectory()) {
      items.push({ ...item, kind: 'directory' });
      walk(root, path, items, digested);
    } else {
      fail({
        code: 'bad-value',
        summary: `‹${file}› is neither file, directory nor link`,
        hint: 'Take it away, or exclude it.',
      });
    }
  }
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
