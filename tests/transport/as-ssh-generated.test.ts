// Generated configurations, keys, agents and known_hosts files: each is tried by the stock client and by both transports against real
// servers, and who gets in is the same. By hand more of them: VRUN_TEST_SSH_CASES=1000 VRUN_TEST_SSH_SEED=7.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Target } from '../../engine/transport/channel/connection.ts';
import { hasWorld, namesStockClient, newKeyFile, publicOf, World } from './ssh-world.ts';
import { type Sshd, startSshd } from './sshd.ts';

const CASES = Number(process.env.VRUN_TEST_SSH_CASES ?? 60);
const SEED = Number(process.env.VRUN_TEST_SSH_SEED ?? 20);

/** Mostly the first, which lets people in. */
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: 2 + others.length }, ...others.map((other) => fc.constant(other)));

const keyNames = ['right', 'wrong', 'rsa', 'ecdsa'] as const;
const files = fc.oneof(
  { arbitrary: fc.constantFrom('~/keys/right', '%d/keys/right', '${KEYS}/right', '~/keys/%n-right'), weight: 4 },
  fc.constantFrom('~/keys/wrong', '~/keys/rsa', '~/keys/ecdsa', '~/keys/right.pub', '~/keys/locked', '~/keys/open'),
  fc.constantFrom('~/keys/stale', '~/keys/absent', 'none', '~/.ssh/id_ed25519', '~/keys/pem', '~/keys/two words'),
);

const hostPatterns = ['exact', 'plain', 'any', 'hashed', 'alias', 'not', 'other', 'list', 'address'] as const;
const line = fc.record({
  pattern: fc.oneof(
    { arbitrary: fc.constant('exact' as const), weight: 5 },
    { arbitrary: fc.constantFrom(...hostPatterns), weight: 4 },
  ),
  key: fc.oneof(
    { arbitrary: fc.constantFrom('ed25519', 'ecdsa', 'rsa'), weight: 6 },
    fc.constantFrom('foreign ed25519', 'foreign rsa', 'new kind', 'nonsense'),
  ),
  marker: fc.oneof(
    { arbitrary: fc.constant(''), weight: 9 },
    fc.constantFrom('@revoked ', '@cert-authority ', '@other ', '@revoked @revoked '),
  ),
});
type Line = typeof line extends fc.Arbitrary<infer T> ? T : never;
const knownHosts = fc.array(line, { minLength: 0, maxLength: 3 });
const usualHosts = fc.constant<Line[]>([{ pattern: 'exact', key: 'ed25519', marker: '' }]);

const one = fc.record({
  shape: fc.constantFrom('host', 'wildcard', 'match', 'exec', 'include', 'token'),
  server: mostly('all', 'rsa only'),
  given: fc.subarray(['port', 'user', 'key', 'public key', 'wrong key'] as const, { maxLength: 2 }),
  identities: fc.oneof(
    { arbitrary: fc.array<string>(files, { maxLength: 3 }), weight: 3 },
    fc.constant<string[]>(['~/keys/right']),
  ),
  defaults: fc.subarray(['id_ed25519', 'id_rsa', 'id_ecdsa', 'locked id_rsa'] as const),
  agent: fc.option(fc.subarray([...keyNames, 'crowd'] as const), { nil: undefined }),
  agentName: mostly('', 'none', '$MY_AGENT', '$UNSET', 'SSH_AUTH_SOCK', 'path'),
  only: mostly('', 'yes', 'no'),
  jump: mostly('', 'bastion', 'none', 'by the inventory'),
  alias: mostly('', 'Alias'),
  user: fc.oneof({ arbitrary: usualHosts, weight: 2 }, knownHosts),
  userFile: mostly('', '~/mine', '~/mine %d/more', '"~/my hosts/%n"', 'none', '~/absent'),
  more: knownHosts,
  global: fc.option(knownHosts, { nil: undefined, freq: 5 }),
  revoked: mostly('', 'list', 'list of others', 'krl', 'krl of others', 'absent', 'nonsense', 'none'),
  strict: mostly('', 'StrictHostKeyChecking no', 'StrictHostKeyChecking accept-new', 'CheckHostIP yes'),
  algorithms: mostly(
    '',
    'ssh-ed25519',
    'rsa-sha2-512,ssh-ed25519',
    '-ssh-ed25519',
    '^ecdsa-sha2-nistp256',
    '+ssh-rsa',
    'rsa-sha2-256',
  ),
  other: mostly(
    '',
    'RequiredRSASize 4096',
    'PubkeyAcceptedAlgorithms ssh-ed25519',
    'PubkeyAcceptedAlgorithms -ssh-ed25519',
    'PubkeyAuthentication no',
    'PreferredAuthentications password',
    'KexAlgorithms ecdh-sha2-nistp256',
    'Ciphers chacha20-poly1305@openssh.com,aes128-ctr',
    'MACs hmac-sha2-512',
    'AddressFamily inet',
    'BindAddress 127.0.0.1',
    'HashKnownHosts yes',
    'UpdateHostKeys yes',
  ),
});
type Case = typeof one extends fc.Arbitrary<infer T> ? T : never;

describe.skipIf(!hasWorld)('generated', () => {
  const servers = new Map<string, Sshd>();
  let bastion: Sshd;
  const keys = new Map(
    [...keyNames].map((name) => [name, newKeyFile(name === 'rsa' || name === 'ecdsa' ? name : 'ed25519')]),
  );
  const ofBastion = newKeyFile();
  const crowd = Array.from({ length: 6 }, () => newKeyFile());
  const key = (name: (typeof keyNames)[number]): string => keys.get(name) ?? '';
  beforeAll(async () => {
    const authorized = [`${key('right')}.pub`];
    servers.set('all', await startSshd({ types: ['ed25519', 'ecdsa', 'rsa'], authorized }));
    servers.set('rsa only', await startSshd({ types: ['rsa'], authorized }));
    bastion = await startSshd({ authorized: [`${ofBastion}.pub`] });
  });
  afterAll(async () => {
    for (const server of [...servers.values(), bastion]) await server.close();
  });

  /** Everything that the configuration speaks of, in the home. */
  async function furnish(world: World, kase: Case, server: Sshd): Promise<void> {
    world.variables = { KEYS: join(world.home, 'keys') };
    for (const name of keyNames) world.place(key(name), `keys/${name}`);
    world.place(key('right'), 'keys/web1-right');
    world.place(key('right'), 'keys/1-right');
    world.place(key('right'), 'keys/two words');
    world.place(key('right'), 'keys/open', { mode: 0o640 });
    world.write('keys/right.pub', `${publicOf(key('right'))}\n`);
    writeFileSync(`${world.place(key('right'), 'keys/stale')}.pub`, `${publicOf(key('wrong'))}\n`);
    const rewrite = (file: string, ...how: string[]) =>
      execFileSync('ssh-keygen', ['-q', '-p', ...how, '-f', file], { stdio: 'ignore' });
    rewrite(world.place(key('right'), 'keys/locked'), '-N', 'open sesame');
    rewrite(world.place(key('rsa'), 'keys/pem'), '-m', 'PEM', '-N', 'open sesame');
    for (const name of kase.defaults) {
      if (name === 'locked id_rsa') rewrite(world.place(key('rsa'), '.ssh/id_rsa'), '-N', 'open sesame');
      else world.place(key(name === 'id_ed25519' ? 'right' : name === 'id_rsa' ? 'rsa' : 'ecdsa'), `.ssh/${name}`);
    }
    world.place(ofBastion, 'keys/bastion');
    if (kase.agent !== undefined) {
      const held = kase.agent.flatMap((name) => (name === 'crowd' ? crowd : [key(name)]));
      await world.agent(held, kase.agentName === '$MY_AGENT' ? 'MY_AGENT' : 'SSH_AUTH_SOCK');
    }
    const behind = `[127.0.0.1]:${bastion.port} ${bastion.hostKeys.get('ed25519')}\n`;
    const own = linesOf(kase.user, server, world);
    world.write('bastion', behind);
    world.write('.ssh/known_hosts', own);
    world.write('mine', own);
    world.write('my hosts/web1', own);
    world.write('my hosts/1', own);
    world.write('more', linesOf(kase.more, server, world));
    if (kase.global !== undefined) world.write('global', linesOf(kase.global, server, world));
    world.write(
      'revoked',
      kase.revoked === 'nonsense'
        ? 'nonsense\n'
        : `# keys\n${kase.revoked === 'list' ? hostKey('ed25519', server) : publicOf(key('wrong'))}\n`,
    );
    if (kase.revoked.startsWith('krl')) {
      const source = world.write(
        'gone.pub',
        `${kase.revoked === 'krl' ? hostKey('rsa', server) : publicOf(key('wrong'))}\n`,
      );
      execFileSync('ssh-keygen', ['-q', '-k', '-f', join(world.home, 'krl'), source]);
    }
  }

  const hostKey = (type: string, server: Sshd): string => server.hostKeys.get(type) ?? publicOf(key('ecdsa'));

  function linesOf(lines: Case['more'], server: Sshd, world: World): string {
    return lines
      .map(({ pattern, key: which, marker }) => {
        const foreign = new Map([
          ['foreign ed25519', publicOf(key('wrong'))],
          ['foreign rsa', publicOf(key('rsa'))],
          ['nonsense', 'ssh-ed25519 AAAA'],
          ['new kind', newKind()],
        ]);
        const text = foreign.get(which) ?? hostKey(which, server);
        return `${marker}${hostsOf(pattern, server, world)} ${text}\n`;
      })
      .join('');
  }

  function hostsOf(pattern: (typeof hostPatterns)[number], server: Sshd, world: World): string {
    const exact = `[127.0.0.1]:${server.port}`;
    if (pattern === 'hashed') {
      const file = world.write('to-hash', `${exact} ${publicOf(key('wrong'))}\n`);
      execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
      return readFileSync(file, 'utf8').split(' ')[0] ?? '';
    }
    const others = {
      exact,
      plain: '127.0.0.1',
      any: '*',
      alias: 'alias',
      not: `*,!${exact}`,
      other: 'web1',
      list: `x,${exact.toUpperCase()}`,
      address: '127.0.0.*',
    };
    return others[pattern];
  }

  function configOf(kase: Case, server: Sshd, world: World): string {
    const revoked = {
      list: '~/revoked',
      'list of others': '~/revoked',
      nonsense: '~/revoked',
      krl: '~/krl',
      'krl of others': '~/krl',
      absent: '~/absent',
      none: 'none',
    }[kase.revoked];
    const agent = kase.agentName === 'path' ? (world.variables.SSH_AUTH_SOCK ?? 'none') : kase.agentName;
    const lines = [
      kase.shape === 'token' ? 'HostName 127.0.0.%h' : 'HostName 127.0.0.1',
      ...(kase.given.includes('port') ? [] : [`Port ${server.port}`]),
      ...kase.identities.map((file) => `IdentityFile ${file.includes(' ') ? `"${file}"` : file}`),
      ...(agent === '' ? [] : [`IdentityAgent ${agent}`]),
      ...(kase.only === '' ? [] : [`IdentitiesOnly ${kase.only}`]),
      ...(kase.jump === 'bastion' || kase.jump === 'none' ? [`ProxyJump ${kase.jump}`] : []),
      ...(kase.alias === '' ? [] : [`HostKeyAlias ${kase.alias}`]),
      ...(kase.userFile === '' ? [] : [`UserKnownHostsFile ${kase.userFile}`]),
      ...(kase.global === undefined ? [] : ['GlobalKnownHostsFile ~/global']),
      ...(revoked === undefined ? [] : [`RevokedHostKeys ${revoked.replace('~', world.home)}`]),
      ...(kase.algorithms === '' ? [] : [`HostKeyAlgorithms ${kase.algorithms}`]),
      kase.strict,
      kase.other,
    ];
    const bastionBlock = `Host bastion\n  HostName 127.0.0.1\n  Port ${bastion.port}\n  IdentityFile ~/keys/bastion\n  IdentityAgent none\n  UserKnownHostsFile ~/bastion\n  StrictHostKeyChecking yes\n`;
    const body = lines.map((text) => `  ${text}\n`).join('');
    switch (kase.shape) {
      case 'wildcard':
        return `${bastionBlock}Host web?\n${body}Host *\n  Port 1\n`;
      case 'match':
        return `${bastionBlock}Match originalhost web1\n${body}`;
      case 'exec':
        return `${bastionBlock}Match host web1 exec "test %n = web1"\n${body}`;
      case 'include':
        world.write('.ssh/conf.d/web', `Host web1\n${body}`);
        return `Include conf.d/*\n${bastionBlock}`;
      case 'token':
        return `Host 1\n${body}${bastionBlock}`;
      default:
        return `Host web1\n${body}${bastionBlock}`;
    }
  }

  function givenOf(kase: Case, server: Sshd, world: World): { args: string[]; target: Partial<Target> } {
    const named = [
      ['key', 'keys/right'],
      ['public key', 'keys/right.pub'],
      ['wrong key', 'keys/wrong'],
    ] as const;
    const file = named.find(([name]) => kase.given.includes(name))?.[1];
    const identityFile = file === undefined ? undefined : join(world.home, file);
    const user = execFileSync('id', ['-un'], { encoding: 'utf8' }).trim();
    return {
      args: [
        ...(kase.given.includes('port') ? ['-p', String(server.port)] : []),
        ...(kase.given.includes('user') ? ['-l', user] : []),
        ...(identityFile === undefined ? [] : ['-i', identityFile]),
        ...(kase.jump === 'by the inventory' ? ['-J', 'bastion'] : []),
      ],
      target: {
        ...(kase.given.includes('port') ? { port: server.port } : {}),
        ...(kase.given.includes('user') ? { user } : {}),
        identityFile,
        ...(kase.jump === 'by the inventory' ? { jump: 'bastion' } : {}),
      },
    };
  }

  /** A key of a type that no version has. */
  function newKind(): string {
    const type = Buffer.from('ssh-something-new');
    const blob = Buffer.concat([
      Buffer.from([0, 0, 0, type.length]),
      type,
      Buffer.from([0, 0, 0, 3]),
      Buffer.from('key'),
    ]);
    return `${type} ${blob.toString('base64')}`;
  }

  test(`${CASES} configurations`, { timeout: 60_000 + CASES * 10_000 }, async () => {
    let letIn = 0;
    const tried = async (kase: Case): Promise<void> => {
      const world = new World();
      try {
        const server = servers.get(kase.server);
        if (server === undefined) throw new TypeError('no such server');
        await furnish(world, kase, server);
        const config = configOf(kase, server, world);
        world.write('.ssh/config', config);
        const { args, target } = givenOf(kase, server, world);
        const host = kase.shape === 'token' ? '1' : 'web1';
        const stock = await world.stock(host, args);
        if (stock.in) letIn++;
        const outcomes = await Promise.all(
          (['openssh', 'ssh'] as const).map(async (transport) => {
            const outcome = await world.vrun(transport, { address: host, ...target });
            const told = outcome === 'in' ? '' : `${outcome.code}: ${outcome.summary}\n${outcome.detail}`;
            // What ssh2 can't do is no difference as long as it sends people to the client that can.
            const same = outcome === 'in' || (transport === 'ssh' && stock.in && namesStockClient(outcome));
            return { transport, told, in: same };
          }),
        );
        for (const outcome of outcomes) {
          expect({ config, args, said: stock.said, ...outcome }).toMatchObject({
            transport: outcome.transport,
            in: stock.in,
          });
        }
      } finally {
        world.close();
      }
    };
    await fc.assert(fc.asyncProperty(one, tried), { numRuns: CASES, seed: SEED, endOnFailure: true });
    // A test in which everybody is refused would prove nothing.
    expect(letIn).toBeGreaterThan(CASES / 5);
  });
});
