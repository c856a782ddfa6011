import type { Call } from '../../core/calls.ts';
import type { Output } from './output.ts';
import { type Display, plainDisplay } from './plain-display.ts';

/**
 * Chooses a live picture on a terminal, and lines everywhere else. An error of the display never ends the run.
 * `waiting` returns the calls that have no answer yet.
 */
export async function chooseDisplay(
  output: Output,
  now: () => number,
  waiting: () => Call[] = () => [],
): Promise<Display> {
  if (!output.stderr.isTTY || output.env['TERM'] === 'dumb') {
    return safely(plainDisplay(output, now, waiting));
  }
  const { terminalDisplay } = await import('./terminal-display.ts');
  return safely(terminalDisplay(output, now, waiting));
}

function safely(display: Display): Display {
  const attempt = (draw: () => void) => {
    try {
      draw();
    } catch {
      // An error of the display has no place where it could be shown.
    }
  };
  return {
    stays: display.stays,
    update: (view) => attempt(() => display.update(view)),
    say: (text) => attempt(() => display.say(text)),
    end: (view) => attempt(() => display.end(view)),
  };
}
