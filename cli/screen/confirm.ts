import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { fold } from './fold.ts';

/** Asks a person. The answer is '' when there is none, or the wait for it was given up. */
export type Ask = (question: string, giveUp: AbortSignal) => Promise<string>;

/** Undefined where nobody sits: a pipe, a job. */
export function askOnTerminal(
  input: NodeJS.ReadableStream & { isTTY?: boolean },
  output: NodeJS.WritableStream & { isTTY?: boolean; columns?: number },
): Ask | undefined {
  if (!input.isTTY || !output.isTTY) return undefined;
  return async (question, giveUp) => {
    // Not as a terminal of readline's own: Ctrl-C has to stay a signal to this process.
    const lines = createInterface({ input, output, terminal: false });
    try {
      // At the end of the input the question would wait for ever.
      const nobody = once(lines, 'close').then(() => '');
      const answer = await Promise.race([
        lines.question(fold(question, output.columns || 80), { signal: giveUp }),
        nobody,
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
