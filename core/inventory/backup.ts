import * as z from 'zod';
import { verification } from '../ledger/verification.ts';
import { source } from './sources.ts';
import { backupStates } from './states.ts';

// The descriptions are a part of the JSON Schemas in docs/reference.

const seconds = z.number();
const moment = z.iso.datetime();

/** One backup of a cluster, as the ledger and all other sources show it. What is not known is missing. */
export const listedBackup = z.strictObject({
  backupId: z.int(),
  madeBy: z
    .enum(['ledger', 'elsewhere', 'unknown'])
    .describe(
      '`ledger`: a run of this ledger made it. `elsewhere`: this ledger does not know it, so a person, another tool or another ledger made it. `unknown`: the ledger could not be asked.',
    ),
  state: z
    .enum(backupStates)
    .describe(
      '`COMPLETED`: complete by the ledger, and no source contradicts it. A backup from elsewhere is COMPLETED if each configured component is; nobody can say whether exporting was paused meanwhile. `INCOMPLETE`: a part is missing. `DAMAGED`: it was complete, and a verification found something wrong which no later one has seen right. `UNKNOWN`: a source that would have to be asked did not answer, or a document cannot be read.',
    ),
  usable: z
    .boolean()
    .describe(
      'True if it can be restored as far as anybody knows: this ledger completed it, and no source contradicts that.',
    ),
  createdAt: moment.describe('When it began.').optional(),
  durationSeconds: seconds.optional(),
  pausedSeconds: seconds.describe('From the request of the pause to the proof of the resume.').optional(),
  components: z.strictObject({
    complete: z.int(),
    expected: z
      .int()
      .describe('Those that belong to it; for a backup from elsewhere, those that are configured.'),
  }),
  version: z.string().describe('The version of Camunda.').optional(),
  snapshotBytes: z
    .int()
    .describe(
      "The bytes that a restore of the snapshots in the search engine brings back. It does not include Zeebe's store.",
    )
    .optional(),
  verified: z
    .strictObject({ at: moment, verdict: verification.shape.verdict })
    .describe(
      'Its last verification; if that one could not see everything that must be known, the last good one before it.',
    )
    .optional(),
  reason: z.string().describe('Why it was made: `manual`, the name of a schedule, or any text.').optional(),
  problem: z.string().describe('Why it is not COMPLETED, or not usable, as a sentence.').optional(),
  manifest: z.string().describe('The location of its manifest.').optional(),
});
export type ListedBackup = z.infer<typeof listedBackup>;

/** A backup, and the moment at which it began. */
const recoveryPoint = z.strictObject({
  backupId: z.int(),
  startedAt: moment,
  ageSeconds: seconds.describe('Since it began.'),
});
export type RecoveryPoint = z.infer<typeof recoveryPoint>;

/** A backup of which a verification found nothing wrong and, of what must be known, nothing unknown. Nothing is known to be wrong since. */
const verifiedPoint = recoveryPoint.extend({
  verifiedAt: moment,
  verdict: z.enum(['proven', 'inPart']),
});
export type VerifiedPoint = z.infer<typeof verifiedPoint>;

/** The backups of a cluster. */
export const inventory = z.strictObject({
  cluster: z.string(),
  newestUsable: recoveryPoint
    .nullable()
    .describe(
      'The most recent usable backup, shown or not; null if none of the newest 200 is known to be usable.',
    ),
  newestVerified: verifiedPoint
    .nullable()
    .describe(
      'The most recent usable backup that was verified, with the last good verification of it; null if none of the newest 200 is verified.',
    ),
  backups: z
    .array(listedBackup)
    .describe(
      'The newest first. Ids grow, so it has the highest one. What is not known of a backup is missing.',
    ),
  more: z.boolean().describe('True if there are older backups, which were not looked at.'),
  sources: z.array(source).describe('The sources that were asked.'),
});
export type Inventory = z.infer<typeof inventory>;
