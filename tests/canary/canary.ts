// A value that must be seen nowhere, and every place in which a run of vrun could leave it.
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { armor, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';

export const VRUN = process.env.VRUN_BIN ?? fileURLToPath(new URL('../../dist/vrun.js', import.meta.url));

const HEAD = 'Kanarienvogel-7f3a9q';
const TAIL = 'halbe-Strecke-x81-und-so-lang-dass-base64-umbricht';

/** Each shell, format and encoder writes its middle in another way; its ends are words that show in all of them. */
export const CANARY = `${HEAD} "7'$x\\%/+é&|\`${TAIL}`;

/** For places that take one plain word. */
export const WORD = HEAD;

/** The ends of the canary in the forms in which either could be told. */
const FORMS = [HEAD, TAIL].flatMap((text) => {
  const hex = Buffer.from(text).toString('hex');
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64url');
    return encoded.slice(4, 24);
  });
  return [text, hex, hex.toUpperCase(), hex.replace(/..(?!$)/g, '$& '), hex.replace(/../g, '%$&'), ...base64];
});

/** Which forms of the canary stand in a text, line breaks of encoders left out. */
export function leaks(text: string): readonly string[] {
  const joined = text
    .replace(/\\n|\s/g, '')
    .replaceAll('+', '-')
    .replaceAll('/', '_');
  return FORMS.filter((form) => text.includes(form) || joined.includes(form.replace(/\s/g, '')));
}

export interface Said {
  readonly status: number | null;
  readonly text: string;
}

/** A project with a secret in it, run by the built command line. */
export class CanaryProject {
  readonly directory = mkdtempSync(join(tmpdir(), 'vrun-canary-'));

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.directory, path)), { recursive: true });
    writeFileSync(join(this.directory, path), text);
  }

  /** `!secret` and armored age of a text, as a value in YAML. `indent` is that of its key. */
  async secret(text: string, indent: string): Promise<string> {
    const identity = await generateX25519Identity();
    this.write('.vrun/identity', `${identity}\n`);
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(identity));
    const armored = armor.encode(await encrypter.encrypt(text)).trim();
    return `!secret |\n${armored.replace(/^/gm, `${indent}  `)}`;
  }

  /** All that it says; meanwhile what others can see of the processes that it starts. */
  async vrun(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Said> {
    mkdirSync(join(this.directory, 'tmp'), { recursive: true });
    const own = { NO_COLOR: '1', HOME: this.directory, TMPDIR: join(this.directory, 'tmp') };
    for (;;) {
      const said = await run([process.execPath, VRUN, ...args], this.directory, {
        ...process.env,
        ...own,
        ...variables,
      });
      // Somebody else's run on this very machine has its lock.
      if (!said.text.includes('another run is at work on this host')) return said;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  /** The same at a terminal, where lines are drawn over. */
  async live(args: readonly string[]): Promise<Said> {
    const command = [process.execPath, VRUN, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    return run(['script', '-qec', command, '/dev/null'], this.directory, { ...process.env, TERM: 'xterm' });
  }

  /** Files below the project that hold the canary, without those that shall (`meant`, and the identity). */
  found(meant: readonly string[]): readonly string[] {
    return filesWithCanary(this.directory, meant);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Files below a directory that hold the canary, the `meant` ones apart. */
export function filesWithCanary(directory: string, meant: readonly string[]): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((name) => !meant.includes(name))
    .filter((name) => {
      const bytes = readFileSync(join(directory, name));
      return leaks(bytes.toString('latin1')).length > 0 || leaks(bytes.toString('utf8')).length > 0;
    });
}

/** Leaks in the command line or the environment of a process that vrun started are part of what it says. */
async function run(argv: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Said> {
  const [command = '', ...args] = argv;
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const parts: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => parts.push(part));
  const seen = new Set<string>();
  const look = setInterval(() => {
    for (const text of processesBelow(child.pid ?? 0)) if (leaks(text).length > 0) seen.add(text);
  }, 40);
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(look);
  return { status, text: [Buffer.concat(parts).toString('utf8'), ...seen].join('\n') };
}

/** Command lines and environments of a process's children and theirs. */
export function processesBelow(pid: number): readonly string[] {
  return (
    readLines(`/proc/${pid}/task/${pid}/children`)
      .flatMap((line) => line.trim().split(' '))
      .filter((child) => child !== '')
      // What a user writes behind -e is in vrun's own command line, also where its launcher starts it anew.
      .map((child) => ({ child, own: readLines(`/proc/${child}/cmdline`).some((line) => line.includes(VRUN)) }))
      .flatMap(({ child, own }) => [
        ...['environ', ...(own ? [] : ['cmdline'])].flatMap((file) => readLines(`/proc/${child}/${file}`)),
        ...processesBelow(Number(child)),
      ])
  );
}

function readLines(file: string): readonly string[] {
  try {
    return [readFileSync(file, 'utf8')];
  } catch {
    return []; // it has ended
  }
}

/** What a stock tool prints. */
export async function printed(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(command, args, { cwd });
  return stdout + stderr;
}
