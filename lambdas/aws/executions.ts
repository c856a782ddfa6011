import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Executions } from '../../core/watch/lock.ts';

/** The state of an execution. It is `gone` if it has ended in any way. */
export async function executionState(
  executionArn: string,
  client: Pick<SFNClient, 'send'>,
): Promise<'running' | 'gone' | 'not-found'> {
  try {
    const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
    // Every other status means that the execution has ended.
    return status === 'RUNNING' || status === 'PENDING_REDRIVE' ? 'running' : 'gone';
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return 'not-found';
    throw error;
  }
}

/** Access to executions of Step Functions, for the watchdog. */
export function executions(client = new SFNClient()): Executions {
  return {
    state: (executionArn) => executionState(executionArn, client),
    async stop(executionArn, cause) {
      await client.send(new StopExecutionCommand({ executionArn, error: 'PausedTooLong', cause }));
    },
  };
}
