import type { Call } from '../../core/calls.ts';
import type { Output } from './output.ts';
import { type Display, plainDisplay } from './plain-display.ts';

/**
 * A live picture on a terminal, lines everywhere else. What cannot be drawn ends nothing. `waiting` are the calls that
 * have no answer yet.
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
      // There is nowhere to say it.
    }
  };
  return {
    stays: display.stays,
    update: (view) => attempt(() => display.update(view)),
    say: (text) => attempt(() => display.say(text)),
    end: (view) => attempt(() => display.end(view)),
  };
}
