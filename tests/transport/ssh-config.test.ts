import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ConnectContext, newConnectCache } from '../../engine/transport/context.ts';
import { lastHop, routeTo } from '../../engine/transport/route.ts';
import { sshOptions } from '../../engine/transport/ssh-config.ts';
import { scratch } from './scratch.ts';
import { target } from './targets.ts';

const debian = `# This is the ssh client system-wide configuration file.
Include /etc/ssh/ssh_config.d/*.conf

Host *
#   ForwardAgent no
    SendEnv LANG LC_*
    HashKnownHosts yes
    GSSAPIAuthentication yes
`;

const me = userInfo().username;

function context(user: string | undefined, system = debian): ConnectContext {
  const home = scratch();
  mkdirSync(join(home, '.ssh'));
  const files = { user: join(home, '.ssh', 'config'), system: join(home, 'ssh_config') };
  if (user !== undefined) writeFileSync(files.user, user, { mode: 0o600 });
  writeFileSync(files.system, system);
  return { home, localUser: me, agent: '/run/agent', ask: undefined, sshConfig: files, cache: newConnectCache() };
}

const none = { user: undefined, port: undefined };

test.each<[what: string, user: string | undefined]>([
  ['no file', undefined],
  ['an empty file', '\n# nothing\n'],
])('Debian’s default needs no process: %s', async (_what, user) => {
  expect(await sshOptions(context(user), 'web1', none)).toEqual({});
});

test('what ssh says about a host', async () => {
  const config = `Host web1
  HostName 192.0.2.7
  Port 2222
  User deploy
  IdentityFile ~/.ssh/deploy
  IdentitiesOnly yes
  ProxyJump bastion
  HostKeyAlias Web-One
Match user root host web1
  Port 3333
`;
  const here = context(config);
  expect(await sshOptions(here, 'web1', none)).toMatchObject({
    hostname: '192.0.2.7',
    port: 2222,
    user: 'deploy',
    identityFiles: [join(here.home, '.ssh/deploy')],
    identitiesOnly: true,
    proxyJump: 'bastion',
    hostKeyAlias: 'web-one',
  });
  expect(await sshOptions(here, 'web1', { user: 'root', port: undefined })).toMatchObject({ port: 2222 });
});

test('the route: the inventory first, then ssh’s configuration, then the defaults', async () => {
  const here = context('Host web1\n  HostName 192.0.2.7\n  Port 2222\n  User deploy\n  IdentityFile ~/.ssh/deploy\n');
  const bare = await routeTo(target({ address: 'web2', knownHosts: ['/pins'] }), here);
  expect(bare).toMatchObject({
    address: 'web2',
    port: 22,
    check: { names: ['web2'], pins: ['/pins'] },
    identities: { user: me, named: false, agent: '/run/agent' },
  });
  const configured = await routeTo(target({ address: 'web1' }), here);
  expect(configured).toMatchObject({
    address: '192.0.2.7',
    port: 2222,
    check: { names: ['[192.0.2.7]:2222', '192.0.2.7'] },
    identities: { user: 'deploy', named: true },
  });
  const told = await routeTo(target({ address: 'web1', port: 22, user: 'root', identityFile: '/key' }), here);
  expect(told).toMatchObject({
    address: '192.0.2.7',
    port: 22,
    check: { names: ['192.0.2.7'] },
    identities: { user: 'root', files: ['/key', join(here.home, '.ssh/deploy')] },
  });
});

test('a ProxyCommand is for the stock client', async () => {
  const here = context('Host *\n  ProxyCommand nc %h %p\n');
  await expect(routeTo(target({ address: 'web1' }), here)).rejects.toMatchObject({
    problems: [{ code: 'config', hint: expect.stringContaining('openssh') }],
  });
});

test('a broken configuration is a Problem', async () => {
  await expect(sshOptions(context('NoSuchWord yes\n'), 'web1', none)).rejects.toMatchObject({
    problems: [{ code: 'config' }],
  });
});

test.each([
  ['bastion', { address: 'bastion', port: undefined, user: undefined, jump: undefined }],
  ['me@a:2200,ops@b', { address: 'b', port: undefined, user: 'ops', jump: 'me@a:2200' }],
  ['ssh://ops@b:22/', { address: 'b', port: 22, user: 'ops' }],
  ['[2001:db8::1]:22', { address: '2001:db8::1', port: 22 }],
])('jump hosts: %s', (jump, hop) => {
  expect(lastHop(jump, target({ user: 'x', port: 1 }))).toMatchObject(hop);
});

test.each(['', 'a b:c', 'a,'])('a jump host that makes no sense: %j', (jump) => {
  expect(() => lastHop(jump, target({}))).toThrow(/cannot be understood/);
});
