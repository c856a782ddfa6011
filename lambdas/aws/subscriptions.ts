import { ListSubscriptionsByTopicCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Subscription } from '../../core/tell/subscriptions.ts';

/** Lists the subscriptions of a topic (sns:ListSubscriptionsByTopic). */
export async function subscriptionsOf(
  topicArn: string,
  client: Pick<SNSClient, 'send'>,
): Promise<Subscription[]> {
  const found: Subscription[] = [];
  let next: string | undefined;
  do {
    const { Subscriptions = [], NextToken } = await client.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, ...(next ? { NextToken: next } : {}) }),
    );
    for (const { Protocol: protocol = '', Endpoint: endpoint = '', SubscriptionArn = '' } of Subscriptions) {
      // In place of an ARN there is a word: https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
      if (SubscriptionArn === 'Deleted') continue;
      found.push({ protocol, endpoint, confirmed: SubscriptionArn !== 'PendingConfirmation' });
    }
    next = NextToken;
  } while (next);
  return found;
}
