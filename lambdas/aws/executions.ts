import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Executions } from '../../core/watch/lock.ts';

/** `gone` for one that has ended, in whatever way, or that is not known any more. */
export async function executionState(
  executionArn: string,
  client: Pick<SFNClient, 'send'>,
): Promise<'running' | 'gone'> {
  try {
    const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
    // PENDING_REDRIVE and RUNNING have still something to do; everything else has ended.
    return status === 'RUNNING' || status === 'PENDING_REDRIVE' ? 'running' : 'gone';
  } catch (error) {
    // Step Functions forgets executions after 90 days.
    if (error instanceof ExecutionDoesNotExist) return 'gone';
    throw error;
  }
}

/** Executions of Step Functions, for the watchdog. */
export function executions(client = new SFNClient()): Executions {
  return {
    state: (executionArn) => executionState(executionArn, client),
    async stop(executionArn, cause) {
      await client.send(new StopExecutionCommand({ executionArn, error: 'PausedTooLong', cause }));
    },
  };
}
