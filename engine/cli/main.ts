// The entry: argv in, exit status out. Whatever is thrown becomes a Problem; nobody sees a stack trace.
import { hasCode } from '../base/file-error.ts';
import { renderProblems } from '../language/problem/render.ts';
import { runProgram } from './program.ts';
import { processEnvironment } from './shared/environment.ts';
import { EXIT } from './shared/exit.ts';
import { problemsIn } from './shared/problems.ts';

/** Runs the command line of this process. */
export function main(): void {
  /** True once something could not be written that somebody waits for. */
  let unheard = false;
  for (const [stream, other] of [
    [process.stdout, process.stderr],
    [process.stderr, undefined],
  ] as const) {
    let broken = false;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (broken) return;
      broken = true;
      // A reader that goes away (`vrun … | head`) is no error of ours; and a run goes on without any.
      if (hasCode(error, 'EPIPE')) return;
      unheard = true;
      other?.write(`error: what is printed is lost: ${error.message}\n`);
    });
  }
  process.on('exit', (status) => {
    if (unheard && status === EXIT.ok) process.exitCode = EXIT.failed;
  });
  process.on('uncaughtException', (error) => {
    say(error);
    process.exit(EXIT.failed); // 1 would say that no host was contacted
  });
  try {
    void runProgram(process.argv.slice(2), processEnvironment()).then((status) => {
      process.exitCode = status;
    });
  } catch (error) {
    say(error);
    process.exitCode = EXIT.usage;
  }
}

function say(error: unknown): void {
  process.stderr.write(`${renderProblems(problemsIn(error), { color: false })}\n`);
}
