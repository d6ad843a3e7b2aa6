// Somebody new, with a copy of an application's repository, types what docs/deploying.md says, line by line and nothing else. Added are the
// facts of the lab where the document says that an operator gives them: addresses, names, authorities, where Node.js comes from.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blocksOf, ROOT } from '../../docs/markdown.ts';
import { commitSources } from '../app-build.js';
import { run } from '../command.js';
import { describeLab, LAB_START_MS } from '../describe-lab.ts';
import { ACME, ACME_CA_ON_HOST, address, KEY_FILE, NODE_REPOSITORY } from '../lab-api.js';
import { lent } from '../lent.ts';
import { visit } from './platform.ts';
import { exitOf, outputOf, VRUN } from './project.ts';

/** npm and the registry, builds and deployments, where others work, too. */
const PATIENCE_MS = 1_200_000;
const NODE_KEY = 'https://deb.nodesource.com/gpgkey/nodesource-repo.gpg.key';

/** What is typed, a command at a time; a here-document is one. */
function commands(use: string): readonly (readonly string[])[] {
  return blocksOf('docs/deploying.md')
    .filter((block) => block.use === use)
    .map(({ text }) => text.match(/^.*<<'END'\n[\s\S]*?\nEND$|^\S.*$/gm) ?? []);
}

describeLab('a newcomer', () => {
  const home = mkdtempSync(join(tmpdir(), 'vrun-newcomer-'));
  const tree = join(home, 'vrun');
  const shop = join(home, 'shop');
  const lab = lent();
  let agent: { readonly socket: string; readonly pid: number } | undefined;

  beforeAll(async () => {
    for (const part of ['runbooks', 'templates', 'inventory', 'docs']) {
      cpSync(join(ROOT, part), join(tree, part), { recursive: true });
    }
    mkdirSync(join(home, 'bin'));
    writeFileSync(join(home, 'bin/vrun'), `#!/bin/sh\nexec "${process.execPath}" "${VRUN}" "$@"\n`, { mode: 0o755 });
    // ssh takes the account's own home, whatever HOME says.
    const own = `-o UserKnownHostsFile="${join(home, '.ssh/known_hosts')}"`;
    writeFileSync(join(home, 'bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh ${own} "$@"\n`, { mode: 0o755 });
    mkdirSync(shop);
    await commitSources(shop, undefined);
    const said = await run('ssh-agent', ['-s', '-a', join(home, 'agent')]);
    agent = { socket: join(home, 'agent'), pid: Number(/SSH_AGENT_PID=(\d+)/.exec(said)?.[1]) };
    await run('ssh-add', ['-q', KEY_FILE], { env: { ...process.env, SSH_AUTH_SOCK: agent.socket } });
  }, LAB_START_MS);
  afterAll(() => {
    if (agent) process.kill(agent.pid);
    rmSync(home, { recursive: true, force: true });
  });

  /** The command with the lab's facts in the place of the document's examples. */
  function asHere(command: string): string {
    const facts = {
      domain: `${lab.host}.lab.test`,
      acme_server: ACME.directory,
      acme_ca: ACME_CA_ON_HOST,
      trusted_ca: ACME.rootFile,
      node_repository: NODE_REPOSITORY.uri,
      node_suite: NODE_REPOSITORY.suite,
    };
    const lines = Object.entries(facts).map(([name, value]) => `    ${name}: ${value}`);
    return command
      .replace('192.0.2.11', address(lab.host))
      .replace('    domain: shop.example', lines.join('\n'))
      .replace(NODE_KEY, `file://${NODE_REPOSITORY.keyFile}`);
  }

  /** Types a command at a terminal, with answers to what it asks, and gives all that it printed. @throws when it fails */
  async function types(command: string, answers = ''): Promise<string> {
    const env = {
      PATH: `${join(home, 'bin')}:${process.env.PATH}`,
      HOME: home,
      SSH_AUTH_SOCK: agent?.socket,
      TERM: 'dumb',
      npm_config_cache: process.env.npm_config_cache ?? join(process.env.HOME ?? '/root', '.npm'),
    };
    const child = spawn('script', ['--quiet', '--return', '--command', asHere(command), '/dev/null'], {
      cwd: tree,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output = outputOf(child);
    child.stdin?.end(answers);
    const status = await exitOf(child);
    const said = await output.stdout;
    expect(status, `${command}\n${said}`).toBe(0);
    return said;
  }

  const ANSWERS: Readonly<Record<string, string>> = { 'vrun trust': 'y\n', 'vrun ssh': 'hostname; exit\n' };
  const answersTo = (command: string) =>
    Object.entries(ANSWERS).find(([beginning]) => command.startsWith(beginning))?.[1] ?? '';

  async function typesAll(block: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const said = new Map<string, string>();
    for (const command of block) said.set(command.replace(/\s+#.*$/, ''), await types(command, answersTo(command)));
    return said;
  }

  const [first = [], next = []] = commands('sitting');
  let commit = '';

  test(
    'is at HTTPS in one sitting',
    async () => {
      commit = (await run('git', ['-C', shop, 'rev-parse', 'HEAD'])).trim();
      const said = await typesAll(first);
      expect(await visit(lab.host, '/')).toContain('Version one');
      expect(await visit(lab.host, '/proof/build.json')).toContain(commit);
      const verified = said.get('vrun runbooks/verify.yml -i inventory/shop.yml') ?? '';
      expect(verified.match(/\[x\] \w.*/g)?.filter((line, at, all) => all.indexOf(line) === at)).toHaveLength(7);
    },
    PATIENCE_MS,
  );

  test(
    'deploys the next commit, goes back, and sees logs and a shell',
    async () => {
      const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@lab.test', '-c', 'commit.gpgsign=false'];
      await run('git', ['-C', shop, ...identity, 'commit', '--quiet', '--allow-empty', '--message', 'The next one']);
      const said = await typesAll(next);
      expect(await visit(lab.host, '/proof/build.json')).toContain(commit);
      expect(said.get('vrun logs web -i inventory/shop.yml')).toContain('listening on 127.0.0.1:');
      expect(said.get('vrun ssh -i inventory/shop.yml web1')).toContain(`${lab.host}\r\n`);
      expect(await types('vrun audit verify')).toMatch(/valid|whole|well|ok/i);
    },
    PATIENCE_MS,
  );
});
