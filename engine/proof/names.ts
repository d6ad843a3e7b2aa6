// Where a build's proof lies, and which names can be in it at all.

/** The namespace of a manifest's signature: `ssh-keygen -Y verify -n` wants it. */
export const MANIFEST_NAMESPACE = 'vrun-build-manifest-v1';

/** The manifest and its signature, at the top of a build. What they say isn't about themselves. */
export const MANIFEST_FILE = 'manifest.json';
export const SIGNATURE_FILE = 'manifest.json.sig';

/** The proof that a site shows, below the directory that it serves; second, where that directory is the build itself. */
export const BUILD_FILES = ['public/proof/build.json', 'proof/build.json'] as const;

/**
 * Why a path can't be in a manifest, or undefined. Paths are relative, with slashes. Control characters and backslashes
 * are refused because not every sha256sum escapes them, so that a crafted name could pass for another file's line;
 * ` -> ` because that is how ls shows a link.
 */
export function nameFault(path: string): string | undefined {
  if (/[\u0000-\u001f\u007f-\u009f\\]/.test(path)) return 'its name holds a control character or a backslash';
  if (path.includes(' -> ')) return 'its name holds “ -> ”';
  if (/\p{Surrogate}|\ufffd/u.test(path)) return 'its name is not UTF-8';
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..')) return 'it is not a plain path';
  return undefined;
}

/** Why a link's target can't be in a manifest, or undefined. Whether it leads out is another question. */
export function targetFault(target: string): string | undefined {
  if (target === '' || /[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}|\ufffd/u.test(target)) {
    return 'its target holds a control character or is not UTF-8';
  }
  return undefined;
}
