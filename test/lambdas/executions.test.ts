import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { SFNClient } from '@aws-sdk/client-sfn';
import { describe, test } from '@jest/globals';
import { executions } from '../../lambdas/aws/executions.ts';

const arn = 'arn:aws:states:eu-central-1:123456789012:execution:camunda-backup:run-1';

/** Whether the watchdog takes an execution for gone that Step Functions describes like this. */
async function stateWhere({ status, body }: { status: number; body: object }): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const address = server.address();
    assert(address && typeof address === 'object');
    const client = new SFNClient({
      endpoint: `http://127.0.0.1:${address.port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    return await executions(client).state(arn);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('What an execution of Step Functions is to the watchdog', () => {
  for (const { status, state } of [
    { status: 'RUNNING', state: 'running' },
    { status: 'PENDING_REDRIVE', state: 'running' },
    { status: 'SUCCEEDED', state: 'gone' },
    { status: 'FAILED', state: 'gone' },
    { status: 'TIMED_OUT', state: 'gone' },
    { status: 'ABORTED', state: 'gone' },
  ]) {
    test(`An execution that is ${status} is ${state}`, async () => {
      assert.equal(await stateWhere({ status: 200, body: { status } }), state);
    });
  }

  test('An execution that Step Functions has forgotten is gone', async () => {
    const body = { __type: 'com.amazonaws.swf.service.v2.model#ExecutionDoesNotExist', message: arn };
    assert.equal(await stateWhere({ status: 400, body }), 'gone');
  });

  test('An execution that may not be described is not known: nobody takes it for gone', async () => {
    const body = { __type: 'AccessDeniedException', message: 'no' };
    await assert.rejects(stateWhere({ status: 400, body }), { name: 'AccessDeniedException' });
  });
});
