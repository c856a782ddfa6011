import { type Clock, systemClock } from '../../core/clock.ts';
import { BackupError } from '../../core/errors.ts';
import type { LockAnswer, OrphansAnswer, Problem } from '../../core/repair/steps/answers.ts';
import { exitCodeOfError, exitCodes } from '../exit-codes.ts';
import { type Interruption, listenForInterruption } from '../local/interruption.ts';
import { printError, printJson, printLine } from '../screen/output.ts';
import { exportingStep } from './exporting.ts';
import { componentStep, deletionStep, lookAgain } from './leftovers.ts';
import { repairResult } from './report.ts';
import { type RepairOptions, type Session, tell } from './session.ts';

/** Where the steps of a repair are done. */
export interface Place extends Pick<Session, 'steps' | 'components'> {
  close(): Promise<void>;
}

/** What a place may use of the command that opens it. */
export interface Opening {
  interruption: Interruption;
  /** Is aborted by the first signal. */
  giveUp: AbortSignal;
  complain: (text: string) => void;
}

/** Runs `camunda-backup repair`. It tries every step, even if the step before failed. Returns the exit code. */
export async function repairWith(
  options: RepairOptions,
  open: (opening: Opening) => Promise<Place>,
  clock: Clock = systemClock,
): Promise<number> {
  const { host, commands, cluster, json, dryRun } = options;
  const { output } = host;
  requireConsent(options);
  const abort = new AbortController();
  const complain = (text: string) => printLine(output.stderr, text);
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
  const problems: Problem[] = [];
  let place: Place | undefined;
  try {
    place = await open({ interruption, giveUp: abort.signal, complain });
    const session: Session = {
      options,
      steps: place.steps,
      components: place.components,
      clock,
      giveUp: abort.signal,
      interruption,
      // With --json, stdout carries only the object.
      say: (text) => printLine(json ? output.stderr : output.stdout, text),
      problem: (problem) => {
        // Several steps may fail for the same reason.
        if (problems.some(({ message }) => message === problem.message)) return;
        problems.push(problem);
        printError(output.stderr, problem);
      },
      problems,
    };
    const lock = await place.steps.lock(options);
    tell(lock, session);
    const { orphans } = await orphanStep(session);
    const found = await componentStep(endedIn(lock, orphans, dryRun), session);
    const deleted = await deletionStep(found.leftovers, lock, session);
    const components = await lookAgain(found, deleted, session);
    const exporting = await exportingStep(session);
    if (dryRun) session.say('Nothing was changed: this was a dry run.');
    // A long list hides the step of the lock.
    if (lock.byHand !== undefined) complain(`EXPORTING OF ${cluster} MAY STILL BE PAUSED. ${lock.byHand}`);
    const findings = { cluster, dryRun, lock, orphans, components, deleted, exporting, problems };
    if (json) printJson(output.stdout, repairResult(findings));
    return exitCodeAfter(lock, session);
  } finally {
    interruption.stop();
    await place?.close();
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

async function orphanStep(session: Session): Promise<OrphansAnswer> {
  const answer = await session.steps.orphans(session.options);
  tell(answer, session);
  return answer;
}

/** The backups that a dry run leaves RUNNING, and that a repair would mark FAILED. */
function endedIn(lock: LockAnswer, orphans: OrphansAnswer['orphans'], dryRun: boolean): number[] {
  if (!dryRun) return [];
  const backupId = lock.outcome === 'repairable' ? (lock.lock?.backupId ?? undefined) : undefined;
  return [...(backupId === undefined ? [] : [backupId]), ...orphans.map((one) => one.backupId)];
}

function exitCodeAfter(lock: LockAnswer, { options, interruption, problems }: Session): number {
  const [ofLock] = lock.problems;
  if (lock.outcome === 'left' && ofLock) return exitCodeOfError({ name: ofLock.error });
  if (problems.some(({ error }) => error === 'LockHeld')) return exitCodes.lockHeld;
  if (problems.length > 0) return exitCodes.failed;
  return interruption.seen && options.deleteLeftovers ? exitCodes.interrupted : exitCodes.done;
}
