import assert from 'node:assert/strict';
import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  type ExecutionStatus,
  ListExecutionsCommand,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, test } from '@jest/globals';
import { executions } from '../../lambdas/aws/executions.ts';
import { watch as watchOverExporting } from '../../lambdas/watch/watch-over-exporting.ts';
import { arn, setUp } from '../core/watch/world.ts';
import { mockAws } from '../support/mock-aws.ts';

/** A cluster that a run has paused two minutes ago, and the answers of Step Functions about that run, one after another. */
async function world(answers: (ExecutionStatus | Error)[], { seconds = 0, settings = '' } = {}) {
  const cluster = await setUp({ settings });
  cluster.context.clock.advance(seconds);
  const stepFunctions = new SFNClient();
  const mock = mockAws(stepFunctions);
  const stopped: (string | undefined)[] = [];
  mock.on(DescribeExecutionCommand).callsFake(() => {
    const answer = answers.shift();
    assert(answer, 'Step Functions is not asked so often');
    if (answer instanceof Error) throw answer;
    return { status: answer };
  });
  mock.on(StopExecutionCommand).callsFake(({ executionArn }) => {
    stopped.push(executionArn);
    return { stopDate: new Date(0) };
  });
  mock.on(ListExecutionsCommand).callsFake(() => ({ executions: [] }));
  const machine = 'arn:aws:states:eu-central-1:111122223333:stateMachine:camunda-backup';
  const watch = () => watchOverExporting(executions(stepFunctions, machine))({}, cluster.context);
  return { ...cluster, stopped, watch };
}

const unknown = new ExecutionDoesNotExist({ message: arn, $metadata: { httpStatusCode: 400 } });

describe('A run that Step Functions does not know (DescribeExecution is eventually consistent)', () => {
  test('A run that took its lock just now is left alone, because Step Functions may not know it yet', async () => {
    // setUp makes a lock that is two minutes old.
    const { context, broker, watch } = await world([unknown, 'RUNNING'], { seconds: -70 });
    assert.deepEqual(
      (await watch()).map(({ lock }) => lock),
      ['running'],
    );
    assert.equal(broker.phase, 'SOFT_PAUSED');
    assert.equal((await context.ledger.readLock('production'))?.runId, arn);
  });

  test('A run whose lock is older than a minute is gone, and exporting is resumed', async () => {
    const { broker, watch } = await world([unknown]);
    assert.deepEqual(
      (await watch()).map(({ lock }) => lock),
      ['repaired'],
    );
    assert.equal(broker.phase, 'EXPORTING');
  });
});

describe('A run that the watchdog stops', () => {
  test('A stopped run that Step Functions still describes as running is asked for until it has ended', async () => {
    const { broker, stopped, watch } = await world(['RUNNING', 'RUNNING', 'RUNNING', 'ABORTED'], {
      seconds: 481,
      settings: '    maxPause: 10m\n',
    });
    assert.deepEqual(
      (await watch()).map(({ lock }) => lock),
      ['repaired'],
    );
    assert.deepEqual(stopped, [arn]);
    assert.equal(broker.phase, 'EXPORTING');
  });
});
