import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { awsPatience } from '../../core/connect/aws-client.ts';
import { awsError } from '../../core/connect/aws-error.ts';
import { partsOfArn } from '../../core/connect/secrets.ts';
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

/** Access to executions of Step Functions, for the watchdog. Every method throws a BackupError. */
export function executions(client = new SFNClient(awsPatience)): Executions {
  return {
    state: (arn) =>
      executionState(arn, client).catch((error: unknown) => {
        throw refused(`The execution ${arn} cannot be described`, arn, 'states:DescribeExecution', error);
      }),
    async stop(arn, cause) {
      const command = new StopExecutionCommand({ executionArn: arn, error: 'PausedTooLong', cause });
      await client.send(command).catch((error: unknown) => {
        throw refused(`The execution ${arn} cannot be stopped`, arn, 'states:StopExecution', error);
      });
    },
  };
}

function refused(what: string, arn: string, permission: string, error: unknown) {
  return awsError(
    {
      what,
      service: 'Step Functions',
      region: partsOfArn(arn).region,
      permission: `${permission} on this execution for this function`,
      check: 'See the state machine in the console of Step Functions.',
    },
    error,
  );
}
