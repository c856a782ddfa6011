import { type Call, watchCalls } from '../core/calls.ts';
import type { Context } from '../core/context.ts';
import { BackupError } from '../core/errors.ts';
import { within } from '../core/within.ts';
import { forTheStateMachine } from './carried-error.ts';
import type { Handler } from './handler.ts';

/**
 * Runs a handler with a time limit that ends before that of its state. The error names the calls that the handler was
 * waiting for, which States.Timeout cannot do. The state is then retried, as after every lost answer.
 */
export function withDeadline<Output>(
  work: Handler<Output>,
  input: unknown,
  context: Context,
  seconds: number,
): Promise<Output> {
  const giveUp = new AbortController();
  const { context: watched, waiting } = watchCalls(context, { giveUp: giveUp.signal });
  return within(
    seconds,
    () => work(input, watched),
    context,
    () => {
      const error = late(waiting(), seconds, context.clock.now());
      giveUp.abort();
      return forTheStateMachine(error);
    },
  );
}

function late(calls: Call[], seconds: number, now: number): BackupError {
  const whom = calls.map(({ what, since }) => `${what} (for ${Math.round((now - since) / 1000)} s)`);
  return new BackupError(
    'Unreachable',
    `This state did not end within ${Math.round(seconds)} s: it was waiting for ${whom.join(', ') || 'the ledger'}`,
    {
      remedy:
        whom.length > 0
          ? 'See whether this server hangs or is overloaded (its log), and whether something between drops the packets (network policy, security group).'
          : 'See whether the store of the ledger (the folder, S3) answers.',
    },
  );
}
