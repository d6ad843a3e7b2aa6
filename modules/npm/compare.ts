// What Node.js reads of an application and prints as JSON: whether npm accepts its lock file, and whether node_modules is what it says.
import { SETTINGS } from './settings.ts';

/**
 * Compares the lock file with npm's own record of what it installed (node_modules/.package-lock.json,
 * https://docs.npmjs.com/cli/configuring-npm/package-lock-json#hidden-lockfiles) and with each package's package.json.
 * npm-shrinkwrap.json goes before package-lock.json, as in npm. Packages for another platform may be absent; development
 * packages have to be, in production. Without any package npm makes no node_modules. With install-strategy=linked packages
 * lie in node_modules/.store, each once for its name and version.
 *
 * Whether package.json and lock file agree is plain where both ask for the same, and every package of the lock file finds there
 * what it asks for. Where it isn't, npm's own rule decides, as `npm ci` has it: the tree that npm would make of both, by its own
 * library (@npmcli/arborist) and without the network, against the one of the lock file alone.
 */
export const COMPARE = `${SETTINGS}
const fs = require("node:fs"), { resolve } = require("node:path"), { createRequire } = require("node:module");
const read = (path) => { try { return JSON.parse(fs.readFileSync(path, "utf8")); } catch (error) { if (error.code === "ENOENT") return undefined; throw error; } };
const { argv: [, production, npm] } = process;
const wanted = read("package.json"), lock = read("npm-shrinkwrap.json") ?? read("package-lock.json"), hidden = read("node_modules/.package-lock.json");
const own = createRequire(fs.realpathSync(npm));
const kinds = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
const asked = (of) => JSON.stringify(kinds.map((kind) => Object.entries(of[kind] ?? {}).sort()));
const old = lock !== undefined && lock.packages === undefined;
const packages = lock?.packages ?? {};
const nameOf = (path, p) => p.name ?? path.split("node_modules/").pop();
const inside = (all) => Object.entries(all ?? {}).filter(([path]) => path.includes("node_modules/"));

/** Where a package finds another one: beside it, or above. */
const found = (from, name) => {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("node_modules/") - 1))) {
    const path = (at === "" ? "" : at + "/") + "node_modules/" + name;
    if (packages[path] !== undefined || at === "") return path;
  }
};
/** Every package finds what it asks for, and is asked for. */
const plain = () => {
  let semver;
  try { semver = own("semver"); } catch { return true; }
  const { satisfies, validRange } = semver;
  const reached = new Set([""]);
  for (const path of reached) {
    const p = packages[path] ?? {};
    if ((path !== "" && !path.includes("node_modules/")) || p.link || p.inBundle) return false;
    const optional = (name) => p.optionalDependencies?.[name] !== undefined || p.peerDependenciesMeta?.[name]?.optional === true;
    for (const [name, range] of Object.entries({ ...p.peerDependencies, ...(path === "" ? p.devDependencies : {}), ...p.optionalDependencies, ...p.dependencies })) {
      const to = found(path, name), q = packages[to];
      if (q === undefined) { if (optional(name)) continue; return false; }
      if (q.version !== undefined && validRange(range) !== null && !satisfies(q.version, range, { loose: true })) return false;
      reached.add(to);
    }
  }
  return Object.keys(packages).every((path) => reached.has(path));
};
const ofNode = ({ version, dev, optional, devOptional, isLink, integrity, name, package: { os, cpu } }) => ({ version: isLink ? undefined : version, dev, optional, devOptional, link: isLink, integrity, name, os, cpu });
/** What npm would install, by place; undefined where it refuses. */
const byNpm = async () => {
  let Arborist, flat;
  try { Arborist = own("@npmcli/arborist"); flat = (await settings(own, npm, [])).flat; } catch { return asked(packages[""] ?? {}) === asked(wanted) ? packages : undefined; }
  const options = { ...flat, path: resolve(), packageLock: true, save: false, offline: true, audit: false };
  try {
    const locked = new Arborist(options), ideal = new Arborist(options);
    await locked.loadVirtual();
    const inventory = new Map(locked.virtualTree.inventory);
    await ideal.buildIdealTree();
    const nodes = [...ideal.idealTree.inventory];
    if (!nodes.every(([key, { version }]) => inventory.has(key) && inventory.get(key).version === version)) return undefined;
    return Object.fromEntries(nodes.map(([key, node]) => [key, ofNode(node)]));
  } catch { return undefined; } // something isn't in the lock file and would have to be asked for
};
const agreed = async () => {
  if (lock === undefined || old || wanted === undefined) return undefined;
  const special = wanted.overrides !== undefined || wanted.workspaces !== undefined;
  return !special && asked(packages[""] ?? {}) === asked(wanted) && plain() ? packages : byNpm();
};
agreed().then((all) => {
const should = new Map(inside(all ?? packages).filter(([, p]) => !(production === "true" && p.dev)));
const is = new Map(inside(hidden?.packages));
const store = "node_modules/.store/";
const linked = [...is.keys()].some((path) => path.startsWith(store));
const wrong = new Set();
const optional = (p) => p.optional || p.devOptional;
const below = (folder) => fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => !name.startsWith(".")).map((name) => folder + "/" + name) : [];
const top = () => below("node_modules").flatMap((path) => path.includes("/@") ? below(path) : [path]);
if (linked) {
  const same = (path, p) => nameOf(path, p) + "@" + p.version;
  const there = new Map([...is].filter(([path, p]) => path.startsWith(store) && p.version !== undefined).map(([path, p]) => [same(path, p), path]));
  const need = new Map([...should].filter(([, p]) => !p.link).map(([path, p]) => [same(path, p), p]));
  for (const [id, p] of need) {
    const path = there.get(id);
    if (path === undefined ? !optional(p) : read(path + "/package.json")?.version !== p.version) wrong.add(id);
  }
  for (const id of there.keys()) if (!need.has(id)) wrong.add(id);
  const names = new Set([...should].map(([path]) => path.split("node_modules/").pop()));
  for (const path of top()) if (!names.has(path.slice("node_modules/".length)) || !fs.existsSync(path)) wrong.add(path);
  for (const name of Object.keys(wanted?.dependencies ?? {})) if (!fs.existsSync("node_modules/" + name)) wrong.add(name);
} else {
  for (const [path, p] of should) {
    const q = is.get(path);
    if (q === undefined) { if (!optional(p)) wrong.add(path); continue; }
    if (q.version !== p.version || (p.integrity && q.integrity && p.integrity !== q.integrity) || Boolean(p.link) !== Boolean(q.link)) { wrong.add(path); continue; }
    const self = p.link ? undefined : read(path + "/package.json");
    if (p.link ? !fs.existsSync(path) : self === undefined || (p.version && self.version !== p.version)) wrong.add(path);
  }
  for (const path of is.keys()) if (!should.has(path)) wrong.add(path);
  for (const path of top()) if (!should.has(path)) wrong.add(path);
}
const fits = (list, one) => !list?.length || list.includes(one) || (list.every((each) => each.startsWith("!")) && !list.includes("!" + one));
const needed = lock === undefined || old || [...should.values()].some((p) => fits(p.os, process.platform) && fits(p.cpu, process.arch));
const names = [...wrong].map((path) => path.split("node_modules/").pop()).sort();
console.log(JSON.stringify({
  lock: lock === undefined ? "none" : old ? "old" : "there", agree: all !== undefined,
  installed: hidden !== undefined || !needed, packages: linked ? [...is.values()].filter((p) => p.version !== undefined).length : is.size,
  differing: names.length, examples: names.slice(0, 5),
}));
});`;

/** The names of scripts that package.json has. npm itself has `env`, and `start` where there is a server.js. */
export const SCRIPTS = `
const fs = require("node:fs");
const { scripts } = JSON.parse(fs.readFileSync("package.json", "utf8"));
console.log(JSON.stringify({ scripts: [...Object.keys(scripts ?? {}), "env", ...(fs.existsSync("server.js") ? ["start"] : [])] }));`;
