import * as z from 'zod';
import { secret } from '../connect/secrets.ts';
import { hook } from './url.ts';

/**
 * Whom the alerts reach besides the topic of a deployment. It belongs to no cluster, because some alerts are about all of
 * them; each alert names its cluster.
 */
export const notify = z
  .strictObject({
    webhook: z
      .strictObject({
        url: hook.meta({ example: 'https://alerts.example.com/camunda-backup' }),
        /** The key of the signatures. Without one, anybody who knows the address could forge an alert. */
        secret: secret('signingKey'),
      })
      .meta({
        example: '{ url: https://alerts.example.com/camunda-backup, secret: { env: WEBHOOK_SECRET } }',
      }),
  })
  .meta({
    example:
      '{ webhook: { url: https://alerts.example.com/camunda-backup, secret: { env: WEBHOOK_SECRET } } }',
  });
export type Notify = z.infer<typeof notify>;
