import * as z from 'zod';
import { componentNames } from '../components/kinds.ts';
import { finding } from '../ledger/finding.ts';
import { restoreFacts } from '../ledger/restore-facts.ts';
import { verification } from '../ledger/verification.ts';
import { listedBackup } from './backup.ts';
import type { source } from './sources.ts';

// The descriptions are a part of the JSON Schemas in docs/reference.

const moment = z.iso.datetime();

/** A snapshot or a partition, as it was recorded and as it is seen now. */
const shownPart = z.strictObject({
  name: z.string().describe('The name of the snapshot, or `partition 3`.'),
  state: z.string().describe("The server's own word when the backup was made.").optional(),
  now: z
    .string()
    .describe("The server's own word now. It is missing if no source shows the part.")
    .optional(),
  startedAt: moment.optional(),
  endedAt: moment.optional(),
  failure: z.string().optional(),
  brokerVersion: z.string().optional(),
  checkpointPosition: z.union([z.number(), z.string()]).optional(),
  snapshotId: z.string().describe("The broker's own snapshot in the backup of a partition.").optional(),
  shards: z.int().optional(),
  files: z.int().optional(),
  bytes: z.int().describe('What a restore of the snapshot brings back.').optional(),
});
export type ShownPart = z.infer<typeof shownPart>;

const shownComponent = z.strictObject({
  component: z.enum(componentNames),
  state: z.string().describe('What the ledger has recorded.').optional(),
  now: z.string().describe('What is seen now; UNKNOWN if no source that could be asked shows it.'),
  says: z.string().describe('What was seen now, as a sentence.'),
  url: z.string().optional(),
  version: z.string().optional(),
  requestedAt: moment.optional(),
  startedAt: moment.optional(),
  endedAt: moment.optional(),
  failure: z.string().optional(),
  repository: z.string().optional(),
  indices: z.array(z.string()).optional(),
  parts: z.array(shownPart),
});
export type ShownComponent = z.infer<typeof shownComponent>;

const timelineEntry = z.strictObject({
  at: moment,
  says: z.string(),
  paused: z.boolean().describe('True while exporting was paused by this backup.'),
});
export type TimelineEntry = z.infer<typeof timelineEntry>;

/** Everything that is known of one backup. */
export const shownBackup = z.strictObject({
  backup: listedBackup,
  runId: z.string().optional(),
  order: z.enum(['PAUSE_FIRST', 'APPLICATIONS_FIRST']).optional(),
  scheduledTime: z.string().optional(),
  attempt: z.int().optional(),
  replaces: z.int().describe('The failed backup of the same run that this one replaces.').optional(),
  components: z.array(shownComponent),
  restore: restoreFacts
    .pick({ zeebe: true, applications: true, search: true, unknown: true })
    .describe('What a restore needs besides the backup itself, as docs/manifest.md describes it.')
    .optional(),
  findings: z.array(finding).describe('What the checks before the backup noticed, and did not refuse.'),
  warnings: z.array(z.string()),
  remedy: z.string().describe('What to do about the failure of the backup.').optional(),
  verification: verification
    .pick({ verifiedAt: true, verdict: true, required: true, judgements: true, lastGood: true, read: true })
    .optional(),
  timeline: z.array(timelineEntry).describe('The oldest first.'),
});
export type ShownBackup = z.infer<typeof shownBackup>;

/** The answer of `show`. `shown` is undefined if no source knows the backup. */
export interface Shown {
  shown: ShownBackup | undefined;
  sources: z.infer<typeof source>[];
}
