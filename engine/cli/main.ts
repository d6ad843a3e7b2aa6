// The entry: argv in, exit status out. Whatever is thrown becomes a Problem; nobody sees a stack trace.
import { processEnvironment } from './environment.ts';
import { runProgram } from './program.ts';

// A reader that goes away (`vrun … | head`) is no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

void runProgram(process.argv.slice(2), processEnvironment()).then((status) => {
  process.exitCode = status;
});
