import * as z from 'zod';
import { durationUpTo } from './duration.ts';

/** The state machine's own limit (`TimeoutSeconds` in statemachine/backup.asl.json). */
const inOneRun = durationUpTo('14d', 'after which the state machine ends a run, whatever it waits for');

/** The settings of a cluster's limits. */
export const limits = {
  /** How long the backup of one component may take. */
  timeout: inOneRun.default(24 * 3600).meta({ example: '24h' }),
  /** How long a component may report INCOMPLETE, not know its backup, or answer badly. */
  patience: inOneRun.default(300).meta({ example: '5m' }),
  /** How long exporting may be paused before the run counts as stuck. */
  maxPause: inOneRun.optional().meta({ example: '60m' }),
  /**
   * How many records the exporters may be behind before the pause. The backups of the applications do not contain
   * records that are not exported yet.
   */
  maxExporterLag: z
    .int({ error: 'is not a whole number' })
    .min(1, { error: 'is below 1' })
    .default(100_000)
    .meta({ example: '100000' }),
  /** How often one run tries to back up, each time with a new id, if the failures are known to be temporary. */
  attempts: z
    .int({ error: 'is not a whole number' })
    .min(1, { error: 'is below 1' })
    .max(5, { error: 'is above 5' })
    .default(2)
    .meta({ example: '2' }),
  /** How long the end of the last completed backup may be past before people are told. */
  maxAge: durationUpTo('366d', 'which is too old for an alert to be useful')
    .optional()
    .meta({ example: '26h' }),
};
