import * as z from 'zod';
import { url } from './url.ts';

const name = z.string().min(1);

/** The place in which locks and manifests are kept. */
export const ledger = z
  .strictObject({
    folder: name
      .refine((text) => !text.startsWith('~'), {
        error: 'begins with ~, which is not expanded: write the whole path',
      })
      .optional()
      .meta({ example: './camunda-backups' }),
    s3: z
      .strictObject({
        bucket: name.meta({ example: 'my-company-camunda-backups' }),
        prefix: z
          .string()
          .regex(/^[^/](.*[^/])?$/, 'begins or ends with a slash')
          .optional()
          .meta({ example: 'ledger' }),
        region: name.optional().meta({ example: 'eu-central-1' }),
        endpoint: url.optional().meta({ example: 'http://minio:9000' }),
      })
      .optional()
      .meta({ example: '{ bucket: my-company-camunda-backups }' }),
  })
  .refine(({ folder, s3 }) => Boolean(folder) !== Boolean(s3), { error: 'needs either `folder` or `s3`' })
  .meta({ example: '{ folder: ./camunda-backups }' });
