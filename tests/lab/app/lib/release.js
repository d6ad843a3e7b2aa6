// What the build left beside the code: which commit this is, its proof, and the names of the hashed assets.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Release
 * @property {string} directory
 * @property {string} version
 * @property {string} commit  `unknown` when it was never built
 * @property {string | undefined} proof  the text of build.json
 * @property {Record<string, string>} assets  URL path by plain name: `style.css` → `/_next/static/…/style-….css`
 */

/**
 * @param {string} directory  the root of the application
 * @returns {Release}
 */
export function readRelease(directory) {
  const read = (/** @type {string} */ path) => {
    const file = join(directory, path);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  };
  const proof = read('public/proof/build.json');
  return {
    directory,
    version: JSON.parse(read('package.json') ?? '{}').version,
    commit: proof === undefined ? 'unknown' : JSON.parse(proof).commit,
    proof,
    assets: JSON.parse(read('.next/assets.json') ?? '{}'),
  };
}
