import * as z from 'zod';
import type { BackupError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { remedyOf } from '../core/remedies.ts';

/*
 * Step Functions carries an error's name and message and nothing else: the remedy travels in the message, and what a
 * Lambda function has thrown arrives as a JSON of it.
 */

const remedyMark = '\nWhat to do: ';

/** The error as a function throws it. */
export function forTheStateMachine(error: BackupError): Error {
  const carried = new Error(withRemedy(error.message, remedyOf(error)), { cause: error });
  carried.name = error.name;
  return carried;
}

/** Both in one text. */
export function withRemedy(message: string, remedy: string | undefined): string {
  return remedy ? `${message}${remedyMark}${remedy}` : message;
}

/** The two parts of such a message again. */
export function splitRemedy(text: string): { message: string; remedy?: string } {
  const [message = '', remedy] = text.split(remedyMark);
  return remedy ? { message, remedy } : { message };
}

const lambdaCause = z.object({ errorMessage: z.string() });

/** The message in a Cause: out of the JSON that Lambda makes of what was thrown; everything else is a sentence already. */
export function messageIn(cause: string): string {
  return lambdaCause.safeParse(parseJson(cause)).data?.errorMessage ?? cause;
}
