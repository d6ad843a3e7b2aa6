// sudo's side is played by a script with sudo's options and words; the lab's hosts have the real one.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../engine/language/value/secret.ts';
import { sudoCommand, sudoPasswordCommand } from '../../../engine/transport/channel/launch.ts';
import { connect } from '../../../engine/transport/connect.ts';
import { sudoProblem } from '../../../engine/transport/shell/become.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../../embedded/server.ts';
import { scratch } from '../scratch.ts';
import { context, say, target } from '../targets.ts';

const directory = scratch();
const heard = join(directory, 'heard');
let server: EmbeddedServer;

/** A sudo that follows `policy`: nopasswd, passwd or denied; it notes what it reads as a password. */
const sudo = `#!/bin/sh
here=${directory}
policy=$(cat $here/policy) ask= prompt=
while :; do case $1 in -n) ;; -H|-k) ;; -S) ask=1;; -p) prompt=$2; shift;; --) shift; break;; *) break;; esac; shift; done
if [ $policy != nopasswd ]; then
  [ -n "$ask" ] || { echo "sudo: a password is required" >&2; exit 1; }
  echo "We trust you have received the usual lecture." >&2
  for try in 1 2 3; do
    printf '%s' "$(printf %s "$prompt" | sed 's/%%/%/g')" >&2
    IFS= read -r word || exit 1; printf '%s\\n' "$word" >>$here/heard
    [ "$word" = 'open "sesame" \\1' ] && break
    echo "Sorry, try again." >&2
    [ $try = 3 ] && { echo "sudo: 3 incorrect password attempts" >&2; exit 1; }
  done
fi
[ $policy = denied ] && { echo "ops is not in the sudoers file." >&2; exit 1; }
export HOME=/root USER=root LOGNAME=root SUDO_COMMAND="$*" LANG=tr_TR.UTF-8
exec "$@"
`;

beforeAll(async () => {
  writeFileSync(join(directory, 'sudo'), sudo);
  chmodSync(join(directory, 'sudo'), 0o755);
  server = await startEmbeddedServer({ user: 'ops', path: directory });
});
beforeEach(() => writeFileSync(heard, ''));
afterAll(async () => {
  await server.close();
});

const signal = new AbortController().signal;
const right = new Secret('become', 'open "sesame" \\1');

async function as(policy: string, password: Secret | undefined, startFile = ':') {
  writeFileSync(join(directory, 'policy'), policy);
  server.misbehave({ path: directory, startFile });
  const { port, identityFile, knownHosts } = server;
  const given = { port, user: 'ops', identityFile, knownHosts: [knownHosts], become: { password } };
  return connect(target(given), context(), signal);
}

test.each<[policy: string, password: Secret | undefined]>([
  ['nopasswd', undefined],
  ['nopasswd', right],
  ['passwd', right],
])('becomes root: sudo with %s, given %s', async (policy, password) => {
  const connection = await as(policy, password);
  const script = 'echo "$HOME $USER $LC_ALL"; env | grep -cE "SUDO|LANG"';
  expect(await say(connection, script, true)).toBe('/root root C.UTF-8\n0\n');
  await connection.close();
  expect(readFileSync(heard, 'utf8')).toBe(policy === 'passwd' ? `${right.reveal()}\n` : '');
});

test.each<[policy: string, password: Secret | undefined, summary: string]>([
  ['passwd', undefined, 'sudo wants a password for ops'],
  ['passwd', new Secret('become', 'wrong'), 'sudo refused the password of ops'],
  ['denied', right, 'ops may not use sudo'],
])('is refused: sudo with %s, given %s', async (policy, password, summary) => {
  const connection = await as(policy, password);
  await expect(connection.openShell({ root: true, hello: ':', signal })).rejects.toMatchObject({
    problems: [{ code: 'become-failed', summary, detail: expect.not.stringContaining('sesame') }],
  });
  await connection.close();
  // A wrong password is said once, and nothing else is ever taken for one.
  expect(readFileSync(heard, 'utf8').split('\n').length).toBeLessThanOrEqual(2);
});

test('a start file that traces does not make the password go out before the prompt', async () => {
  const connection = await as('nopasswd', right, 'set -x');
  expect(await say(connection, 'echo fine', true)).toBe('fine\n');
  await connection.close();
});

test('root needs no sudo', async () => {
  const root = await startEmbeddedServer({ user: 'root', path: directory });
  writeFileSync(join(directory, 'policy'), 'denied');
  const { port, identityFile, knownHosts } = root;
  const connection = await connect(
    target({ port, user: 'root', identityFile, knownHosts: [knownHosts] }),
    context(),
    signal,
  );
  expect(await say(connection, 'echo fine', true)).toBe('fine\n');
  await connection.close();
  await root.close();
});

test('a password with a line break is refused before anything is said', async () => {
  const connection = await as('passwd', new Secret('become', 'a\nb'));
  await expect(connection.openShell({ root: true, hello: ':', signal })).rejects.toMatchObject({
    problems: [{ code: 'become-failed' }],
  });
  await connection.close();
  expect(readFileSync(heard, 'utf8')).toBe('');
});

test.each([
  ['sudo: a terminal is required to read the password', 'sudo wants a password for ops'],
  ["Sorry, user ops is not allowed to execute '/bin/sh' as root on web1.", 'ops may not use sudo'],
  ['bash: line 1: exec: sudo: not found', 'There is no sudo on this host'],
  ['sh: 1: exec: sudo: not found', 'There is no sudo on this host'],
  ['sudo: interactive authentication is required', 'sudo wants a password for ops'],
  ["sudo: I'm sorry ops. I'm afraid I can't do that", 'ops may not use sudo'],
  ['[sudo: ] Password: \nsudo: Authentication failed, try again.', 'sudo refused the password of ops'],
  ['sudo: /etc/sudoers is world writable', 'ops could not become root'],
  ['', 'ops could not become root'],
])('what sudo means by %j', (said, summary) => {
  expect(sudoProblem('ops', said)).toMatchObject({ code: 'become-failed', summary });
});

test('the command lines are safe in any login shell', () => {
  for (const line of [sudoCommand, sudoPasswordCommand('abc')]) {
    expect(line).not.toMatch(/[\\!\n]/);
    expect(line.match(/'/g)).toHaveLength(2);
  }
});
