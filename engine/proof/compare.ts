// A tree as it lies on this machine, or in an archive, against a manifest. The same verdicts as those of the script that hosts run.
import { join } from 'node:path';
import { type BuildFinding, sortFindings } from './findings.ts';
import { ignoring } from './ignore.ts';
import type { Manifest, ManifestEntry } from './manifest.ts';
import { MANIFEST_FILE, SIGNATURE_FILE } from './names.ts';
import { digestFile, type TreeFile, walkTree } from './tree.ts';

const SET_ID = 0o6000;
const EXECUTABLE = 0o111;
const OWNER_EXECUTES = 0o100;

/** Everything in which the directory differs from what was signed. @throws what reading throws */
export function compareDirectory(root: string, manifest: Manifest): readonly BuildFinding[] {
  const ignored = ignoring(manifest.ignore);
  const found = walkTree(root, (path) => ignored(path) || path === MANIFEST_FILE || path === SIGNATURE_FILE);
  return compareFound(found, manifest, ({ path }) => digestFile(join(root, path)));
}

/** What was found, without what the manifest leaves out, against it; `digestOf` gives the sha256 of a file that was found. */
export function compareFound(
  found: readonly TreeFile[],
  manifest: Manifest,
  digestOf: (file: TreeFile) => string | undefined,
): readonly BuildFinding[] {
  const wanted = new Map(manifest.entries.map((entry) => [entry.path, entry]));
  const seen = new Set(found.map(({ path }) => path));
  return sortFindings([
    ...found.flatMap((entry) => verdicts(entry, wanted.get(entry.path), digestOf)),
    ...manifest.entries.filter(({ path }) => !seen.has(path)).map(({ path }) => ({ path, kind: 'missing' as const })),
  ]);
}

function verdicts(
  found: TreeFile,
  wanted: ManifestEntry | undefined,
  digestOf: (file: TreeFile) => string | undefined,
): readonly BuildFinding[] {
  const { path } = found;
  switch (found.type) {
    case 'unnameable':
      return [{ path, kind: 'extra' }];
    case 'special':
      return [{ path, kind: 'special-or-setuid' }];
    case 'directory':
      return wanted ? [{ path, kind: 'type-changed' }] : [];
    case 'symlink':
      if (wanted === undefined) return [{ path, kind: 'extra' }];
      if (wanted.type !== 'symlink') return [{ path, kind: 'type-changed' }];
      return wanted.target === found.target ? [] : [{ path, kind: 'modified' }];
    case 'file': {
      const setId: readonly BuildFinding[] = found.mode & SET_ID ? [{ path, kind: 'special-or-setuid' }] : [];
      if (wanted === undefined) return [...setId, { path, kind: 'extra' }];
      if (wanted.type !== 'file') return [...setId, { path, kind: 'type-changed' }];
      const asSigned = wanted.executable ? (found.mode & OWNER_EXECUTES) !== 0 : (found.mode & EXECUTABLE) === 0;
      return [
        ...setId,
        ...(wanted.sha256 === digestOf(found) ? [] : [{ path, kind: 'modified' as const }]),
        ...(asSigned ? [] : [{ path, kind: 'mode-changed' as const }]),
      ];
    }
  }
}
