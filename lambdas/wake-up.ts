import * as z from 'zod';

/**
 * The daily call that keeps a function awake: Lambda takes the network of a function in a VPC away when nobody calls it
 * for weeks (https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html). No state has such an input.
 */
const wakeUp = z.strictObject({ wakeUp: z.literal(true) });

/** The input of that call. */
export const wakeUpEvent: z.infer<typeof wakeUp> = { wakeUp: true };

export function isWakeUp(event: unknown): boolean {
  return wakeUp.safeParse(event).success;
}
