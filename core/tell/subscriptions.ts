import type { Deployment } from '../config/deployment.ts';

/** A subscription to the topic of the alerts. */
export interface Subscription {
  /** `email`, `sms`, `https`, `lambda` and others: https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
  protocol: string;
  endpoint: string;
  /** False as long as its owner has not confirmed it: nothing is sent to it. */
  confirmed: boolean;
}

/** Whom the alerts reach. */
export interface Recipients {
  confirmed: Subscription[];
  pending: Subscription[];
  /**
   * The configured ones that the topic does not have: SNS forgets one that is not confirmed within three days, and anybody
   * can click on the link in a mail that ends it.
   */
  missing: Omit<Subscription, 'confirmed'>[];
}

/** Compares the subscriptions of the topic with the configured ones, if these are known. */
export function recipientsOf(
  subscriptions: Subscription[],
  configured: Pick<Deployment['alerts'], 'email' | 'sms' | 'https' | 'lambda'> | undefined,
): Recipients {
  const wanted = (['email', 'sms', 'https', 'lambda'] as const).flatMap((protocol) =>
    (configured?.[protocol] ?? []).map((endpoint) => ({ protocol, endpoint })),
  );
  return {
    confirmed: subscriptions.filter(({ confirmed }) => confirmed),
    pending: subscriptions.filter(({ confirmed }) => !confirmed),
    missing: wanted.filter(
      (one) =>
        !subscriptions.some(
          ({ protocol, endpoint }) => protocol === one.protocol && endpoint === one.endpoint,
        ),
    ),
  };
}

/** What to do about subscriptions that nothing is sent to, as a sentence. */
export const confirmThem =
  'Whoever reads there has to open the link in the message from SNS, which is valid for three days. After that, or if a subscription was ended, subscribe again in the console of SNS, or remove the address from the configuration, deploy, add it and deploy again.';
