import * as z from 'zod';
import { url } from './url.ts';

const text = z.string().min(1);
const basePath = text.optional().meta({ example: 'camunda/production' });
const bucket = text.meta({ example: 'my-company-zeebe-backups' });
const endpoint = url.optional().meta({ example: 'http://minio:9000' });

/**
 * The backup store of the brokers, as it is set in their configuration (`zeebe.broker.data.backup` or
 * `camunda.data.primary-storage.backup`). They are recorded with each backup for the person who restores it. A store in
 * S3 or in a folder is also read, to list and to verify backups (core/components/zeebe/store/); nothing is written there.
 */
export const zeebeStore = z
  .strictObject({
    s3: z
      .strictObject({
        bucket,
        basePath,
        region: text.optional().meta({ example: 'eu-central-1' }),
        endpoint,
      })
      .optional()
      .meta({ example: '{ bucket: my-company-zeebe-backups }' }),
    gcs: z
      .strictObject({ bucket, basePath })
      .optional()
      .meta({ example: '{ bucket: my-company-zeebe-backups }' }),
    azure: z
      .strictObject({ container: text.meta({ example: 'zeebe-backups' }), endpoint })
      .optional()
      .meta({ example: '{ container: zeebe-backups }' }),
    folder: text.optional().meta({ example: '/usr/local/zeebe/backups' }),
  })
  .refine((kinds) => Object.values(kinds).filter((one) => one !== undefined).length === 1, {
    error: 'needs one of `s3`, `gcs`, `azure` and `folder`',
  })
  .meta({ example: '{ s3: { bucket: my-company-zeebe-backups } }' });
