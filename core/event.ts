import * as z from 'zod';

/** The source of all events on the bus. */
export const eventSource = 'camunda-backup';

const everywhere = {
  format: z.literal(1),
  stack: z.string(),
  cluster: z.string(),
};
const backupId = z.int().positive();
const backup = { run: z.string(), backupId, manifest: z.string(), reason: z.string() };
const durations = { durationSeconds: z.number().optional(), pausedSeconds: z.number().optional() };

/**
 * The details of the events, by their detail types. docs/events.md explains each field. What is not known is omitted, and
 * `format` grows when a field is removed or changes its meaning.
 */
export const eventDetails = {
  'Backup Started': z.strictObject({
    ...everywhere,
    ...backup,
    attempt: z.int().positive(),
    replaces: backupId.optional(),
  }),
  'Backup Completed': z.strictObject({
    ...everywhere,
    ...backup,
    ...durations,
    warnings: z.int(),
  }),
  'Backup Failed': z.strictObject({
    ...everywhere,
    ...z.object(backup).partial({ backupId: true, manifest: true, reason: true }).shape,
    ...durations,
    exportingLeftPaused: z.boolean(),
    error: z.string().optional(),
    cause: z.string().optional(),
  }),
  'Backup Skipped': z.strictObject({
    ...everywhere,
    run: z.string(),
    reason: z.string(),
    cause: z.string(),
  }),
  'Exporting Left Paused': z.strictObject({
    ...everywhere,
    backupId: backupId.optional(),
    cause: z.string(),
    remedy: z.string().optional(),
  }),
} as const;
type DetailType = keyof typeof eventDetails;

/** An event for other programs. Its sender adds `format`, and the name of its stack. */
export type BackupEvent = {
  [Type in DetailType]: {
    type: Type;
    detail: Omit<z.infer<(typeof eventDetails)[Type]>, 'format' | 'stack'>;
  };
}[DetailType];
