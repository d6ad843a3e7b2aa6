// Brings a lab host into each situation of a module and records what the module's probes print there, sent by the
// product's own framed shells, so that environment and framing are the real ones. `npm run lab -- capture` bundles it.
import '../../compile.ts';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Module } from '../../../engine/module/index.ts';
import type { Answer, Connection, Frame } from '../../../engine/transport/channel/connection.ts';
import { connect } from '../../../engine/transport/connect.ts';
import { newConnectCache } from '../../../engine/transport/ssh/context.ts';
import { modules } from '../../../modules/index.ts';
import { dialectFaults, INSTALL_BUSYBOX } from './dialects.ts';
import type { Situation } from './situation.ts';
import { situations } from './situations.ts';
import { digest, isKept, probesOf, recordedOutput, type Transcript, toBytes } from './transcript.ts';

/** What the caller has: the lab, a host of it, and where transcripts go. */
export interface Studio {
  readonly host: string;
  /** What the host is. */
  readonly suite: string;
  readonly address: string;
  readonly keyFile: string;
  readonly knownHostsFile: string;
  readonly directory: string;
  readonly reset: () => Promise<void>;
  readonly exec: (command: string) => Promise<{ status: number; stdout: string; stderr: string }>;
  readonly say: (line: string) => void;
}

/** Seconds, as for a probe in its turn. */
const TIMEOUT = 120;

/**
 * Records every situation of the named modules (all when none is named) and gives what is wrong: probes that not every
 * shell understands alike.
 * @throws Error for an unknown module, and for a situation that can't be brought about
 */
export async function recordTranscripts(studio: Studio, names: readonly string[]): Promise<readonly string[]> {
  const stranger = names.find((name) => !situations.has(name));
  if (stranger !== undefined) throw new Error(`There are no situations for ${stranger}.`);
  const faults: string[] = [];
  for (const module of modules.filter(({ name }) =>
    names.length === 0 ? isKept(name, studio.suite) : names.includes(name),
  )) {
    for (const situation of situations.get(module.name) ?? []) {
      await studio.reset();
      faults.push(...(await record(studio, module, situation)));
    }
  }
  return faults;
}

async function record(studio: Studio, module: Module, situation: Situation): Promise<readonly string[]> {
  const { name, title, given, as = 'root' } = situation;
  const label = `${module.name}/${name}`;
  if (given !== undefined) {
    const { status, stderr } = await studio.exec(`set -e\n${given}`);
    if (status !== 0) throw new Error(`${label} can't be brought about: ${stderr}`);
  }
  return withConnection(studio, async (connection) => {
    const probes = probesOf(module, situation);
    const send = await opened(connection, as === 'root');
    const transcript: Transcript = { title, release: await releaseOf(studio), as, probes: [] };
    const answers = await send(probes.map(({ script, stdin }) => ({ script, stdin, timeout: TIMEOUT })));
    const probed = probes.map(({ params, script }, index) => {
      const answer = answers[index];
      if (answer === undefined || answer.timedOut) throw new Error(`${label}: a probe did not end`);
      const { status, stdout, stderr, truncated } = answer;
      const said = { status, stdout: toBytes(stdout), stderr: toBytes(stderr) };
      return { params, sha256: digest(script), ...said, ...(truncated && { truncated }) };
    });
    const directory = join(studio.directory, module.name, 'transcripts', studio.suite);
    mkdirSync(directory, { recursive: true });
    const text = JSON.stringify({ ...transcript, probes: probed }, undefined, 2);
    writeFileSync(join(directory, `${name}.json`), `${text}\n`);

    studio.say(label);
    if (situation.readOnly) return []; // what a user's command prints is its own affair
    const asRoot = as === 'root' ? send : await opened(connection, true);
    await asRoot([{ script: INSTALL_BUSYBOX, stdin: readFileSync('/bin/busybox'), timeout: TIMEOUT }]);
    const faults = await dialectFaults(module, probes, probed.map(recordedOutput), async (script, stdin) => {
      const [answer] = await send([{ script, stdin, timeout: TIMEOUT }]);
      if (answer === undefined) throw new Error(`${label}: the shell did not answer`);
      return answer;
    });
    return faults.map((fault) => `${label}: ${fault}`);
  });
}

async function releaseOf({ exec }: Studio): Promise<string> {
  const { stdout } = await exec('. /etc/os-release; echo "$ID $(cat /etc/debian_version)"');
  return stdout.trim();
}

async function withConnection<T>(studio: Studio, use: (connection: Connection) => Promise<T>): Promise<T> {
  const { host, address, keyFile, knownHostsFile } = studio;
  const connection = await connect(
    {
      name: host,
      transport: 'ssh',
      address,
      port: undefined,
      user: 'ops',
      identityFile: keyFile,
      jump: undefined,
      knownHosts: [knownHostsFile],
      become: { password: undefined },
      connectTimeout: 10,
    },
    { home: '/nonexistent', localUser: 'ops', agent: undefined, ask: undefined, cache: newConnectCache() },
    new AbortController().signal,
  );
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}

/** A shell of root's or of the login user's, as a function that sends one message and waits for all answers. */
async function opened(
  connection: Connection,
  root: boolean,
): Promise<(frames: readonly Frame[]) => Promise<readonly Answer[]>> {
  const { signal } = new AbortController();
  const { shell } = await connection.openShell({ root, hello: ':', signal });
  return async (frames) => {
    const answers: Answer[] = [];
    for await (const answer of shell.send(frames, signal)) answers.push(answer);
    return answers;
  };
}
