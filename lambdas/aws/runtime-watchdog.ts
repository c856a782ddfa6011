import { SNSClient } from '@aws-sdk/client-sns';
import { alertPatience } from '../../core/connect/aws-client.ts';
import { BackupError } from '../../core/errors.ts';
import type { Executions } from '../../core/watch/lock.ts';
import { type LookAtSubscriptions, subscriptionLook } from '../../core/watch/subscriptions.ts';
import type { Handler } from '../handler.ts';
import { executions } from './executions.ts';
import { deploy as deployPlain } from './runtime.ts';
import { subscriptionsOf } from './subscriptions.ts';

type Work = (executions: Executions, lookAtSubscriptions: LookAtSubscriptions) => Handler<unknown>;

/** Deploys the watchdog, which calls Step Functions and looks at the subscriptions of its topic. */
export const deploy = (work: Work) => {
  const sns = new SNSClient(alertPatience);
  const list = async () => {
    const topic = process.env['ALERTS_TOPIC_ARN'];
    if (!topic) throw new BackupError('ConfigurationError', 'This function has no SNS topic for alerts');
    return subscriptionsOf(topic, sns);
  };
  return deployPlain(work(executions(), subscriptionLook(list)));
};
