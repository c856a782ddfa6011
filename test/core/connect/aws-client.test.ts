import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from '@jest/globals';
import {
  alertPatience,
  awsPatience,
  eventPatience,
  invokePatience,
  pagePatience,
} from '../../../core/connect/aws-client.ts';
import { publishSeconds } from '../../../core/tell/events.ts';
import { tellSeconds } from '../../../core/tell/tell-people.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');

describe('The time limits of the clients of AWS', () => {
  test('Every client of AWS is made with time limits', async () => {
    const made: string[] = [];
    for await (const file of glob('{core,lambdas,cli,deployment}/**/*.ts', { cwd: root })) {
      const text = await readFile(path.join(root, file), 'utf8');
      for (const [call, name = ''] of text.matchAll(/new (\w+Client)\([^;]*?(?=\bnew |;)/g)) {
        made.push(name);
        assert.match(call, /patience/i, file);
      }
    }
    assert.deepEqual([...new Set(made)].sort(), [
      'CloudFormationClient',
      'EventBridgeClient',
      'LambdaClient',
      'S3Client',
      'SFNClient',
      'SNSClient',
      'SecretsManagerClient',
    ]);
  });

  for (const { what, patience, seconds } of [
    { what: 'a call', patience: awsPatience, seconds: 40 },
    { what: 'an alert', patience: alertPatience, seconds: tellSeconds },
    { what: 'an event', patience: eventPatience, seconds: publishSeconds },
    { what: 'a page of a history', patience: pagePatience, seconds: 130 },
    { what: 'a function that a person calls', patience: invokePatience, seconds: 300 },
  ]) {
    test(`The attempts of ${what} end within ${seconds} s, and so does an answer that stalls`, () => {
      const { maxAttempts, requestHandler } = patience;
      assert(requestHandler.throwOnRequestTimeout);
      const longest = Math.max(requestHandler.requestTimeout, requestHandler.socketTimeout);
      // Before each further attempt, the SDK waits for less than 0.1, 0.2, 0.4 s.
      assert((maxAttempts * longest) / 1000 + 0.1 * (2 ** (maxAttempts - 1) - 1) < seconds);
    });
  }
});
