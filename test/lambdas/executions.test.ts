import assert from 'node:assert/strict';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type ListExecutionsInput,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, test } from '@jest/globals';
import { awsPatience } from '../../core/connect/aws-client.ts';
import type { Executions } from '../../core/watch/lock.ts';
import { executions } from '../../lambdas/aws/executions.ts';
import { failureOf } from '../core/fakes.ts';
import { awsServer } from '../support/aws-server.ts';
import { mockAws, refusal } from '../support/mock-aws.ts';
import { shortened, silentServer } from '../support/silent-server.ts';

const arn = 'arn:aws:states:eu-central-1:123456789012:execution:camunda-backup:run-1';

describe('What an execution of Step Functions is to the watchdog', () => {
  for (const { status, state } of [
    { status: 'RUNNING', state: 'running' },
    { status: 'PENDING_REDRIVE', state: 'running' },
    { status: 'SUCCEEDED', state: 'gone' },
    { status: 'FAILED', state: 'gone' },
    { status: 'TIMED_OUT', state: 'gone' },
    { status: 'ABORTED', state: 'gone' },
  ] as const) {
    test(`An execution that is ${status} is ${state}`, async () => {
      const asked: unknown[] = [];
      const client = new SFNClient();
      mockAws(client)
        .on(DescribeExecutionCommand)
        .callsFake((input) => {
          asked.push(input);
          return { status };
        });
      assert.equal(await executions(client).state(arn), state);
      assert.deepEqual(asked, [{ executionArn: arn }]);
    });
  }

  // On a server: only the SDK makes the class of the error that is looked for, from a name with a namespace.
  test('An execution that Step Functions has forgotten is not found', async () => {
    const body = { __type: 'com.amazonaws.swf.service.v2.model#ExecutionDoesNotExist', message: arn };
    const client = new SFNClient(await awsServer(() => ({ status: 400, body })));
    assert.equal(await executions(client).state(arn), 'not-found');
  });

  test('An execution that may not be described is not known: nobody takes it for gone', async () => {
    const client = new SFNClient();
    mockAws(client)
      .on(DescribeExecutionCommand)
      .callsFake(() => {
        throw refusal({ name: 'AccessDeniedException', message: 'no' });
      });
    const error = await failureOf(executions(client).state(arn));
    assert.equal(error.name, 'RequestRefused');
    assert.match(error.remedy ?? '', /^Allow states:DescribeExecution on this execution/);
  });
});

describe('Step Functions that is silent', () => {
  for (const { what, call } of [
    { what: 'asks for an execution', call: ({ state }: Executions) => state(arn) },
    { what: 'stops an execution', call: ({ stop }: Executions) => stop(arn, 'paused for too long') },
  ]) {
    test(`The watchdog gives up when it ${what}, and names the endpoint of the VPC`, async () => {
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const { endpoint } = await silentServer();
      const region = 'eu-central-1';
      const client = new SFNClient({ endpoint, region, credentials, ...shortened(awsPatience) });
      const error = await failureOf(call(executions(client)));
      assert.equal(error.name, 'Unreachable');
      assert.match(error.remedy ?? '', /in a VPC the endpoint of Step Functions or the NAT gateway/);
    });
  }
});

describe('How the watchdog stops an execution', () => {
  test('An execution that pauses for too long is stopped with the reason, which is in its history', async () => {
    const asked: unknown[] = [];
    const client = new SFNClient();
    mockAws(client)
      .on(StopExecutionCommand)
      .callsFake((input) => {
        asked.push(input);
        return { stopDate: new Date(0) };
      });
    const cause = 'Exporting is paused for 61 min 00 s';
    await executions(client).stop(arn, cause);
    assert.deepEqual(asked, [{ executionArn: arn, error: 'PausedTooLong', cause }]);
  });
});

describe('Which executions ended badly', () => {
  const machine = 'arn:aws:states:eu-central-1:123456789012:stateMachine:camunda-backup';

  test('The newest executions that failed, timed out or were stopped are listed, of this state machine', async () => {
    const asked: ListExecutionsInput[] = [];
    const client = new SFNClient();
    mockAws(client)
      .on(ListExecutionsCommand)
      .callsFake((input) => {
        asked.push(input);
        const one = { stateMachineArn: machine, status: input.statusFilter, startDate: new Date(0) };
        const executionArn = `${arn}-${input.statusFilter}`;
        const name = 'run-1';
        return { executions: [{ ...one, name, executionArn, stopDate: new Date(1000) }] };
      });
    const endedAt = '1970-01-01T00:00:01.000Z';
    assert.deepEqual(await executions(client, machine).endedBadly(), [
      { runId: `${arn}-FAILED`, status: 'FAILED', endedAt },
      { runId: `${arn}-TIMED_OUT`, status: 'TIMED_OUT', endedAt },
      { runId: `${arn}-ABORTED`, status: 'ABORTED', endedAt },
    ]);
    assert(
      asked.every(({ stateMachineArn, maxResults }) => stateMachineArn === machine && maxResults === 100),
    );
  });

  test('Executions that may not be listed are an error, and so is a function that does not know its state machine', async () => {
    const client = new SFNClient();
    mockAws(client);
    await assert.rejects(executions(client, machine).endedBadly());
    await assert.rejects(executions(client, undefined).endedBadly(), { name: 'ConfigurationError' });
  });

  for (const { input, cluster } of [
    { input: '{"cluster":"production","reason":"schedule"}', cluster: 'production' },
    { input: '"foo"', cluster: undefined },
    { input: 'no JSON', cluster: undefined },
  ]) {
    test(`The cluster of an execution with the input ${input} is ${cluster ?? 'not known'}`, async () => {
      const client = new SFNClient();
      mockAws(client)
        .on(DescribeExecutionCommand)
        .callsFake(() => ({ input, error: 'Boom', cause: 'It broke' }));
      assert.deepEqual(await executions(client, machine).factsOf(arn), {
        cluster,
        error: 'Boom',
        cause: 'It broke',
      });
    });
  }
});
