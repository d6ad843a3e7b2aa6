// Whether node_modules is what a lock file says: read by Node itself, which is what the packages are for.
import type { Output } from '../change.ts';
import type { Foreseen } from '../define.ts';
import { Missing, unknown } from '../resource.ts';
import { lines, type Script, sh } from '../script.ts';
import { cannotBecome, checkUser } from './as-user.ts';
import { isTouched, untold } from './pending-file.ts';
import { readSections } from './sections.ts';

export interface NpmWant {
  readonly path: string;
  readonly command: 'ci' | 'install' | { readonly run: string };
  readonly production: boolean;
  readonly user: string | undefined;
}

export interface NpmTree {
  readonly lock: 'none' | 'old' | 'there';
  /** Whether package.json asks for what the lock file was made for. */
  readonly agree: boolean;
  /** Whether there is a node_modules that npm made, or no need of one. */
  readonly installed: boolean;
  /** How many packages it holds. */
  readonly packages: number;
  /** How many are missing, too many or of another version, and the first of them. */
  readonly differing: number;
  readonly examples: readonly string[];
}

export type NpmState = NpmTree | NpmScripts;

/** The names of scripts that package.json has. */
export interface NpmScripts {
  readonly scripts: readonly string[];
}

/**
 * Compares the lock file with npm's own record of what it installed (node_modules/.package-lock.json,
 * https://docs.npmjs.com/cli/configuring-npm/package-lock-json#hidden-lockfiles) and with each package's package.json. Prints JSON.
 * Packages for another platform may be absent; development packages have to be, in production. Without any package npm makes no node_modules.
 */
const COMPARE = `
const fs = require("node:fs");
const read = (path) => { try { return JSON.parse(fs.readFileSync(path, "utf8")); } catch (error) { if (error.code === "ENOENT") return undefined; throw error; } };
const { argv } = process, production = argv[1] === "true";
const wanted = read("package.json"), lock = read("package-lock.json"), hidden = read("node_modules/.package-lock.json");
const kinds = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
const asked = (of) => JSON.stringify(kinds.map((kind) => Object.entries(of[kind] ?? {}).sort()));
const old = lock !== undefined && lock.packages === undefined;
const inside = (packages) => Object.entries(packages ?? {}).filter(([path]) => path.includes("node_modules/"));
const should = new Map(inside(lock?.packages).filter(([, p]) => !(production && p.dev)));
const is = new Map(inside(hidden?.packages));
const wrong = new Set();
for (const [path, p] of should) {
  const q = is.get(path);
  if (q === undefined) { if (!p.optional && !p.devOptional) wrong.add(path); continue; }
  if (q.version !== p.version || (p.integrity && q.integrity && p.integrity !== q.integrity) || Boolean(p.link) !== Boolean(q.link)) { wrong.add(path); continue; }
  const own = p.link ? undefined : read(path + "/package.json");
  if (p.link ? !fs.existsSync(path) : own === undefined || (p.version && own.version !== p.version)) wrong.add(path);
}
for (const path of is.keys()) if (!should.has(path)) wrong.add(path);
const below = (folder) => fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => !name.startsWith(".")).map((name) => folder + "/" + name) : [];
for (const path of below("node_modules").flatMap((path) => path.includes("/@") ? below(path) : [path])) if (!should.has(path)) wrong.add(path);
const fits = (list, own) => !list?.length || list.includes(own) || (list.every((one) => one.startsWith("!")) && !list.includes("!" + own));
const needed = lock === undefined || old || [...should.values()].some((p) => fits(p.os, process.platform) && fits(p.cpu, process.arch));
const names = [...wrong].map((path) => path.split("node_modules/").pop()).sort();
console.log(JSON.stringify({
  lock: lock === undefined ? "none" : old ? "old" : "there",
  agree: lock !== undefined && !old && wanted !== undefined && asked(lock.packages[""] ?? {}) === asked(wanted),
  installed: hidden !== undefined || !needed, packages: is.size, differing: names.length, examples: names.slice(0, 5),
}));`;

/** npm itself has \`env\`, and \`start\` where there is a server.js. */
const SCRIPTS = `
const fs = require("node:fs");
const { scripts } = JSON.parse(fs.readFileSync("package.json", "utf8"));
console.log(JSON.stringify({ scripts: [...Object.keys(scripts ?? {}), "env", ...(fs.existsSync("server.js") ? ["start"] : [])] }));`;

/** Read-only. */
export function probeNpm({ path, production, user, command }: NpmWant): Script {
  return lines(
    sh`[ -d ${path} ] || { echo @directory; exit 0; }`,
    checkUser(user),
    sh`command -v npm >/dev/null && command -v node >/dev/null || { echo @npm; exit 0; }`,
    sh`cd -- ${path} && [ -f package.json ] || { echo @package; exit 0; }`,
    typeof command === 'object'
      ? sh`echo @scripts; exec node -e ${SCRIPTS}`
      : sh`echo @tree; exec node -e ${COMPARE} ${production}`,
  );
}

/** The state of a tree, or for a script the scripts that there are. @throws Error for what isn't understood */
export function parseNpm(out: Output, want: NpmWant): NpmState | Missing<NpmState> {
  const { path, user } = want;
  if (out.status !== 0) {
    const why = /^\w*Error: .*$/m.exec(out.stderr)?.[0] ?? out.stderr.trim().split('\n').at(-1) ?? '';
    throw new Error(`package.json, package-lock.json or npm's record in node_modules cannot be read: ${why}`);
  }
  const sections = readSections(out.stdout);
  const lacks = (needs: Parameters<typeof unknown>[0], failure?: ReturnType<typeof cannotBecome>) =>
    unknown<NpmState>(needs, undefined, failure);
  if (sections.has('directory')) return lacks(`path:${path}`);
  if (sections.has('user')) return lacks(`user:${user}`);
  if (sections.has('denied')) return lacks(`user:${user}`, cannotBecome(user));
  if (sections.has('npm')) return lacks('command:npm', NO_NPM);
  if (sections.has('package')) return lacks(`path:${path}/package.json`);
  const scripts = sections.get('scripts');
  if (scripts !== undefined) return scriptsOf(JSON.parse(scripts.join('\n')));
  return treeOf(JSON.parse(sections.get('tree')?.join('\n') ?? ''));
}

/** Nobody can tell beforehand what packages another task's files will ask for. */
export function pendingNpm(
  have: NpmState | Missing<NpmState>,
  { path, command }: NpmWant,
  foreseen: Foreseen,
): NpmState | Missing<NpmState> {
  const touched = (...names: readonly string[]) =>
    isTouched(
      names.map((name) => `${path}/${name}`),
      foreseen,
    );
  if (have instanceof Missing) return have;
  if (typeof command === 'object') return touched('package.json') ? { scripts: [command.run] } : have;
  return touched('package.json', 'package-lock.json', 'node_modules') ? untold(path) : have;
}

const NO_NPM = {
  summary: 'the host has no npm',
  detail: 'The task needs Node.js with npm, and no task before it installs them.',
  hint: 'Install them in an earlier task, and say there: provides: [command:npm]',
};

function scriptsOf(value: unknown): NpmScripts {
  const { scripts }: { readonly scripts?: unknown } = Object(value);
  if (!Array.isArray(scripts)) throw new Error('node did not say which scripts package.json has');
  return { scripts: scripts.map(String) };
}

function treeOf(value: unknown): NpmTree {
  const fields: Readonly<Record<string, unknown>> = Object(value);
  const { lock, agree, installed, packages, differing, examples } = fields;
  if (
    (lock === 'none' || lock === 'old' || lock === 'there') &&
    typeof agree === 'boolean' &&
    typeof installed === 'boolean' &&
    typeof packages === 'number' &&
    typeof differing === 'number' &&
    Array.isArray(examples)
  ) {
    return { lock, agree, installed, packages, differing, examples: examples.map(String) };
  }
  throw new Error('the comparison of the packages printed what it should not');
}
