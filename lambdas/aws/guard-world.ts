import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeExecutionCommand, paginateListExecutions, SFNClient } from '@aws-sdk/client-sfn';
import { systemClock } from '../../core/clock.ts';
import { awsPatience } from '../../core/connect/aws-client.ts';
import { s3Client } from '../../core/connect/s3-client.ts';
import { ledger } from '../../core/ledger/ledger.ts';
import { s3Store } from '../../core/ledger/store/s3.ts';
import { stackCommands } from '../../deployment/commands.ts';
import type { GuardWorld } from '../guard/world.ts';
import { environment } from './environment.ts';

/** The variables of the guard. It finds the ledger through the stack. */
const guardEnvironment = environment.pick({ STACK_NAME: true });

/** Access to the stack, its ledger and its executions, for the guard. */
export function guardWorld(
  variables: NodeJS.ProcessEnv = process.env,
  stacks = new CloudFormationClient(awsPatience),
  executions = new SFNClient(awsPatience),
): GuardWorld {
  const { STACK_NAME } = guardEnvironment.parse(variables);
  return {
    async stackStatus(StackName) {
      const { Stacks: [stack] = [] } = await stacks.send(new DescribeStacksCommand({ StackName }));
      if (!stack?.StackStatus) throw new Error(`CloudFormation says nothing of ${StackName}`);
      return stack.StackStatus;
    },
    async physicalId(StackName, LogicalResourceId) {
      const asked = new DescribeStackResourceCommand({ StackName, LogicalResourceId });
      try {
        return (await stacks.send(asked)).StackResourceDetail?.PhysicalResourceId;
      } catch (error) {
        if (error instanceof Error && /^Resource .* does not exist/.test(error.message)) return undefined;
        throw error;
      }
    },
    async running(stateMachineArn) {
      const pages = paginateListExecutions(
        { client: executions },
        { stateMachineArn, statusFilter: 'RUNNING' },
      );
      const arns: string[] = [];
      for await (const page of pages) {
        arns.push(...(page.executions ?? []).flatMap(({ executionArn }) => executionArn ?? []));
      }
      return arns;
    },
    async inputOf(executionArn) {
      const { status, input } = await executions.send(new DescribeExecutionCommand({ executionArn }));
      return status === 'RUNNING' ? (input ?? '') : undefined;
    },
    ledgerIn: (place) => {
      const commands = stackCommands({ program: 'npx camunda-backup', stack: STACK_NAME });
      return { ledger: ledger(s3Store({ ...place, client: s3Client() }), commands), commands };
    },
    clock: systemClock,
  };
}
