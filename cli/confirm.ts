import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';

/** Asks a person. False unless the answer is y or yes: also when there is none, or the wait for it was given up. */
export type Confirm = (question: string, giveUp: AbortSignal) => Promise<boolean>;

/** Undefined where nobody sits: a pipe, a job. */
export function confirmOnTerminal(
  input: NodeJS.ReadableStream & { isTTY?: boolean },
  output: NodeJS.WritableStream & { isTTY?: boolean },
): Confirm | undefined {
  if (!input.isTTY || !output.isTTY) return undefined;
  return async (question, giveUp) => {
    // Not as a terminal of readline's own: Ctrl-C has to stay a signal to this process.
    const lines = createInterface({ input, output, terminal: false });
    try {
      // At the end of the input the question would wait for ever.
      const nobody = once(lines, 'close').then(() => '');
      const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal: giveUp }), nobody]);
      return /^y(es)?$/i.test(answer.trim());
    } catch (error) {
      if (giveUp.aborted) return false;
      throw error;
    } finally {
      lines.close();
    }
  };
}
