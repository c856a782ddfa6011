import { BackupError, isBackupError } from '../../core/errors.ts';
import type { Manifest } from '../../core/ledger/manifest.ts';
import { readManifestsOrProblems } from '../../core/ledger/read-manifests.ts';
import { failOrphans, findOrphans } from '../../core/repair/orphans.ts';
import { exitCodeOfError, exitCodes } from '../exit-codes.ts';
import { localContext } from '../local/context.ts';
import { listenForInterruption } from '../local/interruption.ts';
import { printError, printJson, printLine } from '../screen/output.ts';
import { sayWhomWeWaitFor, waitingRoom } from '../screen/waiting.ts';
import { exportingStep } from './exporting.ts';
import { componentStep, deletionStep, lookAgain } from './leftovers.ts';
import { lockStep, sayWhatIsPaused } from './lock.ts';
import { type LockStep, orphanSentences, repairResult } from './report.ts';
import type { RepairOptions, Session } from './session.ts';

/** Runs `camunda-backup repair`. It tries every step, even if the step before failed. Returns the exit code. */
export async function repairCluster(options: RepairOptions): Promise<number> {
  const { host, config, commands, json, dryRun } = options;
  const { output, env } = host;
  const { name: cluster } = options.cluster;
  requireConsent(options);
  const abort = new AbortController();
  const complain = (text: string) => printLine(output.stderr, text);
  const { context, close } = await localContext(config, commands, { env, warn: complain });
  const forComponents = await localContext(config, commands, {
    interrupt: abort.signal,
    env,
    warn: complain,
  });
  // A signal does not cancel the repair, which takes only seconds: a repair that stops halfway would need a repair.
  const interruption = listenForInterruption({
    host,
    wayBack: () => 'finishing the repair',
    first: (text) => {
      complain(text);
      abort.abort();
    },
    say: complain,
    insisted: () => {
      complain(`Ended at once. Exporting may still be paused. Run again: ${commands.repair(cluster)}`);
      host.exitNow(exitCodes.failed);
    },
  });
  const room = waitingRoom();
  const stopSaying = sayWhomWeWaitFor(room.waiting, () => context.clock.now(), complain);
  const problems: BackupError[] = [];
  const session: Session = {
    options,
    context: room.watch(context),
    asking: room.watch(forComponents.context),
    giveUp: abort.signal,
    interruption,
    // With --json, stdout carries only the object.
    say: (text) => printLine(json ? output.stderr : output.stdout, text),
    problem: (error) => {
      // Several steps may fail for the same reason.
      if (problems.some(({ message }) => message === error.message)) return;
      problems.push(error);
      printError(output.stderr, { message: error.message, remedy: error.remedy });
    },
    problems,
  };
  try {
    const lock = await lockStep(session);
    const orphans = await orphanStep(session);
    const found = await componentStep(endedIn(lock, orphans, dryRun), session);
    const deleted = await deletionStep(found.leftovers, lock, session);
    const components = await lookAgain(found, deleted, session);
    const exporting = await exportingStep(lock, session);
    if (dryRun) session.say('Nothing was changed: this was a dry run.');
    sayWhatIsPaused(lock, session);
    const findings = { cluster, dryRun, lock, orphans, components, deleted, exporting, problems };
    if (json) printJson(output.stdout, repairResult(findings));
    return exitCodeAfter(lock, session);
  } finally {
    stopSaying();
    interruption.stop();
    await Promise.all([close(), forComponents.close()]);
  }
}

/** Without a terminal, the command deletes only with a second flag, and resumes no pause that no run explains. */
function requireConsent(options: RepairOptions): void {
  const { deleteLeftovers, resumeUnexplained, offline, dryRun, yes, ask } = options;
  if (resumeUnexplained && offline) {
    throw new BackupError(
      'ConfigurationError',
      '--resume-unexplained asks the cluster, and --offline does not',
      {
        remedy: 'Omit one of them.',
      },
    );
  }
  if (dryRun || ask) return;
  if (resumeUnexplained) {
    throw new BackupError(
      'ConfigurationError',
      '--resume-unexplained asks for the name of the cluster, and there is no terminal to ask on',
      {
        remedy:
          'Type it on a terminal. The flag --yes does not replace it, because another tool or a person may need the pause.',
      },
    );
  }
  if (!deleteLeftovers || yes) return;
  throw new BackupError(
    'ConfigurationError',
    '--delete-leftovers asks before it deletes, and there is no terminal to ask on',
    { remedy: 'Look first with --dry-run; then add --yes.' },
  );
}

async function orphanStep({ options, context, say, problem }: Session): Promise<Manifest[]> {
  const { cluster, dryRun } = options;
  const { ledger } = context;
  try {
    const ids = await ledger.backupIds(cluster.name);
    const found = [...(await readManifestsOrProblems(cluster.name, ids, context)).values()];
    for (const one of found) if (one instanceof BackupError) problem(one);
    const manifests = found.flatMap((one) => (one && !(one instanceof BackupError) ? [one] : []));
    const orphans = await (dryRun ? findOrphans(manifests, context) : failOrphans(manifests, context));
    for (const sentence of orphanSentences(orphans, dryRun)) say(sentence);
    return orphans;
  } catch (error) {
    if (!isBackupError(error)) throw error;
    problem(error);
    return [];
  }
}

/** The backups that a dry run leaves RUNNING, and that a repair would mark FAILED. */
function endedIn(lock: LockStep, orphans: Manifest[], dryRun: boolean): number[] {
  if (!dryRun) return [];
  const { backupId } = lock.outcome === 'repairable' ? lock.lock : {};
  return [...(backupId === undefined ? [] : [backupId]), ...orphans.map((one) => one.backupId)];
}

function exitCodeAfter(lock: LockStep, { options, interruption, problems }: Session): number {
  if (lock.outcome === 'left') return exitCodeOfError(lock.problem);
  if (problems.some((error) => isBackupError(error, 'LockHeld'))) return exitCodes.lockHeld;
  if (problems.length > 0) return exitCodes.failed;
  return interruption.seen && options.deleteLeftovers ? exitCodes.interrupted : exitCodes.done;
}
