import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  ListExecutionsCommand,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { awsPatience } from '../../core/connect/aws-client.ts';
import { awsError } from '../../core/connect/aws-error.ts';
import { partsOfArn } from '../../core/connect/secrets.ts';
import { BackupError } from '../../core/errors.ts';
import { parseJson } from '../../core/json.ts';
import type { EndedRun, RunFacts } from '../../core/watch/ended-runs.ts';
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

/** How many executions of each status are listed. A sweep of every five minutes needs only the newest ones. */
const listed = 100;

async function endedBadly(
  stateMachineArn: string,
  statusFilter: EndedRun['status'],
  client: Pick<SFNClient, 'send'>,
): Promise<EndedRun[]> {
  const { executions } = await client.send(
    new ListExecutionsCommand({ stateMachineArn, statusFilter, maxResults: listed }),
  );
  return (executions ?? []).flatMap(({ executionArn, stopDate }) =>
    executionArn && stopDate
      ? { runId: executionArn, status: statusFilter, endedAt: stopDate.toISOString() }
      : [],
  );
}

const request = z.looseObject({ cluster: z.string() });

/** What an execution says of itself. An input that is no request names no cluster. */
export async function factsOf(executionArn: string, client: Pick<SFNClient, 'send'>): Promise<RunFacts> {
  const { input, error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
  const asked = request.safeParse(safeJson(input ?? ''));
  return { cluster: asked.success ? asked.data.cluster : undefined, error, cause };
}

function safeJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** Access to the executions of a state machine, for the watchdog. Every method throws a BackupError. */
export function executions(
  client = new SFNClient(awsPatience),
  stateMachineArn = process.env['STATE_MACHINE_ARN'],
): Executions {
  return {
    state: (arn) =>
      executionState(arn, client).catch((error: unknown) => {
        throw refused(
          `The execution ${arn} cannot be described`,
          arn,
          'states:DescribeExecution on this execution',
          error,
        );
      }),
    async stop(arn, cause) {
      const command = new StopExecutionCommand({ executionArn: arn, error: 'PausedTooLong', cause });
      await client.send(command).catch((error: unknown) => {
        throw refused(
          `The execution ${arn} cannot be stopped`,
          arn,
          'states:StopExecution on this execution',
          error,
        );
      });
    },
    async endedBadly() {
      if (!stateMachineArn) {
        throw new BackupError('ConfigurationError', 'This function does not know its state machine');
      }
      const statuses = ['FAILED', 'TIMED_OUT', 'ABORTED'] as const;
      const lists = statuses.map((status) => endedBadly(stateMachineArn, status, client));
      const found = await Promise.all(lists).catch((error: unknown) => {
        const what = `The executions of ${stateMachineArn} cannot be listed`;
        throw refused(what, stateMachineArn, 'states:ListExecutions on this state machine', error);
      });
      return found.flat();
    },
    factsOf: (arn) =>
      factsOf(arn, client).catch((error: unknown) => {
        throw refused(
          `The execution ${arn} cannot be described`,
          arn,
          'states:DescribeExecution on this execution',
          error,
        );
      }),
  };
}

function refused(what: string, arn: string, permission: string, error: unknown) {
  return awsError(
    {
      what,
      service: 'Step Functions',
      region: partsOfArn(arn).region,
      permission: `${permission} for this function`,
      check: 'See the state machine in the console of Step Functions.',
    },
    error,
  );
}
