import { parseArgs } from 'node:util';
import { CommanderError } from 'commander';
import { BackupError } from '../core/errors.ts';
import type { Failure } from '../core/ledger/manifest.ts';
import { failedStatus } from './commands/status.ts';
import { failedWatchdog } from './commands/watchdog.ts';
import { failedRepair } from './repair/report.ts';
import { failedResult } from './screen/summary.ts';

/** What is known of a command that an error ended. */
interface EndedByError {
  /** The cluster that was named, or the only one of the configuration; null where that is not known. */
  cluster: string | null;
  dryRun: boolean;
  /** The command was called with `--stack`. */
  ofStack: boolean;
  failure: Failure;
  seconds: number;
}

type ObjectOf = (end: EndedByError) => object;

const ofRun: ObjectOf = (end) => ({
  ...failedResult(end.cluster, end.failure, end.seconds),
  ...(end.ofStack ? { execution: null } : {}),
});

/** The object of each command, as after any other end of it. */
const objects: Record<string, ObjectOf> = {
  run: ofRun,
  demo: ofRun,
  // What came of the backup that was to be watched is not known by that.
  watch: (end) => ({
    ...failedResult(end.cluster, end.failure, end.seconds),
    state: 'UNKNOWN',
    execution: null,
  }),
  status: ({ cluster, failure }) => failedStatus(cluster, failure),
  watchdog: ({ cluster, failure }) => failedWatchdog(cluster, failure),
  repair: ({ cluster, dryRun, failure }) => failedRepair(cluster, dryRun, failure),
};

/**
 * The object of `--json` where an error ended the command, a wrong option included. Where no command was recognized, it
 * is that of `run`.
 */
export function objectOfError(
  command: string | undefined,
  args: string[],
  thrown: unknown,
  { seconds, chosen }: { seconds: number; chosen: string | undefined },
): object {
  // Not commander's reading: it ends at the first mistake, and the cluster may be named behind it.
  const { values } = parseArgs({
    args,
    strict: false,
    options: {
      cluster: { type: 'string', short: 'c' },
      'dry-run': { type: 'boolean', short: 'n' },
      stack: { type: 'string' },
    },
  });
  const objectOf = objects[command ?? 'run'] ?? ofRun;
  return objectOf({
    cluster: typeof values.cluster === 'string' ? values.cluster : (chosen ?? null),
    dryRun: values['dry-run'] === true,
    ofStack: values.stack !== undefined,
    failure: failureOf(thrown),
    seconds,
  });
}

/** Any thrown value as it stands in a JSON object. */
function failureOf(thrown: unknown): Failure {
  if (thrown instanceof CommanderError) {
    return { error: 'ConfigurationError', message: thrown.message.replace(/^error: /, '') };
  }
  const { name: error, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const remedy = thrown instanceof BackupError ? thrown.remedy : undefined;
  return { error, message, ...(remedy ? { remedy } : {}) };
}
