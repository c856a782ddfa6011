import * as z from 'zod';
import { backupMetrics } from '../../core/inventory/metrics.ts';
import { type Failure, failure } from '../../core/ledger/manifest.ts';
import { jsonFormat } from '../screen/output.ts';

/** The object of `metrics --json`. docs/reference/metrics.schema.json is made from it. */
export const metricsResult = z.strictObject({
  format: z.literal(jsonFormat),
  clusters: z.array(backupMetrics),
  failure: failure.nullable().describe('The error that ended the command; null if there was none.'),
});
export type MetricsResult = Omit<z.infer<typeof metricsResult>, 'format'>;

/** The object of `--json` for figures that an error ended. */
export function failedMetrics(failure: Failure): MetricsResult {
  return { clusters: [], failure };
}
