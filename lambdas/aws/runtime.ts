import type { Context as LambdaContext } from 'aws-lambda';
import type { Context } from '../../core/context.ts';
import type { ExecutionStates } from '../../core/ledger/lock/owner.ts';
import { withDeadline } from '../deadline.ts';
import type { Handler } from '../handler.ts';
import { isWakeUp } from '../wake-up.ts';
import { lambdaContext, logger, type OpenSearch } from './context.ts';

/** Lambda ends a function without an explanation, so the handler's own time limit comes this much earlier. */
const secondsToSpare = 5;

/**
 * Makes a Lambda function from a handler. Functions that call the search engine are bundled with runtime-search.ts and
 * the watchdog with runtime-watchdog.ts, so that each bundle only contains the clients that it needs.
 */
export function deploy(work: Handler<unknown>, openSearch?: OpenSearch, executions?: ExecutionStates) {
  let context: Context | undefined;
  return async (event: unknown, lambda: LambdaContext): Promise<unknown> => {
    if (isWakeUp(event)) return event;
    logger.addContext(lambda);
    context ??= { ...lambdaContext(openSearch), ...(executions ? { executions } : {}) };
    try {
      const output = await withDeadline(
        work,
        event,
        context,
        lambda.getRemainingTimeInMillis() / 1000 - secondsToSpare,
      );
      logger.info('done', { output: summaryOf(output) });
      return output;
    } catch (error) {
      const thrown = error instanceof Error ? error : new Error(String(error));
      // Lambda itself adds the error to the trace.
      logger.error(thrown.message, { error: thrown.name });
      throw thrown;
    }
  };
}

/** The parts of an output that are worth a log line. The plan and the targets are in the execution's history. */
function summaryOf(output: unknown): unknown {
  // The watchdog's list of what it saw is short.
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return output;
  const { run, progress, outcome, resumed, pausedAt, state } = output as Record<string, unknown>;
  return { run, progress, outcome, resumed, pausedAt, state };
}
