import * as z from 'zod';
import { type Failure, failure } from '../../core/ledger/manifest.ts';
import { verification } from '../../core/ledger/verification.ts';
import { jsonFormat } from '../screen/output.ts';

const { format: _, cluster: __, ...shape } = verification.shape;

const verified = z.strictObject({
  ...shape,
  document: z
    .string()
    .nullable()
    .describe(
      'Where the ledger keeps this verification; null if it could not be written, or if the ledger keeps none: of a backup that it does not know, or that has not ended.',
    ),
});
export type Verified = z.infer<typeof verified>;

/** The object of `verify --json`. docs/reference/verify.schema.json is made from it. */
export const verifyResult = z.strictObject({
  format: z.literal(jsonFormat),
  cluster: z.string().nullable().describe('null if an error came before the cluster was known.'),
  verifications: z.array(verified),
  failure: failure.nullable().describe('The error that ended the command; null if there was none.'),
});
export type VerifyResult = Omit<z.infer<typeof verifyResult>, 'format'>;

/** The object of `--json` for a verification that an error ended. */
export function failedVerification(cluster: string | null, failure: Failure): VerifyResult {
  return { cluster, verifications: [], failure };
}
