// A manifest as the lines that a host's script reads: what is to be there.

import { Content } from '../../engine/module/content.ts';
import type { Manifest, ManifestEntry } from '../../engine/proof/manifest.ts';
import { MANIFEST_FILE, SIGNATURE_FILE } from '../../engine/proof/names.ts';

const before = new WeakMap<Manifest, Content>();

/**
 * `f x SHA256 ./PATH` for a file (`-` in place of x when it isn't executable), `l ./PATH -> TARGET` for a link, and
 * `o …` as `f …` for one that need not be there: the manifest itself, of which any copy must be the same.
 */
export function manifestRows(manifest: Manifest, bytes: Content, signature: Content): Content {
  const known = before.get(manifest);
  if (known) return known;
  const own = [
    [MANIFEST_FILE, bytes],
    [SIGNATURE_FILE, signature],
  ] as const;
  const rows = [
    ...own.map(([path, content]) => `o - ${content.sha256} ./${path}`),
    ...manifest.entries.filter(({ path }) => path !== MANIFEST_FILE && path !== SIGNATURE_FILE).map(row),
  ];
  const content = Content.of(`${rows.join('\n')}\n`);
  before.set(manifest, content);
  return content;
}

function row(entry: ManifestEntry): string {
  if (entry.type === 'symlink') return `l ./${entry.path} -> ${entry.target}`;
  return `f ${entry.executable ? 'x' : '-'} ${entry.sha256} ./${entry.path}`;
}
