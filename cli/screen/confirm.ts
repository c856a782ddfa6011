import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { fold } from './fold.ts';

/** Asks a person. The answer is '' if the input ends, or if `giveUp` is aborted first. */
export type Ask = (question: string, giveUp: AbortSignal) => Promise<string>;

/** Returns undefined if no person can answer, for example in a pipe or in a job. */
export function askOnTerminal(
  input: NodeJS.ReadableStream & { isTTY?: boolean },
  output: NodeJS.WritableStream & { isTTY?: boolean; columns?: number },
): Ask | undefined {
  if (!input.isTTY || !output.isTTY) return undefined;
  return async (question, giveUp) => {
    // With `terminal: true`, readline would take Ctrl-C, which must stay a signal to this process.
    const lines = createInterface({ input, output, terminal: false });
    try {
      // Readline would wait for ever for an answer after the end of the input.
      const noAnswer = once(lines, 'close').then(() => '');
      const answer = await Promise.race([
        lines.question(fold(question, output.columns || 80), { signal: giveUp }),
        noAnswer,
      ]);
      return answer.trim();
    } catch (error) {
      if (giveUp.aborted) return '';
      throw error;
    } finally {
      lines.close();
    }
  };
}

/** False unless the answer is y or yes. */
export async function isAgreed(ask: Ask, question: string, giveUp: AbortSignal): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(`${question} [y/N] `, giveUp));
}
