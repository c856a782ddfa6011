import type { Commands } from '../../core/commands.ts';
import { type Config, chooseCluster } from '../../core/config/schema.ts';
import { BackupError } from '../../core/errors.ts';
import { showBackup } from '../../core/inventory/show.ts';
import type { Source } from '../../core/inventory/sources.ts';
import { namingCluster } from '../../deployment/commands.ts';
import { exitCodeOfError, exitCodes } from '../exit-codes.ts';
import { failureOf } from '../failure.ts';
import type { Host } from '../host.ts';
import { localContext } from '../local/context.ts';
import { printError, printJson, printLine } from '../screen/output.ts';
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
  const { stdout, stderr } = host.output;
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
    const { shown, sources } = await showBackup(name, backupId, cluster, context);
    const error = shown ? undefined : notFound(name, backupId, sources, commands);
    if (json) {
      const result: ShowResult = shown
        ? { cluster: name, ...shown, sources, failure: null }
        : nothingShown(name, failureOf(error), sources);
      printJson(stdout, result);
    } else {
      if (shown) stdout.write(`${showLines(name, shown, stdout).join('\n')}\n`);
      if (error) printError(stderr, error);
      for (const text of sourceLines(name, sources, commands, stderr)) printLine(stderr, text);
    }
    return error ? exitCodeOfError(error) : exitCodes.done;
  } finally {
    over.abort();
    await close();
  }
}

function noneYet(cluster: string, home: string, commands: Commands): BackupError {
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
