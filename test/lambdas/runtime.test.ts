import assert from 'node:assert/strict';
import { beforeEach, describe, jest, test } from '@jest/globals';
import { logger } from '../../lambdas/aws/context.ts';
import { deploy } from '../../lambdas/aws/runtime.ts';

const invocation = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'WatchOverExporting',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:WatchOverExporting',
  memoryLimitInMB: '256',
  awsRequestId: '1',
  logGroupName: 'logs',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => 60_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

beforeEach(() => {
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    LEDGER_BUCKET: 'ledger-bucket',
    STACK_NAME: 'camunda-backup',
  });
});

describe('What a function writes into its log', () => {
  for (const { what, output, logged } of [
    {
      what: 'The watchdog logs what it saw of every cluster',
      output: [{ cluster: 'production', lock: 'free', backupAgeSeconds: 60 }],
      logged: [{ cluster: 'production', lock: 'free', backupAgeSeconds: 60 }],
    },
    {
      what: 'A state of a backup logs what is worth a line',
      output: { outcome: 'FAILED', plan: 'long' },
      logged: {
        run: undefined,
        progress: undefined,
        outcome: 'FAILED',
        resumed: undefined,
        pausedAt: undefined,
        state: undefined,
      },
    },
  ]) {
    test(what, async () => {
      const info = jest.spyOn(logger, 'info').mockReturnValue(undefined);
      assert.deepEqual(await deploy(async () => output)({}, invocation), output);
      const [[line, fields] = [], ...others] = info.mock.calls;
      assert.equal(line, 'done');
      assert.deepEqual(fields, { output: logged });
      assert.equal(others.length, 0);
    });
  }
});
