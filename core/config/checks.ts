import * as z from 'zod';

const severities = z.enum(['refuse', 'warn']);
const severity = severities.default('refuse').meta({ example: 'warn' });
/** The default for a check of a state that may be intended. */
const mildSeverity = severities.default('warn').meta({ example: 'refuse' });

/** The checks before the pause (core/checks/judge.ts), and whether each one refuses the backup or only warns. */
export const checks = z.strictObject({
  brokers: severity,
  partitions: severity,
  backupStore: severity,
  repository: severity,
  components: severity,
  exporting: severity,
  exporters: mildSeverity,
  exporterLag: severity,
  records: severity,
  coverage: mildSeverity,
});
export type CheckName = keyof z.infer<typeof checks>;
export const checkNames: CheckName[] = checks.keyof().options;
