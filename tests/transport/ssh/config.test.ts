import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sshOptions } from '../../../engine/transport/ssh/config.ts';
import { type ConnectContext, newConnectCache } from '../../../engine/transport/ssh/context.ts';
import { lastHop, routeTo } from '../../../engine/transport/ssh/route.ts';
import { scratch } from '../scratch.ts';
import { target } from '../targets.ts';

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

/** An ssh of another version, whose defaults are others: what `ssh -G` prints goes through sed. */
function another(user: string, script: string): ConnectContext {
  const here = context(user);
  const bin = join(here.home, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'ssh'), `#!/bin/sh\n/usr/bin/ssh "$@" | sed '${script}'\n`, { mode: 0o755 });
  return { ...here, variables: { PATH: `${bin}:/usr/bin:/bin` } };
}

test.each([
  ['a new one', 's#^identityfile ~/.ssh/id_rsa#&\\nidentityfile ~/.ssh/id_brand_new#'],
  ['one less', '/id_rsa$/d'],
  ['another order', '/id_rsa$/{h;d};/id_ed25519$/{G}'],
])('the defaults of another version are defaults: %s', async (_what, script) => {
  const here = another('Host web1\n  Port 2222\n', script);
  const route = await routeTo(target({ address: 'web1' }), here);
  expect(route).toMatchObject({ port: 2222, identities: { named: false } });
  expect(route.identities.files).toContain(join(here.home, '.ssh/id_ed25519'));
  expect(route.identities.files.includes(join(here.home, '.ssh/id_brand_new'))).toBe(script.includes('id_brand_new'));
});

test('what is configured is no default, whatever it is called', async () => {
  const here = another('Host web1\n  IdentityFile ~/.ssh/id_rsa\n', 's#x#x#');
  expect((await routeTo(target({ address: 'web1' }), here)).identities).toMatchObject({
    named: true,
    files: [join(here.home, '.ssh/id_rsa')],
  });
});

test('ssh is asked once for its defaults, and once for a host', async () => {
  const here = another('Host *\n  Port 2222\n', '');
  const log = join(here.home, 'asked');
  writeFileSync(join(here.home, 'bin/ssh'), `#!/bin/sh\necho "$*" >>${log}\nexec /usr/bin/ssh "$@"\n`, { mode: 0o755 });
  for (const address of ['a', 'b', 'a']) await routeTo(target({ address }), here);
  const asked = readFileSync(log, 'utf8').trim().split('\n');
  expect(asked.map((words) => words.replace(/^.* -- /, '')).sort()).toEqual(['a', 'b', 'localhost']);
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
