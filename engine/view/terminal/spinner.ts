// The moving part of the screen, below everything that scrolls. The only file that knows ora.
import type { OutputStream } from '../summary/view.ts';

export interface Spinner {
  /** Takes the moving part off the screen and shows the cursor again. */
  stop(): Promise<void>;
}

export interface SpinnerOptions {
  readonly stream: OutputStream;
  readonly color: boolean;
  /** The text beside and below the spinner, asked for at each frame. */
  readonly text: () => string;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/**
 * Starts as soon as ora is loaded, which takes a tenth of a second that the run need not wait for. While it spins, ora
 * wraps the stream's `write`: what others write scrolls above.
 */
export function startSpinner({ stream, color, text }: SpinnerOptions): Spinner {
  let stopped = false;
  const started = import('ora').then(({ default: ora }) => {
    if (stopped) return undefined;
    // ora looks for colours in the environment; ours were decided by the caller, so the frames bring their own.
    const frames = color ? FRAMES.map((frame) => `\x1b[36m${frame}\x1b[0m`) : FRAMES;
    const spinner = { frames, interval: 100 };
    // With `discardStdin` the terminal would be in raw mode, and Ctrl-C no signal.
    return ora({ stream, color: false, isEnabled: true, discardStdin: false, spinner, suffixText: text }).start();
  });
  return {
    async stop() {
      stopped = true;
      (await started)?.stop();
    },
  };
}
