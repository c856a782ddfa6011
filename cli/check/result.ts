import * as z from 'zod';
import { checkedCluster } from '../../core/doctor/check-cluster.ts';
import { type Failure, failure } from '../../core/ledger/manifest.ts';
import { jsonFormat } from '../screen/output.ts';

/** The object of `check --json`. docs/reference/check.schema.json is made from it. */
export const checkResult = z.strictObject({
  format: z.literal(jsonFormat),
  ok: z
    .boolean()
    .describe(
      'True if there is no error: a backup would not be refused now, and nothing was found that would spoil it.',
    ),
  ...checkedCluster.shape,
  cluster: z.string().nullable().describe('null if an error came before the cluster was known.'),
  failure: failure.nullable().describe('The reason why there is nothing to show; null if there is none.'),
  stack: z.string().optional().describe('The stack, with --stack.'),
});
export type CheckResult = Omit<z.infer<typeof checkResult>, 'format'>;

/** The object of `--json` for a check that an error ended. */
export function failedCheck(cluster: string | null, failure: Failure): CheckResult {
  return { ok: false, cluster, findings: [], diagnosis: [], addresses: [], failure };
}
