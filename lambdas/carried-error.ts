import * as z from 'zod';
import type { BackupError } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';

/*
 * Step Functions only passes on an error's name and message, so the remedy is appended to the message. An error that a
 * Lambda function throws arrives as JSON:
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */

const remedyMark = '\nWhat to do: ';

/** Converts an error to the form in which a function throws it. */
export function forTheStateMachine(error: BackupError): Error {
  const carried = new Error(withRemedy(error.message, error.remedy), { cause: error });
  carried.name = error.name;
  return carried;
}

/** Appends a remedy to a message. */
export function withRemedy(message: string, remedy: string | undefined): string {
  return remedy ? `${message}${remedyMark}${remedy}` : message;
}

/** Splits the text that `withRemedy` made. */
export function splitRemedy(text: string): { message: string; remedy?: string } {
  const [message = '', remedy] = text.split(remedyMark);
  return remedy ? { message, remedy } : { message };
}

const lambdaCause = z.object({ errorMessage: z.string() });

/** The message in a Cause, which is either the JSON of an error that a Lambda function threw, or a sentence. */
export function messageIn(cause: string): string {
  return lambdaCause.safeParse(parseJson(cause)).data?.errorMessage ?? cause;
}
