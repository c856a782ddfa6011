import assert from 'node:assert/strict';
import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { test } from '@jest/globals';
import { guardWorld } from '../../../lambdas/aws/guard-world.ts';
import { mockAws, refusal } from '../../support/mock-aws.ts';
import { stackId } from './guard-world.ts';

function onAws() {
  const stacks = new CloudFormationClient();
  const executions = new SFNClient();
  return {
    world: guardWorld({ STACK_NAME: 'camunda-backup' }, stacks, executions),
    stacks: mockAws(stacks),
    executions: mockAws(executions),
  };
}

test('The guard reads the status of the stack for which CloudFormation calls it', async () => {
  const { world, stacks } = onAws();
  stacks.on(DescribeStacksCommand).callsFake(({ StackName }) => ({
    Stacks: [{ StackName, CreationTime: new Date(0), StackStatus: 'UPDATE_IN_PROGRESS' }],
  }));
  assert.equal(await world.stackStatus(stackId), 'UPDATE_IN_PROGRESS');
});

test('The guard finds the bucket by its logical id, and finds none if the stack has none', async () => {
  const { world, stacks } = onAws();
  stacks.on(DescribeStackResourceCommand).callsFake(({ LogicalResourceId, StackName }) => {
    if (LogicalResourceId === 'Denied') throw refusal({ name: 'AccessDenied', message: 'not authorized' });
    if (LogicalResourceId !== 'Ledger') {
      const message = `Resource ${LogicalResourceId} does not exist for stack ${StackName}`;
      throw refusal({ name: 'ValidationError', message });
    }
    return {
      StackResourceDetail: {
        LogicalResourceId,
        PhysicalResourceId: 'the-bucket',
        ResourceType: 'AWS::S3::Bucket',
        LastUpdatedTimestamp: new Date(0),
        ResourceStatus: 'CREATE_COMPLETE',
      },
    };
  });
  assert.equal(await world.physicalId(stackId, 'Ledger'), 'the-bucket');
  assert.equal(await world.physicalId(stackId, 'Other'), undefined);
  await assert.rejects(world.physicalId(stackId, 'Denied'), { name: 'AccessDenied' });
});

test('The guard lists the running executions of all pages, and reads the input of those that still run', async () => {
  const { world, executions } = onAws();
  const one = { stateMachineArn: 'machine', name: '', status: 'RUNNING', startDate: new Date(0) } as const;
  executions.on(ListExecutionsCommand).callsFake(({ nextToken, statusFilter }) => {
    assert.equal(statusFilter, 'RUNNING');
    return nextToken
      ? { executions: [{ ...one, executionArn: 'b' }] }
      : { executions: [{ ...one, executionArn: 'a' }], nextToken: '2' };
  });
  assert.deepEqual(await world.running('machine'), ['a', 'b']);
  executions.on(DescribeExecutionCommand).callsFake(({ executionArn }) => ({
    status: executionArn === 'a' ? 'RUNNING' : 'SUCCEEDED',
    input: '{"cluster":"production"}',
  }));
  assert.equal(await world.inputOf('a'), '{"cluster":"production"}');
  assert.equal(await world.inputOf('b'), undefined);
});

test('The commands of a refusal name the stack', () => {
  const { commands } = onAws().world.ledgerIn({ bucket: 'the-bucket', prefix: 'ledger/' });
  assert.match(commands.watch('run-1'), /--stack camunda-backup --execution run-1/);
  assert.match(commands.repair('production'), /repair --stack camunda-backup --cluster production$/);
});
