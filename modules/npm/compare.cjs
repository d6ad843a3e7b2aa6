// Prints as JSON whether npm accepts the lock file in this directory, and whether node_modules is what it says: it compares
// the lock file with npm's own record of what it installed (node_modules/.package-lock.json,
// https://docs.npmjs.com/cli/configuring-npm/package-lock-json#hidden-lockfiles) and with each package's package.json.
// npm-shrinkwrap.json goes before package-lock.json, as in npm. Packages for another platform may be absent; development
// packages have to be, in production. Without any package npm makes no node_modules. With install-strategy=linked packages
// lie in node_modules/.store, each once for its name and version.
// Words: `true` in production, npm's program.
'use strict';

const fs = require('node:fs');
const { createRequire } = require('node:module');
const agreed = require('./lock.cjs');

const STORE = 'node_modules/.store/';
/** So many of what differs are named. */
const EXAMPLES = 5;

const [, production, npm] = process.argv;
const own = createRequire(fs.realpathSync(npm));
const wanted = read('package.json');
const lock = read('npm-shrinkwrap.json') ?? read('package-lock.json');
const hidden = read('node_modules/.package-lock.json');

agreed(own, npm, wanted, lock).then(tell);

function tell(all) {
  const isOld = lock !== undefined && lock.packages === undefined;
  const inProduction = ([, { dev }]) => !(production === 'true' && dev);
  const should = new Map(inside(all ?? lock?.packages).filter(inProduction));
  const is = new Map(inside(hidden?.packages));
  const isLinked = [...is.keys()].some((path) => path.startsWith(STORE));
  const wrong = isLinked ? wrongInStore(should, is) : wrongInTree(should, is);
  const names = [...wrong].map(lastName).sort();
  const isNeeded = lock === undefined || isOld || [...should.values()].some(isForHere);
  const packages = isLinked ? [...is.values()].filter(({ version }) => version !== undefined).length : is.size;
  console.log(
    JSON.stringify({
      lock: lock === undefined ? 'none' : isOld ? 'old' : 'there',
      agree: all !== undefined,
      installed: hidden !== undefined || !isNeeded,
      packages,
      differing: names.length,
      examples: names.slice(0, EXAMPLES),
    }),
  );
}

function wrongInTree(should, is) {
  const wrong = new Set();
  for (const [path, one] of should) {
    const installed = is.get(path);
    if (installed === undefined ? !mayBeAbsent(one) : isOther(path, one, installed)) wrong.add(path);
  }
  for (const path of [...is.keys(), ...top()]) if (!should.has(path)) wrong.add(path);
  return wrong;
}

function isOther(path, one, installed) {
  if (installed.version !== one.version || Boolean(one.link) !== Boolean(installed.link)) return true;
  if (one.integrity && installed.integrity && one.integrity !== installed.integrity) return true;
  if (one.link) return !fs.existsSync(path);
  const there = read(`${path}/package.json`);
  return there === undefined || Boolean(one.version && there.version !== one.version);
}

function wrongInStore(should, is) {
  const wrong = new Set();
  const id = (path, { name, version }) => `${name ?? lastName(path)}@${version}`;
  const stored = [...is].filter(([path, { version }]) => path.startsWith(STORE) && version !== undefined);
  const there = new Map(stored.map(([path, one]) => [id(path, one), path]));
  const needed = new Map([...should].filter(([, { link }]) => !link).map(([path, one]) => [id(path, one), one]));
  for (const [key, one] of needed) {
    const path = there.get(key);
    const isWrong = path === undefined ? !mayBeAbsent(one) : read(`${path}/package.json`)?.version !== one.version;
    if (isWrong) wrong.add(key);
  }
  for (const key of there.keys()) if (!needed.has(key)) wrong.add(key);
  const names = new Set([...should.keys()].map(lastName));
  for (const path of top()) if (!names.has(path.slice('node_modules/'.length)) || !fs.existsSync(path)) wrong.add(path);
  for (const name of Object.keys(wanted?.dependencies ?? {}))
    if (!fs.existsSync(`node_modules/${name}`)) wrong.add(name);
  return wrong;
}

/** Of a lock file's packages those that are installed. */
function inside(packages) {
  return Object.entries(packages ?? {}).filter(([path]) => path.includes('node_modules/'));
}

function lastName(path) {
  return path.split('node_modules/').pop();
}

function mayBeAbsent({ optional, devOptional }) {
  return optional || devOptional;
}

function isForHere({ os, cpu }) {
  return fits(os, process.platform) && fits(cpu, process.arch);
}

function fits(list, one) {
  if (!list?.length || list.includes(one)) return true;
  return list.every((each) => each.startsWith('!')) && !list.includes(`!${one}`);
}

/** What lies in node_modules, with packages of a scope by their own names. */
function top() {
  return below('node_modules').flatMap((path) => (path.includes('/@') ? below(path) : [path]));
}

function below(folder) {
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder).filter((name) => !name.startsWith('.'));
  return names.map((name) => `${folder}/${name}`);
}

/** Undefined where there is none. */
function read(path) {
  try {
    return JSON.parse(fs.readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
