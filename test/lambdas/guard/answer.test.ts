import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test } from '@jest/globals';
import * as z from 'zod';
import { answer } from '../../../lambdas/aws/answer.ts';
import { TestClock } from '../../core/fakes.ts';
import { cleanUp } from '../../support/clean-up.ts';
import { guardWorld, stackId } from './guard-world.ts';

// The logger reads this when it is loaded.
process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
const { deploy } = await import('../../../lambdas/aws/runtime-guard.ts');

interface Put {
  method: string | undefined;
  contentType: string | undefined;
  body: unknown;
}

/** The presigned URL of CloudFormation, which answers with these statuses, and then with the last one again. */
async function responseUrl(...statuses: number[]) {
  const puts: Put[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { method, headers } = request;
    puts.push({ method, contentType: headers['content-type'], body: JSON.parse(text) });
    response.writeHead(statuses[Math.min(puts.length, statuses.length) - 1] ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert(address && typeof address === 'object');
  return { ResponseURL: `http://127.0.0.1:${address.port}/bucket/key?signature=x`, puts };
}

const echoed = { StackId: stackId, RequestId: 'request-1', LogicalResourceId: 'GuardBeforeUpdate1' };
const request = { RequestType: 'Update' as const, ...echoed };
const result = z.object({
  Status: z.string(),
  Reason: z.string().optional(),
  PhysicalResourceId: z.string(),
});

describe('The answer to CloudFormation', () => {
  test('An allowed change is answered with SUCCESS, and the physical id stays the same', async () => {
    const { ResponseURL, puts } = await responseUrl(200);
    const PhysicalResourceId = 'made-by-cloudformation';
    await answer({ ...request, ResponseURL, PhysicalResourceId }, {}, new TestClock());
    const body = { ...echoed, Status: 'SUCCESS', PhysicalResourceId };
    // The signature of the URL covers an empty content type.
    assert.deepEqual(puts, [{ method: 'PUT', contentType: undefined, body }]);
  });

  test('A refusal is answered with FAILED and the reason, and a new resource gets its logical id as physical id', async () => {
    const { ResponseURL, puts } = await responseUrl(200);
    await answer({ ...request, ResponseURL }, { refused: 'because' }, new TestClock());
    assert.deepEqual(result.parse(puts[0]?.body), {
      Status: 'FAILED',
      Reason: 'because',
      PhysicalResourceId: 'GuardBeforeUpdate1',
    });
  });

  test('An answer that S3 does not take is sent again', async () => {
    const { ResponseURL, puts } = await responseUrl(503, 503, 200);
    await answer({ ...request, ResponseURL }, {}, new TestClock());
    assert.equal(puts.length, 3);
  });

  test('An answer that is never taken is an error, after which Lambda repeats the call', async () => {
    const { ResponseURL, puts } = await responseUrl(403);
    await assert.rejects(answer({ ...request, ResponseURL }, {}, new TestClock()), /no answer in 4 attempts/);
    assert.equal(puts.length, 4);
  });
});

describe('The deployed guard answers whatever happens', () => {
  const nothing = () => undefined;
  const invocation = {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'guard',
    functionVersion: '1',
    invokedFunctionArn: 'arn',
    memoryLimitInMB: '256',
    awsRequestId: '1',
    logGroupName: '',
    logStreamName: '',
    getRemainingTimeInMillis: () => 60_000,
    done: nothing,
    fail: nothing,
    succeed: nothing,
  };
  const mistake = () => async () => {
    throw new Error('a mistake');
  };

  for (const { RequestType, Status } of [
    { RequestType: 'Create', Status: 'SUCCESS' },
    { RequestType: 'Update', Status: 'FAILED' },
    { RequestType: 'Delete', Status: 'SUCCESS' },
  ]) {
    test(`The guard answers ${RequestType} with ${Status} if it fails itself`, async () => {
      const { ResponseURL, puts } = await responseUrl(200);
      const world = await guardWorld();
      await deploy(mistake, () => world)({ ...request, RequestType, ResponseURL }, invocation);
      assert.equal(result.parse(puts[0]?.body).Status, Status);
    });
  }

  test('The guard answers if it cannot even read its environment', async () => {
    const { ResponseURL, puts } = await responseUrl(200);
    const noWorld = () => {
      throw new Error('STACK_NAME is missing');
    };
    await deploy(mistake, noWorld)({ ...request, ResponseURL }, invocation);
    const { Status, Reason } = result.parse(puts[0]?.body);
    assert.deepEqual(
      [Status, Reason],
      ['FAILED', 'The guard of running backups has failed: STACK_NAME is missing'],
    );
  });
});
