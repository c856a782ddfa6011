import assert from 'node:assert/strict';
import { PublishCommand, type PublishInput, SNSClient } from '@aws-sdk/client-sns';
import { beforeEach, describe, jest, test } from '@jest/globals';
import type { Alert } from '../../core/alert.ts';
import { alertPatience } from '../../core/connect/aws-client.ts';
import { alertPublisher } from '../../lambdas/aws/alerts.ts';
import { lambdaContext, logger } from '../../lambdas/aws/context.ts';
import { failureOf } from '../core/fakes.ts';
import { cleanUp } from '../support/clean-up.ts';
import { mockAws, refusal } from '../support/mock-aws.ts';
import { shortened, silentServer } from '../support/silent-server.ts';

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
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
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
    const error = await failureOf(lambdaContext().tell(alert));
    assert.equal(error.name, 'RequestRefused');
    assert.match(error.message, new RegExp(`^The alert cannot be published to ${topic}: no$`));
    assert.match(error.remedy ?? '', /^Allow sns:Publish on this topic for this function/);
  });

  test('An alert that SNS throttles is an error that passes', async () => {
    mockAws(SNSClient)
      .on(PublishCommand)
      .callsFake(() => {
        throw refusal({ name: 'KMSThrottlingException', message: 'no' });
      });
    assert.equal((await failureOf(lambdaContext().tell(alert))).name, 'ServerTrouble');
  });

  test('An alert is given up while its sender still waits where SNS is silent, and the endpoint of the VPC is named', async () => {
    const { endpoint } = await silentServer();
    process.env['AWS_ENDPOINT_URL_SNS'] = endpoint;
    cleanUp(() => delete process.env['AWS_ENDPOINT_URL_SNS']);
    const publish = alertPublisher({ topic, runbook: undefined }, () => {}, shortened(alertPatience));
    const error = await failureOf(publish(alert));
    assert.equal(error.name, 'Unreachable');
    assert.match(
      error.remedy ?? '',
      /^Check that SNS of eu-central-1 can be reached .* in a VPC the endpoint of SNS or the NAT gateway/,
    );
  });

  test('A function without a topic says that it can tell nobody', async () => {
    delete process.env['ALERTS_TOPIC_ARN'];
    assert.equal((await failureOf(lambdaContext().tell(alert))).name, 'ConfigurationError');
  });
});
