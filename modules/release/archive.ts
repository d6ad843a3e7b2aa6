// Whether a release's archive is packed as a release has to be: told before anything is sent, so that no id is spent on it.

import type { Failure } from '../../engine/module/failure.ts';
import type { LocalSource, TreeItem } from '../../engine/module/parameters.ts';
import { compareFound } from '../../engine/proof/compare.ts';
import { type BuildFinding, countFindings, findingLines } from '../../engine/proof/findings.ts';
import { ignoring } from '../../engine/proof/ignore.ts';
import { type Manifest, readManifest } from '../../engine/proof/manifest.ts';
import { MANIFEST_FILE, SIGNATURE_FILE } from '../../engine/proof/names.ts';
import type { TreeFile } from '../../engine/proof/tree.ts';

/** Why an archive can't become the release `id`, as far as that can be seen on the controller. */
export function archiveFailure(id: string, src: LocalSource, signed: LocalSource | undefined): Failure | undefined {
  const found = src.archive?.();
  if (found === undefined) return undefined;
  const { name } = src;
  const again = `Pack what is in the release, with no directory around it:\n    tar czf ${id}.tar.gz -C ${id} .`;
  switch (found.kind) {
    case 'broken':
      return {
        summary: `${name} is not a whole archive`,
        detail: `It cannot be unpacked: ${found.why}.`,
        hint: 'Perhaps a copy of it was cut short, or its name says another kind than it is: make it anew where it is built. Nothing was sent.',
      };
    case 'unsafe':
      return { summary: `${name} is refused`, detail: `In it, ${found.why}. Nothing was sent.`, hint: again };
    case 'items': {
      const files = found.items.filter(({ kind }) => kind !== 'directory');
      if (files.length === 0) {
        return { summary: `${name} is empty`, detail: 'There is no file in it. Nothing was sent.', hint: again };
      }
      const around = directoryAround(files);
      const manifest = signed && manifestOf(signed);
      if (manifest !== undefined && 'summary' in manifest) return manifest;
      const findings = manifest === undefined ? [] : compare(files, manifest);
      const deep =
        around.length > 0 && (manifest === undefined ? isPacked(around, id, name, files) : findings.length > 0);
      if (deep) {
        const [depth, levels] =
          around.length === 1
            ? ['one directory', 'one level']
            : [`${around.length} directories`, `${around.length} levels`];
        return {
          summary: `${name} is packed ${depth} too deep`,
          detail: `All that is in it lies in ${around.join('/')}/, ${levels} further down than it would be in a release. Nothing was sent.`,
          hint: again,
        };
      }
      if (findings.length === 0) return undefined;
      const lines = findingLines(findings, countFindings(findings)).map((line) => `  ${line}`);
      return {
        summary: `${name} is not the build that was signed`,
        detail: `${[`Held against ${signed?.name ?? MANIFEST_FILE}:`, ...lines].join('\n')}\nNothing was sent.`,
        hint: `Sign the build once it is finished, and pack what was signed:\n    tar czf ${id}.tar.gz -C ${id} .`,
      };
    }
  }
}

/** The directories that all files are in, from the outermost; none where one lies outside. */
function directoryAround(files: readonly TreeItem[]): readonly string[] {
  const [first = [], ...others] = files.map(({ path }) => path.split('/').slice(0, -1));
  return others.reduce((common, parts) => {
    const end = common.findIndex((part, index) => parts[index] !== part);
    return end < 0 ? common : common.slice(0, end);
  }, first);
}

/** Without a manifest nobody knows what belongs where, unless the directory is the release's own, or a signed build. */
function isPacked(around: readonly string[], id: string, name: string, files: readonly TreeItem[]): boolean {
  const [stem = ''] = (name.split('/').at(-1) ?? '').split(/\.(?:tar|tgz|txz|tbz2?|tzst|zip)\b/);
  const inner = `${around.join('/')}/${SIGNATURE_FILE}`;
  return around.includes(id) || around.includes(stem) || files.some(({ path }) => path === inner);
}

function manifestOf({ name, content }: LocalSource): Manifest | Failure {
  try {
    return readManifest(content.bytes());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { summary: `${name} is no manifest of a build`, detail: `${why}.`, hint: 'vrun proof sign writes one.' };
  }
}

function compare(files: readonly TreeItem[], manifest: Manifest): readonly BuildFinding[] {
  const ignored = ignoring(manifest.ignore);
  const isLeft = (path: string) =>
    path === MANIFEST_FILE ||
    path === SIGNATURE_FILE ||
    path.split('/').some((_, index, parts) => ignored(parts.slice(0, index + 1).join('/')));
  const looked = files.filter(({ path }) => !isLeft(path));
  // By what was found and not by its path: an archive may have one twice.
  const contents = new Map(looked.map((item) => [foundAs(item), item.content]));
  return compareFound([...contents.keys()], manifest, (file) => contents.get(file)?.sha256);
}

function foundAs({ path, kind, mode, target = '', content }: TreeItem): TreeFile {
  return kind === 'link' ? { type: 'symlink', path, target } : { type: 'file', path, mode, size: content?.size ?? 0 };
}
