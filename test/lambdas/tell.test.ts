import assert from 'node:assert/strict';
import { PublishCommand, type PublishInput, SNSClient } from '@aws-sdk/client-sns';
import { beforeEach, describe, jest, test } from '@jest/globals';
import type { Alert } from '../../core/alert.ts';
import { lambdaContext, logger } from '../../lambdas/aws/context.ts';
import { failureOf } from '../core/fakes.ts';
import { mockAws, refusal } from '../support/mock-aws.ts';

const topic = 'arn:aws:sns:eu-central-1:123456789012:alerts';
const alert: Alert = {
  kind: 'exportingLeftPaused',
  severity: 'CRITICAL',
  cluster: 'production',
  reason: 'Nobody answers.',
  remedy: 'Resume it.',
};

beforeEach(() => {
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    LEDGER_BUCKET: 'ledger-bucket',
    LEDGER_PREFIX: '',
    STACK_NAME: 'camunda-backup',
    ALERTS_TOPIC_ARN: topic,
    RUNBOOK_URL: 'https://example.com/runbook',
  });
  jest.spyOn(logger, 'warn').mockReturnValue(undefined);
});

describe('How a function tells people', () => {
  test('An alert is published to the topic of the stack, with its facts for machines', async () => {
    const published: PublishInput[] = [];
    mockAws(SNSClient)
      .on(PublishCommand)
      .callsFake((input) => {
        published.push(input);
        return { MessageId: '1' };
      });
    await lambdaContext().tell(alert);
    const [message, ...others] = published;
    assert.deepEqual(others, []);
    assert.equal(message?.TopicArn, topic);
    assert.equal(message.Subject, 'CRITICAL: Camunda production: exporting is STILL PAUSED');
    assert.match(message.Message ?? '', /Nobody answers\.[\s\S]*Runbook: https:\/\/example\.com\/runbook/);
    const text = (value: string) => ({ DataType: 'String', StringValue: value });
    assert.deepEqual(message.MessageAttributes, {
      kind: text('exportingLeftPaused'),
      severity: text('CRITICAL'),
      cluster: text('production'),
      facts: text(JSON.stringify(alert)),
    });
  });

  test('An alert that the topic refuses is an error, so that the caller knows that nobody was told', async () => {
    mockAws(SNSClient)
      .on(PublishCommand)
      .callsFake(() => {
        throw refusal({ name: 'AuthorizationError', message: 'no', status: 403 });
      });
    await assert.rejects(lambdaContext().tell(alert), { name: 'AuthorizationError' });
  });

  test('A function without a topic says that it can tell nobody', async () => {
    delete process.env['ALERTS_TOPIC_ARN'];
    assert.equal((await failureOf(lambdaContext().tell(alert))).name, 'ConfigurationError');
  });
});
