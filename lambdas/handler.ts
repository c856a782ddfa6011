import * as z from 'zod';
import type { Context } from '../core/context.ts';
import { BackupError } from '../core/errors.ts';
import { forTheStateMachine } from './failure.ts';

/** A state's work: plain JSON in, plain JSON out, everything outside passed in. */
export type Handler<Output> = (input: unknown, context: Context) => Promise<Output>;

/** Reads the input before anything is done with it. A wrong input is the state machine's mistake. */
export function handler<Input, Output>(
  input: z.ZodType<Input>,
  work: (input: Input, context: Context) => Promise<Output>,
): Handler<Output> {
  return async (raw, context) => {
    const parsed = input.safeParse(raw);
    if (!parsed.success) {
      throw new BackupError(
        'ConfigurationError',
        `The input of this state is wrong:\n${z.prettifyError(parsed.error)}`,
      );
    }
    try {
      return await work(parsed.data, context);
    } catch (error) {
      throw error instanceof BackupError ? forTheStateMachine(error) : error;
    }
  };
}
