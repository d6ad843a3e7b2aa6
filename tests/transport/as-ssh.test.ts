// vrun gets in where the stock client does, and is refused where that is: one configuration a row, tried by the stock client and by
// both transports against real servers.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Target } from '../../engine/transport/channel/connection.ts';
import { scratch } from './scratch.ts';
import { hasWorld, namesStockClient, newKeyFile, publicOf, World } from './ssh-world.ts';
import { type Sshd, startSshd } from './sshd.ts';
import { say } from './targets.ts';

interface Row {
  readonly what: string;
  /** What the world is like; gives `~/.ssh/config`. */
  readonly set: (world: World) => string | Promise<string>;
  /** The stock client's verdict, which is asked for too; undefined where it depends on the version. */
  readonly in: boolean | undefined;
  /** For the stock client; the inventory's words for vrun. */
  readonly args?: () => readonly string[];
  readonly target?: () => Partial<Target>;
  /** Where ssh2 can't: the ssh transport says that openssh can. */
  readonly stockOnly?: true;
  /** What the Problem says. */
  readonly says?: RegExp;
}

describe.skipIf(!hasWorld)('as ssh does it', () => {
  let web: Sshd;
  let bastion: Sshd;
  const right = newKeyFile();
  const locked = newKeyFile('ed25519', 'open sesame');
  const wrong = newKeyFile();
  const ofBastion = newKeyFile();
  const crowd = Array.from({ length: 7 }, () => newKeyFile());
  beforeAll(async () => {
    const authorized = [right, locked].map((key) => `${key}.pub`);
    web = await startSshd({ types: ['ed25519', 'ecdsa', 'rsa'], authorized, lines: ['MaxAuthTries 4'] });
    bastion = await startSshd({ authorized: [`${ofBastion}.pub`] });
  });
  afterAll(async () => {
    await web.close();
    await bastion.close();
  });
  let world: World;
  beforeEach(() => {
    world = new World();
    world.write(
      '.ssh/known_hosts',
      `${name()} ${key('ed25519')}\n[127.0.0.1]:${bastion.port} ${bastion.hostKeys.get('ed25519')}\n`,
    );
  });
  afterEach(() => world.close());

  const name = (): string => `[127.0.0.1]:${web.port}`;
  const key = (type: string): string => web.hostKeys.get(type) ?? '';
  const block = (...lines: string[]): string =>
    ['Host web1', 'HostName 127.0.0.1', `Port ${web.port}`, ...lines, ''].join('\n');
  const known = (text: string, path = '.ssh/known_hosts') => world.write(path, `${text}\n`);

  const rows: readonly Row[] = [
    {
      what: 'a default identity, with any ssh_config',
      in: true,
      set: () => {
        world.place(right, '.ssh/id_ed25519');
        return block();
      },
    },
    {
      what: 'an IdentityFile that has a default’s name in another home',
      in: true,
      set: () => block(`IdentityFile ${world.place(right, 'other/.ssh/id_ed25519')}`),
    },
    {
      what: 'an IdentityFile takes the place of the defaults',
      in: false,
      set: () => {
        world.place(right, '.ssh/id_ed25519');
        return block(`IdentityFile ${world.place(wrong, 'keys/wrong')}`);
      },
    },
    {
      what: 'the inventory’s key is tried besides those of ssh_config',
      in: true,
      args: () => ['-i', wrong],
      target: () => ({ identityFile: wrong }),
      set: () => block(`IdentityFile ${world.place(right, 'keys/right')}`),
    },
    {
      what: 'a jump host has a key of its own in ssh_config, the target its key in the inventory',
      in: true,
      args: () => ['-i', right],
      target: () => ({ identityFile: right }),
      set: () => `${block('ProxyJump bastion')}
Host bastion
  HostName 127.0.0.1
  Port ${bastion.port}
  IdentityFile ${world.place(ofBastion, 'keys/bastion')}
`,
    },
    {
      what: 'the same, named by the inventory',
      in: true,
      args: () => ['-i', right, '-J', 'bastion'],
      target: () => ({ identityFile: right, jump: 'bastion' }),
      set: () => `${block()}
Host bastion
  HostName 127.0.0.1
  Port ${bastion.port}
  IdentityFile ${world.place(ofBastion, 'keys/bastion')}
`,
    },
    {
      what: 'a jump host whose key isn’t known, where ssh_config wouldn’t mind',
      in: false,
      set: () => {
        known(`${name()} ${key('ed25519')}`);
        return `${block('ProxyJump bastion', `IdentityFile ${world.place(right, 'keys/right')}`)}
Host bastion
  HostName 127.0.0.1
  Port ${bastion.port}
  StrictHostKeyChecking yes
  IdentityFile ${world.place(ofBastion, 'keys/bastion')}
`;
      },
      says: /not known/,
    },
    {
      what: 'a jump host whose key is revoked',
      in: false,
      set: () => {
        known(
          `*,!${name()} ${bastion.hostKeys.get('ed25519')}\n@revoked * ${bastion.hostKeys.get('ed25519')}\n${name()} ${key('ed25519')}`,
        );
        return `${block('ProxyJump bastion', `IdentityFile ${world.place(right, 'keys/right')}`)}
Host bastion
  HostName 127.0.0.1
  Port ${bastion.port}
  IdentityFile ${world.place(ofBastion, 'keys/bastion')}
`;
      },
      says: /key of (bastion|the jump host of web1) is revoked/,
    },
    {
      what: 'no jump host, by the inventory',
      in: true,
      args: () => ['-J', 'none'],
      target: () => ({ jump: 'none' }),
      set: () => {
        world.place(right, '.ssh/id_ed25519');
        return block('ProxyJump nowhere.invalid');
      },
    },
    {
      what: 'jump hosts in a circle',
      in: false,
      set: () => `${block()}\nHost *\n  ProxyJump bastion\n`,
      says: /circle|loop/,
    },
    {
      what: 'RevokedHostKeys: a list',
      in: false,
      set: () => withKey(`RevokedHostKeys ${world.write('revoked', `# gone\n${key('ed25519')} stolen\n`)}`),
      says: /revoked/,
    },
    {
      what: 'RevokedHostKeys: a list of others',
      in: true,
      set: () => withKey(`RevokedHostKeys ${world.write('revoked', `${publicOf(wrong)}\n`)}`),
    },
    {
      what: 'RevokedHostKeys: a key revocation list',
      in: false,
      set: () => withKey(`RevokedHostKeys ${revocationList(key('ed25519'))}`),
      says: /revoked/,
    },
    {
      what: 'RevokedHostKeys: a key revocation list of others',
      in: true,
      set: () => withKey(`RevokedHostKeys ${revocationList(publicOf(wrong))}`),
    },
    {
      what: 'RevokedHostKeys that aren’t there',
      in: false,
      set: () => withKey('RevokedHostKeys /nowhere/revoked'),
      says: /revoked keys/,
    },
    {
      what: 'RevokedHostKeys that hold something else',
      in: false,
      set: () => withKey(`RevokedHostKeys ${world.write('revoked', 'hello\n')}`),
      says: /revoked keys/,
    },
    {
      what: 'UserKnownHostsFile takes the place of ~/.ssh/known_hosts',
      in: false,
      set: () => withKey(`UserKnownHostsFile ${known(`${name()} ${publicOf(wrong)}`, 'mine')}`),
      says: /has changed/,
    },
    {
      what: 'UserKnownHostsFile that knows nothing',
      in: false,
      set: () => withKey(`UserKnownHostsFile ${known('', 'mine')}`),
      says: /not known/,
    },
    {
      what: 'UserKnownHostsFile with tokens, a variable, a blank, and a second file',
      in: true,
      set: () => {
        known('');
        known(`${name()} ${key('ed25519')}`, 'my hosts/web1-x');
        world.variables = { ...world.variables, WHERE: 'my hosts' };
        return withKey('UserKnownHostsFile ~/nothing "%d/${WHERE}/%n-x"');
      },
    },
    {
      what: 'two files count together, whichever comes first',
      in: true,
      set: () =>
        withKey(
          `UserKnownHostsFile ${known(`${name()} ${publicOf(wrong)}`, 'one')} ${known(`${name()} ${key('ed25519')}`, 'two')}`,
        ),
    },
    {
      what: 'GlobalKnownHostsFile counts besides',
      in: true,
      set: () => {
        known('');
        return withKey(`GlobalKnownHostsFile ${known(`${name()} ${key('rsa')}`, 'global')}`);
      },
    },
    {
      what: '@revoked in a file of its own',
      in: false,
      set: () => withKey(`GlobalKnownHostsFile ${known(`@revoked * ${key('ed25519')}`, 'global')}`),
      says: /revoked/,
    },
    {
      what: 'only the kind that is pinned is asked for',
      in: true,
      set: () => {
        known(`${name()} ${key('rsa')}`);
        return withKey();
      },
    },
    {
      what: 'HostKeyAlgorithms without the kind that is pinned',
      in: false,
      set: () => {
        known(`${name()} ${key('rsa')}`);
        return withKey('HostKeyAlgorithms ssh-ed25519');
      },
    },
    {
      what: 'HostKeyAlgorithms with one kind taken away',
      in: true,
      set: () => {
        known(`${name()} ${key('rsa')}`);
        return withKey('HostKeyAlgorithms -rsa-sha2-256');
      },
    },
    {
      what: 'RequiredRSASize for the host’s key',
      in: false,
      set: () => {
        known(`${name()} ${key('rsa')}`);
        return withKey('RequiredRSASize 8192');
      },
      says: /too short|key length/i,
    },
    {
      what: 'HostKeyAlias',
      in: true,
      set: () => {
        known(`alias ${key('ed25519')}`);
        return withKey('HostKeyAlias Alias');
      },
    },
    {
      what: 'HostKeyAlias and the host’s own name in known_hosts',
      in: false,
      set: () => withKey('HostKeyAlias Alias'),
      says: /not known/,
    },
    {
      what: 'a line without the port',
      in: true,
      set: () => {
        known(`127.0.0.1 ${key('ed25519')}`);
        return withKey();
      },
    },
    {
      what: 'a line without the port, with another key',
      in: false,
      set: () => {
        known(`127.0.0.1 ${publicOf(wrong)}`);
        return withKey();
      },
      says: /not known/,
    },
    {
      what: 'a hashed name, Windows line ends, and lines that make no sense',
      in: true,
      set: () => {
        const file = known(`${name()} ${key('ed25519')}`);
        execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
        known(`nonsense\r\n@what ever ssh-rsa AAAA\r\n${readFileSync(file, 'utf8').replace('\n', '\r\n')}`);
        return withKey();
      },
    },
    {
      what: 'a name that is taken out again',
      in: false,
      set: () => {
        known(`*,!127.0.0.1,!${name()} ${key('ed25519')}`);
        return withKey();
      },
      says: /not known/,
    },
    {
      what: 'KnownHostsCommand',
      in: true,
      stockOnly: true,
      set: () => {
        known('');
        return withKey(`KnownHostsCommand /bin/echo ${name()} ${key('ed25519')}`);
      },
    },
    {
      what: 'the public half in IdentityFile, the private one in the agent',
      in: true,
      set: async () => {
        await world.agent([wrong, right]);
        return block(`IdentityFile ${world.write('keys/right.pub', `${publicOf(right)}\n`, 0o644)}`);
      },
    },
    {
      what: 'the same with an agent full of others',
      in: true,
      set: async () => {
        await world.agent([...crowd, right]);
        return block(`IdentityFile ${world.write('keys/right.pub', `${publicOf(right)}\n`, 0o644)}`);
      },
    },
    {
      what: 'the same with IdentitiesOnly, by the inventory',
      in: true,
      args: () => ['-i', `${right}.pub`],
      target: () => ({ identityFile: `${right}.pub` }),
      set: async () => {
        await world.agent([...crowd, right]);
        return block('IdentitiesOnly yes');
      },
    },
    {
      what: 'an agent full of others, before the key that is named',
      in: undefined, // newer servers don't count a key that was only offered
      set: async () => {
        await world.agent(crowd);
        return withKey();
      },
      says: /Too many|IdentitiesOnly/,
    },
    {
      what: 'IdentitiesOnly leaves the agent’s others out',
      in: true,
      set: async () => {
        await world.agent(crowd);
        return withKey('IdentitiesOnly yes');
      },
    },
    {
      what: 'IdentitiesOnly, and the key is in the agent alone',
      in: false,
      set: async () => {
        await world.agent([right]);
        return block('IdentitiesOnly yes');
      },
    },
    {
      what: 'IdentitiesOnly, and the agent has the default identity, which has a passphrase',
      in: true,
      set: async () => {
        await world.agent([right]);
        const file = world.place(right, '.ssh/id_ed25519');
        execFileSync('ssh-keygen', ['-q', '-p', '-N', 'open sesame', '-f', file], { stdio: 'ignore' });
        return block('IdentitiesOnly yes');
      },
    },
    {
      what: 'a key with a passphrase that nobody gives',
      in: false,
      set: () => block(`IdentityFile ${world.place(locked, 'keys/locked', { pub: true })}`),
      says: /passphrase|Permission denied/,
    },
    {
      what: 'IdentityAgent none',
      in: false,
      set: async () => {
        await world.agent([right]);
        return block('IdentityAgent none');
      },
    },
    {
      what: 'IdentityAgent by a path with tokens',
      in: true,
      set: async () => {
        const socket = await world.agent([right], 'UNUSED');
        return block(`IdentityAgent ${socket.replace(/agent$/, '%%').replace('%%', 'agent')}`);
      },
    },
    {
      what: 'IdentityAgent by a variable',
      in: true,
      set: async () => {
        await world.agent([right], 'MY_AGENT');
        return block('IdentityAgent $MY_AGENT');
      },
    },
    {
      what: 'IdentityAgent by a variable that isn’t set',
      in: false,
      set: async () => {
        await world.agent([right]);
        return block('IdentityAgent $MY_AGENT');
      },
    },
    ...['~/keys/%n', '%d/keys/%n', '~/keys/${WHO}', '${KEYS}/web1', '~/keys/%n-%h-%p-%r-%u-%L-%i-%%'].map(
      (path): Row => {
        return {
          what: `IdentityFile ${path}`,
          in: true,
          set: () => {
            world.variables = { ...world.variables, WHO: 'web1', KEYS: world.home + '/keys' };
            const user = execFileSync('id', ['-un'], { encoding: 'utf8' }).trim();
            const uid = process.getuid?.();
            const short = execFileSync('hostname', ['-s'], { encoding: 'utf8' }).trim();
            world.place(right, 'keys/web1');
            world.place(right, `keys/web1-127.0.0.1-${web.port}-${user}-${user}-${short}-${uid}-%`);
            return block(`IdentityFile ${path.replace('${KEYS}', '%d/keys')}`);
          },
        };
      },
    ),
    {
      what: 'a private key that others may read',
      in: false,
      set: () => block(`IdentityFile ${world.place(right, 'keys/right', { mode: 0o644 })}`),
      says: /others may read|UNPROTECTED/,
    },
    {
      what: 'a public half beside it that is another key’s',
      in: false,
      set: () => {
        const file = world.place(right, 'keys/right');
        writeFileSync(`${file}.pub`, `${publicOf(wrong)}\n`);
        return block(`IdentityFile ${file}`);
      },
    },
    { what: 'PubkeyAuthentication no', in: false, set: () => withKey('PubkeyAuthentication no') },
    {
      what: 'PubkeyAcceptedAlgorithms without ed25519',
      in: false,
      set: () => withKey('PubkeyAcceptedAlgorithms rsa-sha2-512'),
    },
    {
      what: 'an IdentityFile that is none, and one that isn’t there',
      in: false,
      set: () => {
        world.place(right, '.ssh/id_ed25519');
        return block('IdentityFile none', 'IdentityFile ~/nothing');
      },
    },
    {
      what: 'Match, Include, a pattern, and the first value that is found',
      in: true,
      set: () => {
        world.write(
          '.ssh/more',
          `Match originalhost web1 exec "true"\n  IdentityFile ${world.place(right, 'keys/right')}\n`,
        );
        return `Include more\nHost web?\n  HostName 127.0.0.1\n  Port ${web.port}\n${block('Port 1')}`;
      },
    },
    {
      what: 'KexAlgorithms that the host doesn’t have',
      in: false,
      set: () => withKey('KexAlgorithms diffie-hellman-group14-sha1'),
    },
    { what: 'AddressFamily that the address isn’t of', in: false, set: () => withKey('AddressFamily inet6') },
    {
      what: 'a ProxyCommand',
      in: true,
      stockOnly: true,
      set: () => withKey(`ProxyCommand bash -c 'exec 3<>/dev/tcp/%h/%p; cat <&3 & cat >&3'`),
    },
  ];

  function withKey(...lines: string[]): string {
    return block(`IdentityFile ${world.place(right, 'keys/right')}`, ...lines);
  }

  function revocationList(line: string): string {
    const directory = scratch();
    const list = join(directory, 'krl');
    writeFileSync(join(directory, 'key.pub'), `${line}\n`);
    execFileSync('ssh-keygen', ['-q', '-k', '-f', list, join(directory, 'key.pub')]);
    return list;
  }

  test.each(rows)('$what', async (row) => {
    world.write('.ssh/config', await row.set(world));
    const stock = await world.stock('web1', row.args?.());
    const expected = row.in ?? stock.in;
    expect([stock.said, stock.in]).toEqual([stock.said, expected]);
    const given = { address: 'web1', ...row.target?.() };
    for (const transport of ['openssh', 'ssh'] as const) {
      const outcome = await world.vrun(transport, given);
      const told = outcome === 'in' ? '' : `${outcome.summary}\n${outcome.detail}\n${outcome.hint}`;
      if (transport === 'ssh' && row.stockOnly) expect(namesStockClient(outcome)).toBe(true);
      else expect([transport, told, outcome === 'in']).toEqual([transport, told, expected]);
      if (!expected && row.says !== undefined) expect(told).toMatch(row.says);
    }
  });

  // Said in ssh_config they would leave a session without its streams, or without words for what went wrong.
  const odd = [
    'StdinNull yes',
    'SessionType none',
    'ForkAfterAuthentication yes',
    'RequestTTY force',
    'LogLevel QUIET',
  ];
  const more = ['RemoteCommand false', 'LocalCommand false', 'PermitLocalCommand yes', 'ControlMaster auto'];
  test.each(['ssh', 'openssh'] as const)('%s: options that are for people', async (transport) => {
    world.write('.ssh/config', withKey(...odd, ...more, 'ControlPath ~/.ssh/%C', 'FingerprintHash md5'));
    expect(await world.vrun(transport, { address: 'web1' }, {}, (connection) => say(connection, 'cat; echo hi'))).toBe(
      'hi\n',
    );
    known(`${name()} ${publicOf(wrong)}`);
    expect(await world.vrun(transport, { address: 'web1' })).toMatchObject({ code: 'host-key-changed' });
    known('');
    expect(await world.vrun(transport, { address: 'web1' })).toMatchObject({
      code: 'host-key-unknown',
      detail: expect.stringContaining('SHA256:'),
    });
  });

  test.each(['ssh', 'openssh'] as const)(
    '%s: what would be less strict is told where it matters',
    async (transport) => {
      const lenient = ['StrictHostKeyChecking accept-new', 'NoHostAuthenticationForLocalhost yes'];
      world.write('.ssh/config', withKey(...lenient));
      expect(await world.vrun(transport, { address: 'web1' })).toBe('in');
      known('');
      const before = readFileSync(join(world.home, '.ssh/known_hosts'), 'utf8');
      expect(await world.vrun(transport, { address: 'web1' })).toMatchObject({
        code: 'host-key-unknown',
        detail: expect.stringMatching(/StrictHostKeyChecking accept-new.*\n.*NoHostAuthenticationForLocalhost yes/),
      });
      expect(readFileSync(join(world.home, '.ssh/known_hosts'), 'utf8')).toBe(before);
    },
  );

  test.each(['ssh', 'openssh'] as const)(
    '%s: the project’s known_hosts decide where they know the host, and ssh’s own can revoke',
    async (transport) => {
      world.write('.ssh/config', withKey());
      const pins = world.write('pins', `${name()} ${publicOf(wrong)}\n`);
      const told = () => world.vrun(transport, { address: 'web1', knownHosts: [pins] });
      expect(await told()).toMatchObject({ code: 'host-key-changed' });
      world.write('pins', `elsewhere ${publicOf(wrong)}\n`);
      expect(await told()).toBe('in');
      world.write('pins', `elsewhere ${publicOf(wrong)}\n@revoked * ${key('ed25519')}\n`);
      expect(await told()).toMatchObject({ code: 'host-key-revoked' });
      world.write('pins', `${name()} ${key('ed25519')}\n`);
      known(`${name()} ${publicOf(wrong)}`);
      expect(await told()).toBe('in');
      known(`@revoked * ${key('ed25519')}`);
      expect(await told()).toMatchObject({ code: 'host-key-revoked' });
    },
  );
});
