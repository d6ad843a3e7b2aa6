// Brings a Node 24 into this folder. It has a package of its own: as a dependency of the project, its `node` would be
// that of every npm script.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/**
 * Installs Node 24 unless it is there already.
 * @returns {string | undefined} the program; undefined where there is none for this machine
 * @throws when npm fails
 */
export function installNode24() {
  const name = `node-${process.platform}-${process.arch}`;
  const wanted = JSON.parse(readFileSync(`${FOLDER}package.json`, 'utf8')).optionalDependencies[name];
  if (wanted === undefined) return undefined;
  const place = `${FOLDER}node_modules/${name}`;
  const there = existsSync(place) && JSON.parse(readFileSync(`${place}/package.json`, 'utf8')).version === wanted;
  if (!there && spawnSync('npm', ['ci'], { cwd: FOLDER, stdio: 'inherit' }).status !== 0) {
    throw new Error('npm could not install Node 24.');
  }
  return `${place}/bin/node`;
}
