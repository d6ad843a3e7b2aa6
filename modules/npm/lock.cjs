// Whether package.json and its lock file agree. That is plain where both ask for the same, and every package of the lock file
// finds there what it asks for. Where it isn't, npm's own rule decides, as `npm ci` has it: the tree that npm would make of
// both, by its own library (@npmcli/arborist) and without the network, against the one of the lock file alone.
'use strict';

const { resolve } = require('node:path');
const settings = require('./settings.cjs');

const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

/**
 * The packages that npm would install, by place; undefined where npm refuses. `own` is a require of npm's, and `npm` the path
 * of its program.
 */
module.exports = async function agreed(own, npm, wanted, lock) {
  if (lock === undefined || lock.packages === undefined || wanted === undefined) return undefined;
  const { packages } = lock;
  const isSpecial = wanted.overrides !== undefined || wanted.workspaces !== undefined;
  const isSame = asked(packages[''] ?? {}) === asked(wanted);
  if (!isSpecial && isSame && isPlain(own, packages)) return packages;
  const npms = await library(own, npm);
  return npms === undefined ? (isSame ? packages : undefined) : byNpm(npms);
};

function asked(of) {
  return JSON.stringify(KINDS.map((kind) => Object.entries(of[kind] ?? {}).sort()));
}

/** Every package finds what it asks for, and is asked for. */
function isPlain(own, packages) {
  const semver = optional(own, 'semver');
  if (semver === undefined) return true;
  const reached = new Set(['']);
  for (const path of reached) {
    const one = packages[path] ?? {};
    if ((path !== '' && !path.includes('node_modules/')) || one.link || one.inBundle) return false;
    for (const [name, range] of Object.entries(askedBy(path, one))) {
      const place = found(packages, path, name);
      const other = packages[place];
      if (other === undefined) {
        if (mayLack(one, name)) continue;
        return false;
      }
      const isRange = other.version !== undefined && semver.validRange(range) !== null;
      if (isRange && !semver.satisfies(other.version, range, { loose: true })) return false;
      reached.add(place);
    }
  }
  return Object.keys(packages).every((path) => reached.has(path));
}

function askedBy(path, { peerDependencies, devDependencies, optionalDependencies, dependencies }) {
  const own = path === '' ? devDependencies : {};
  return { ...peerDependencies, ...own, ...optionalDependencies, ...dependencies };
}

function mayLack({ optionalDependencies, peerDependenciesMeta }, name) {
  return optionalDependencies?.[name] !== undefined || peerDependenciesMeta?.[name]?.optional === true;
}

/** Where a package finds another one: beside it, or above. */
function found(packages, from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (packages[path] !== undefined || at === '') return path;
  }
}

/** What npm decides with; undefined where it brings no such library. */
async function library(own, npm) {
  try {
    return { Arborist: own('@npmcli/arborist'), flat: (await settings(own, npm, [])).flat };
  } catch {
    return undefined;
  }
}

async function byNpm({ Arborist, flat }) {
  const options = { ...flat, path: resolve(), packageLock: true, save: false, offline: true, audit: false };
  try {
    const locked = new Arborist(options);
    const ideal = new Arborist(options);
    await locked.loadVirtual();
    const inventory = new Map(locked.virtualTree.inventory);
    await ideal.buildIdealTree();
    const nodes = [...ideal.idealTree.inventory];
    if (!nodes.every(([key, { version }]) => inventory.get(key)?.version === version && inventory.has(key)))
      return undefined;
    return Object.fromEntries(nodes.map(([key, node]) => [key, ofNode(node)]));
  } catch {
    return undefined; // something isn't in the lock file and would have to be asked for
  }
}

/** As a lock file has it. */
function ofNode({ version, dev, optional: isOptional, devOptional, isLink, integrity, name, package: { os, cpu } }) {
  const own = isLink ? undefined : version;
  return { version: own, dev, optional: isOptional, devOptional, link: isLink, integrity, name, os, cpu };
}

function optional(own, name) {
  try {
    return own(name);
  } catch {
    return undefined;
  }
}
