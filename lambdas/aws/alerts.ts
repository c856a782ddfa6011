import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Alert } from '../../core/alert.ts';
import { alertPatience } from '../../core/connect/aws-client.ts';
import { awsError } from '../../core/connect/aws-error.ts';
import { partsOfArn } from '../../core/connect/secrets.ts';
import type { Context } from '../../core/context.ts';
import { BackupError, describe } from '../../core/errors.ts';
import { messageOf } from '../../core/tell/alert-message.ts';
import { webhookSender } from '../../core/tell/webhook.ts';
import { within } from '../../core/within.ts';

/** Returns a function that publishes alerts to a topic of SNS. It throws a BackupError if SNS does not take an alert. */
export function alertPublisher(
  { topic, runbook }: { topic: string | undefined; runbook: string | undefined },
  log: (subject: string, details: { alert: Alert }) => void,
  patience = alertPatience,
): (alert: Alert) => Promise<void> {
  const client = new SNSClient(patience);
  return async (alert) => {
    if (!topic) throw new BackupError('ConfigurationError', 'This function has no SNS topic for alerts');
    const { subject, text, attributes } = messageOf(alert, runbook);
    log(subject, { alert });
    const command = new PublishCommand({
      TopicArn: topic,
      Subject: subject,
      Message: text,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
      ),
    });
    await client.send(command).catch((error: unknown) => {
      throw awsError(
        {
          what: `The alert cannot be published to ${topic}`,
          service: 'SNS',
          region: partsOfArn(topic).region,
          permission:
            'sns:Publish on this topic for this function (in its role and in the policy of the topic), and kms:Decrypt and kms:GenerateDataKey for the key of the topic',
          check: 'Check that this topic and its key exist and are enabled.',
        },
        error,
      );
    });
  };
}

/** A webhook that hangs delays an alert by this at most, which leaves time within the limit for telling people. */
const webhookSeconds = 12;

/**
 * Sends each alert to the configured webhook too, at the same time. If only the webhook fails, this is a warning: a
 * failure would repeat the message of SNS, which people have got (docs/decisions/0035).
 */
export function besideWebhook(
  publish: Context['tell'],
  { config, warn, ...context }: Pick<Context, 'config' | 'http' | 'secrets' | 'clock' | 'warn'>,
): Context['tell'] {
  const post = async (alert: Alert) => {
    try {
      const { notify } = await config();
      if (!notify) return;
      const send = webhookSender(notify.webhook, context);
      await within(webhookSeconds, () => send(alert), context);
    } catch (error) {
      warn(`The webhook did not get the alert "${alert.kind}": ${describe(error)}`);
    }
  };
  return async (alert) => {
    const posted = post(alert);
    try {
      await publish(alert);
    } finally {
      await posted;
    }
  };
}
