// Asking a person at the terminal for a secret, without showing it.
import { Secret } from '../../language/value/secret.ts';
import type { Environment, TerminalInput } from './environment.ts';

/** Asks on the terminal; undefined when there is none, or once `signal` is aborted. What is typed is not shown. */
export async function askSecret(
  environment: Environment,
  name: string,
  prompt: string,
  signal?: AbortSignal,
): Promise<Secret | undefined> {
  const { stdin, stderr } = environment;
  if (stdin.isTTY !== true) return undefined;
  // Before the prompt: who is quick is not shown either.
  const typed = readHidden(stdin, signal);
  stderr.write(`${prompt}: `);
  const text = await typed;
  stderr.write('\n');
  return text === undefined ? undefined : new Secret(name, text);
}

/** One question whose answer is shown; undefined without a terminal, empty once `signal` is aborted. */
export async function askLine(
  environment: Environment,
  prompt: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { stdin, stderr } = environment;
  if (stdin.isTTY !== true) return undefined;
  stderr.write(`${prompt} `);
  return (await readLine(stdin, signal))?.trim() ?? '';
}

/** Waits for Enter: true. False at the end of the input, or once `signal` is aborted. The caller knows that there is a terminal. */
export async function askToGoOn(environment: Environment, prompt: string, signal: AbortSignal): Promise<boolean> {
  return (await answerTo(environment, `${prompt}  [Enter: go on, Ctrl-C: end the run]`, signal)) !== undefined;
}

export type StepAnswer = 'no' | 'yes' | 'continue';

/** Asks before a task, in Ansible's words. The end of the input and an abort are a no. */
export async function askToPerform(environment: Environment, title: string, signal: AbortSignal): Promise<StepAnswer> {
  const answer = await answerTo(environment, `Perform task: ${title} (N)o/(y)es/(c)ontinue:`, signal);
  const word = answer?.trim().toLowerCase() ?? '';
  if (word === 'y' || word === 'yes') return 'yes';
  return word === 'c' || word === 'continue' ? 'continue' : 'no';
}

/** Undefined at the end of the input, or once `signal` is aborted. */
async function answerTo(
  { stdin, stderr }: Environment,
  prompt: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  stderr.write(`${prompt} `);
  const answer = await readLine(stdin, signal);
  if (answer === undefined) stderr.write('\n');
  return answer;
}

/** One line, without its end; what came behind it is left for the next. Undefined at the end of the input. */
function readLine(stdin: TerminalInput, signal?: AbortSignal): Promise<string | undefined> {
  stdin.setEncoding('utf8');
  return new Promise((resolve) => {
    let text = '';
    const done = (line: string | undefined) => {
      stdin.off('data', onData).off('end', onEnd);
      signal?.removeEventListener('abort', onEnd);
      stdin.pause();
      resolve(line);
    };
    const onEnd = () => done(undefined);
    const onData = (chunk: string | Buffer) => {
      text += String(chunk);
      const end = text.indexOf('\n');
      if (end < 0) return;
      done(text.slice(0, end));
      if (end + 1 < text.length) stdin.unshift(text.slice(end + 1));
    };
    if (stdin.readableEnded || signal?.aborted) return resolve(undefined);
    stdin.on('data', onData).on('end', onEnd).resume();
    signal?.addEventListener('abort', onEnd, { once: true });
  });
}

/** Reads to the end of the line in raw mode; undefined for Ctrl-C or Ctrl-D, and where the terminal is closed. */
function readHidden(stdin: TerminalInput, signal?: AbortSignal): Promise<string | undefined> {
  if (signal?.aborted) return Promise.resolve(undefined);
  stdin.setRawMode?.(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  return new Promise((resolve) => {
    let typed = '';
    const done = (answer: string | undefined) => {
      stdin.off('data', read).off('end', end);
      signal?.removeEventListener('abort', end);
      stdin.setRawMode?.(false);
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
    const end = () => done(undefined);
    stdin.on('data', read).on('end', end);
    signal?.addEventListener('abort', end, { once: true });
  });
}
