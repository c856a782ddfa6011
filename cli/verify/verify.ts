import { type Clock, systemClock } from '../../core/clock.ts';
import type { Commands } from '../../core/commands.ts';
import { type Config, chooseCluster } from '../../core/config/schema.ts';
import type { Context } from '../../core/context.ts';
import { isBackupError } from '../../core/errors.ts';
import { thisProcess } from '../../core/ledger/lock/owner.ts';
import { reportVerification } from '../../core/verify/report.ts';
import { idsToVerify, type WhichBackups } from '../../core/verify/request.ts';
import { verifyBackup } from '../../core/verify/verify.ts';
import { namingCluster } from '../../deployment/commands.ts';
import type { Host } from '../host.ts';
import { localContext } from '../local/context.ts';
import { newRunId } from '../local/run-id.ts';
import { printLine } from '../screen/output.ts';
import { type Done, exitCodeOf, printObject, printOne } from './done.ts';
import { progressOn } from './progress.ts';

export interface VerifyCommand {
  host: Pick<Host, 'output' | 'env'>;
  config: Config;
  commands: Commands;
  /** Optional if only one cluster is configured. */
  cluster?: string;
  /** One backup, the newest completed one, or all completed ones. */
  which: WhichBackups;
  readData: boolean;
  json: boolean;
  clock?: Clock;
}

/** Runs `camunda-backup verify`. Returns the exit code. */
export async function verify(command: VerifyCommand): Promise<number> {
  const { host, config, commands, which, json, clock = systemClock } = command;
  const { output, env } = host;
  const { name } = chooseCluster(config, command.cluster, namingCluster);
  const { context, close } = await localContext(config, commands, {
    clock,
    env,
    warn: (text) => printLine(output.stderr, text),
  });
  try {
    const done: Done[] = [];
    for (const backupId of await idsToVerify(name, which, context)) {
      const one = await verifyOne(name, backupId, command, context);
      done.push(one);
      if (!json) printOne(one, output, commands);
    }
    if (json) printObject(name, done, output);
    return exitCodeOf(done);
  } finally {
    await close();
  }
}

async function verifyOne(
  cluster: string,
  backupId: number,
  { readData, host }: VerifyCommand,
  context: Context,
): Promise<Done> {
  const progress = progressOn(host.output.stderr, context);
  const by = { runId: newRunId('verify', context.clock.now()), owner: thisProcess() };
  const verification = await verifyBackup(
    cluster,
    backupId,
    { readData, by, onProgress: progress.show },
    context,
  ).finally(progress.end);
  try {
    return await reportVerification(verification, context);
  } catch (error) {
    // What was seen is worth more than its record.
    if (isBackupError(error)) return { verification, document: null, problem: error };
    throw error;
  }
}
