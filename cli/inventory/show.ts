import type { Commands } from '../../core/commands.ts';
import { type Config, chooseCluster } from '../../core/config/schema.ts';
import { BackupError } from '../../core/errors.ts';
import { showBackup } from '../../core/inventory/show.ts';
import type { Shown } from '../../core/inventory/shown.ts';
import type { Source } from '../../core/inventory/sources.ts';
import { namingCluster } from '../../deployment/commands.ts';
import { exitCodeOfError, exitCodes } from '../exit-codes.ts';
import { failureOf } from '../failure.ts';
import type { Host } from '../host.ts';
import { localContext } from '../local/context.ts';
import { type Output, printError, printJson, printLine } from '../screen/output.ts';
import { nothingShown, type ShowResult } from './result.ts';
import { showLines } from './show-text.ts';
import { sourceLines } from './sources-text.ts';

export interface ShowOptions {
  host: Pick<Host, 'output' | 'env'>;
  config: Config;
  commands: Commands;
  /** Optional if only one cluster is configured. */
  cluster?: string;
  /** Undefined for the newest one in the ledger. */
  backupId: number | undefined;
  json: boolean;
}

/** Runs `camunda-backup show`. Returns the exit code. */
export async function show(options: ShowOptions): Promise<number> {
  const { host, config, commands, json } = options;
  const { stderr } = host.output;
  const { name, cluster } = chooseCluster(config, options.cluster, namingCluster);
  // A source that did not answer in time is not waited for in the end either.
  const over = new AbortController();
  const { context, close } = await localContext(config, commands, {
    interrupt: over.signal,
    env: host.env,
    warn: (text) => printLine(stderr, text),
  });
  try {
    const backupId = options.backupId ?? (await context.ledger.newestIds(name, 1, context))[0];
    if (backupId === undefined) throw noneYet(name, context.ledger.home, commands);
    const found = await showBackup(name, backupId, cluster, context);
    return printShown(backupId, { cluster: name, ...found }, { json, output: host.output, commands });
  } finally {
    over.abort();
    await close();
  }
}

/** Prints what is known of a backup. Returns the exit code. */
export function printShown(
  backupId: number,
  { cluster, shown, sources }: Shown & { cluster: string },
  { json, output, commands }: { json: boolean; output: Output; commands: Commands },
): number {
  const { stdout, stderr } = output;
  const error = shown ? undefined : notFound(cluster, backupId, sources, commands);
  if (json) {
    const result: ShowResult = shown
      ? { cluster, ...shown, sources, failure: null }
      : nothingShown(cluster, failureOf(error), sources);
    printJson(stdout, result);
  } else {
    if (shown) stdout.write(`${showLines(cluster, shown, stdout).join('\n')}\n`);
    if (error) printError(stderr, error);
    for (const text of sourceLines(cluster, sources, commands, stderr)) printLine(stderr, text);
  }
  return error ? exitCodeOfError(error) : exitCodes.done;
}

export function noneYet(cluster: string, home: string, commands: Commands): BackupError {
  return new BackupError('LedgerEmpty', `The ledger ${home} has no backup of ${cluster}`, {
    remedy: `To see what others have made, run: ${commands.list(cluster)}`,
  });
}

/** If everything answered, the id is a mistake. */
function notFound(cluster: string, backupId: number, sources: Source[], commands: Commands): BackupError {
  const areAllAsked = sources.every(({ answered }) => answered);
  return new BackupError(
    areAllAsked ? 'ConfigurationError' : 'Unreachable',
    `No source that answered knows a backup ${backupId} of ${cluster}`,
    { remedy: `To see which backups there are, run: ${commands.list(cluster)}` },
  );
}
