// Becoming root by sudo: what is said to it, and what its refusals mean.

import { fail } from '../../language/problem/problem.ts';
import type { Secret } from '../../language/value/secret.ts';
import { type Channel, isLost, type Login } from '../channel/channel.ts';
import { loginCommand, sudoCommand, sudoPasswordCommand } from '../channel/launch.ts';
import { makeNonce } from './nonce.ts';

/** Whose shell is wanted, and how to become them. */
export interface Become {
  readonly root: boolean;
  readonly password: Secret | undefined;
}

/**
 * Starts a POSIX shell as the login user or as root. Nothing is written to it before sudo is done, but the password
 * itself and only after sudo's prompt.
 * @throws ProblemError `become-failed`, `connection-lost`
 */
export async function startShell(login: Login, become: Become, signal: AbortSignal): Promise<Channel> {
  if (!become.root || login.root) return login.open(loginCommand, signal);
  if (become.password === undefined) return login.open(sudoCommand, signal);
  const nonce = makeNonce();
  const channel = await login.open(sudoPasswordCommand(nonce), signal);
  await answerSudo(channel, nonce, become.password, login.user, signal);
  return channel;
}

type Outcome = 'shell' | 'refused' | 'ended' | 'lost';

/** Waits for sudo's prompt or for the shell, whichever comes; answers one prompt, once. */
async function answerSudo(
  channel: Channel,
  nonce: string,
  password: Secret,
  user: string,
  signal: AbortSignal,
): Promise<void> {
  const value = password.reveal();
  if (/[\n\0]/.test(value)) fail({ code: 'become-failed', summary: 'A sudo password cannot hold a line break' });
  let asked = 0;
  let printed = '';
  const outcome = await new Promise<Outcome>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    const settle = (result: Outcome): void => {
      channel.stderr.off('data', onData);
      signal.removeEventListener('abort', onAbort);
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      printed += chunk.toString();
      const prompts = printed.split(`%${nonce}:`).length - 1;
      if (printed.includes(`%${nonce}.`)) settle('shell');
      else if (prompts > 1) settle('refused');
      else if (prompts > asked) channel.stdin.write(value + '\n');
      asked = prompts;
    };
    signal.addEventListener('abort', onAbort, { once: true });
    channel.stdout.resume(); // what start files print is noise; unread it would keep the channel from ending
    channel.stderr.on('data', onData);
    void channel.ended.then((ended) => settle(isLost(ended) ? 'lost' : 'ended'));
  }).catch((error: unknown) => {
    channel.destroy();
    throw error;
  });
  if (outcome === 'shell') return;
  channel.destroy();
  if (outcome === 'lost') {
    fail({ code: 'connection-lost', summary: 'The connection was lost', detail: 'It ended before sudo did.' });
  }
  const said = printed.replaceAll(`%${nonce}:`, '').trim();
  fail(sudoProblem(user, said, outcome === 'refused'));
}

/** What sudo said, or sudo-rs (0.2.15) in words of its own, as a Problem. */
export function sudoProblem(user: string, said: string, wrongPassword = false) {
  const code = 'become-failed' as const;
  const detail = said === '' ? 'sudo said nothing.' : said;
  if (wrongPassword || /incorrect (password|authentication)|, try again/.test(said)) {
    return { code, summary: `sudo refused the password of ${user}`, detail };
  }
  if (/not in the sudoers|not allowed to (execute|run)|may not run|I'm afraid I can't do that/.test(said)) {
    return { code, summary: `${user} may not use sudo`, detail, hint: 'Give that user sudo, or log in as root.' };
  }
  if (/(password|authentication|terminal) is required|no askpass/.test(said)) {
    return {
      code,
      summary: `sudo wants a password for ${user}`,
      detail,
      hint: 'Run with -K to be asked for it, or set ansible_become_password as a secret.',
    };
  }
  if (isWithoutSudo(said)) {
    return { code, summary: 'There is no sudo on this host', detail, hint: 'Install sudo, or log in as root.' };
  }
  return { code, summary: `${user} could not become root`, detail };
}

function isWithoutSudo(said: string): boolean {
  const lines = said.toLowerCase().split('\n');
  return lines.some(
    (line) => /sudo: unknown|sudo: inaccessible/.test(line) || (line.includes('sudo') && line.includes('not found')),
  );
}
