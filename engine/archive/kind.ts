// Kinds of archives: which one a name says, and what unpacks it.

export type ArchiveKind = 'tar' | 'tar.gz' | 'tar.xz' | 'tar.bz2' | 'tar.zst' | 'zip';

const ENDINGS: readonly (readonly [RegExp, ArchiveKind])[] = [
  [/\.(tar\.gz|tgz)$/i, 'tar.gz'],
  [/\.(tar\.xz|txz)$/i, 'tar.xz'],
  [/\.(tar\.bz2|tbz2?)$/i, 'tar.bz2'],
  [/\.(tar\.zst|tzst)$/i, 'tar.zst'],
  [/\.tar$/i, 'tar'],
  [/\.zip$/i, 'zip'],
];

/** The kind that the name's ending says; undefined for any other name. */
export function archiveKind(name: string): ArchiveKind | undefined {
  return ENDINGS.find(([ending]) => ending.test(name))?.[1];
}

/** What to say of another name. */
export const OTHER_ARCHIVE = {
  summary: 'The name is not that of an archive',
  hint: 'It ends in .tar, .tar.gz (.tgz), .tar.xz (.txz), .tar.bz2 (.tbz), .tar.zst (.tzst) or .zip.',
};

/** What unpacks it beyond what every host has: its command, and the Debian package that brings it. */
export function unpacker(kind: ArchiveKind): { readonly command: string; readonly package: string } | undefined {
  switch (kind) {
    case 'zip':
      return { command: 'unzip', package: 'unzip' };
    case 'tar.xz':
      return { command: 'xz', package: 'xz-utils' };
    case 'tar.bz2':
      return { command: 'bzip2', package: 'bzip2' };
    case 'tar.zst':
      return { command: 'zstd', package: 'zstd' };
    default:
      return undefined;
  }
}

/** tar's words for how an archive is packed; none for a zip archive, which isn't tar's. */
export function tarFilter(kind: ArchiveKind): readonly string[] {
  const filters = { tar: [], 'tar.gz': ['-z'], 'tar.xz': ['-J'], 'tar.bz2': ['-j'], 'tar.zst': ['--zstd'], zip: [] };
  return filters[kind];
}
