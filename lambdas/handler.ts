import * as z from 'zod';
import type { Context } from '../core/context.ts';
import { BackupError } from '../core/errors.ts';
import { forTheStateMachine } from './carried-error.ts';
import { readInput } from './input.ts';

/** The work of a state. Input and output are plain JSON, and `context` provides everything outside of the process. */
export type Handler<Output> = (input: unknown, context: Context) => Promise<Output>;

/**
 * Makes a handler that validates its input first, and ignores fields that this version does not know. It does not ignore
 * them in the field `strictly`, which contains what a person wrote. A wrong input is a mistake in the state machine or of
 * that person.
 */
export function handler<Input, Output>(
  input: z.ZodType<Input>,
  work: (input: Input, context: Context) => Promise<Output>,
  { strictly }: { strictly?: string & keyof Input } = {},
): Handler<Output> {
  return async (raw, context) => {
    const parsed = readInput(input, raw, strictly);
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
