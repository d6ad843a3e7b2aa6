// Asking a person at the terminal for a secret, without showing it.
import { Secret } from '../language/secret.ts';
import type { Environment } from './environment.ts';

/** Asks on the terminal; undefined when there is none. What is typed is not shown. */
export async function askSecret(environment: Environment, name: string, prompt: string): Promise<Secret | undefined> {
  const { stdin, stderr } = environment;
  if (stdin.isTTY !== true) return undefined;
  // Before the prompt: who is quick is not shown either.
  const typed = readHidden(stdin);
  stderr.write(`${prompt}: `);
  const text = await typed;
  stderr.write('\n');
  return text === undefined ? undefined : new Secret(name, text);
}

/** One question whose answer is shown; undefined without a terminal. */
export async function askLine(environment: Environment, prompt: string): Promise<string | undefined> {
  const { stdin, stderr } = environment;
  if (stdin.isTTY !== true) return undefined;
  stderr.write(`${prompt} `);
  stdin.setEncoding('utf8');
  return new Promise((resolve) => {
    stdin.once('data', (chunk) => {
      stdin.pause();
      resolve(String(chunk).trim());
    });
    stdin.resume();
  });
}

/** Waits for Enter: true. False at the end of the input, or once `signal` is aborted. The caller knows that there is a terminal. */
export async function askToGoOn(environment: Environment, prompt: string, signal: AbortSignal): Promise<boolean> {
  const { stdin, stderr } = environment;
  stderr.write(`${prompt}  [Enter: go on, Ctrl-C: end the run] `);
  const answer = await new Promise<boolean>((resolve) => {
    const done = (on: boolean) => () => {
      stdin.off('data', onLine).off('end', onEnd);
      signal.removeEventListener('abort', onEnd);
      stdin.pause();
      resolve(on);
    };
    const onLine = done(true);
    const onEnd = done(false);
    stdin.on('data', onLine).on('end', onEnd).resume();
    signal.addEventListener('abort', onEnd, { once: true });
    if (signal.aborted) onEnd();
  });
  if (!answer) stderr.write('\n');
  return answer;
}

/** Reads to the end of the line in raw mode; undefined for Ctrl-C or Ctrl-D. */
function readHidden(stdin: NodeJS.ReadStream): Promise<string | undefined> {
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  return new Promise((resolve) => {
    let typed = '';
    const done = (answer: string | undefined) => {
      stdin.off('data', read);
      stdin.setRawMode(false);
      stdin.pause();
      resolve(answer);
    };
    const read = (chunk: string | Buffer) => {
      for (const character of String(chunk)) {
        if (character === '\r' || character === '\n') return done(typed);
        if (character === '\u0003' || character === '\u0004') return done(undefined);
        typed = character === '\u007f' || character === '\b' ? typed.slice(0, -1) : typed + character;
      }
    };
    stdin.on('data', read);
  });
}
