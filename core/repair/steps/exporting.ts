import type { ExplainedLook } from '../../checks/exporting.ts';
import { phasesOf, seeExporting, seenInJson } from '../../checks/exporting-seen.ts';
import { factOf } from '../../checks/fact.ts';
import type { ClusterConfig } from '../../config/schema.ts';
import type { Context } from '../../context.ts';
import { BackupError, isBackupError } from '../../errors.ts';
import { readHeldLock, waysToResume } from '../../ledger/lock/ways-to-resume.ts';
import { endUnneededPause, findUnneededPause, type Whoever } from '../unexplained-pause.ts';
import { type ExportingAnswer, type PauseAnswer, problemOf, type ResumeAnswer } from './answers.ts';

/** Asks the cluster itself whether exporting is paused, because the ledger knows only the pauses of its own runs. */
export async function lookAtExportingOf(
  cluster: string,
  config: ClusterConfig,
  context: Context,
): Promise<ExportingAnswer> {
  const look = await seeExporting(cluster, config, context);
  const told = await toldOf(cluster, config, look, context);
  return {
    says: typeof told === 'string' ? [told] : [],
    problems: typeof told === 'string' ? [] : [problemOf(told)],
    seen: seenInJson(look),
  };
}

async function toldOf(
  cluster: string,
  config: ClusterConfig,
  look: ExplainedLook,
  context: Context,
): Promise<string | BackupError> {
  const phases = phasesOf(seenInJson(look)).join('; ');
  if (look.pause === 'explained') return `Exporting is paused on behalf of that run: ${phases}.`;
  // The step of the lock has already printed the remedy for a lock that cannot be read.
  if (look.pause === 'unknown') return `Exporting is paused, and the lock does not say by whom: ${phases}.`;
  if (look.state === 'EXPORTING') return `Exporting is not paused: ${phases}.`;
  if (look.state === 'PAUSED') {
    const message = `Exporting of ${cluster} is paused, and no run of this ledger has paused it: ${phases}`;
    const ways = waysToResume(cluster, config.zeebe, context.commands, await ledgerOf(cluster, context));
    return new BackupError('ExportingAlreadyPaused', message, { remedy: ways.join('\n') });
  }
  const message = `Whether exporting of ${cluster} is paused is not known: ${look.unknown.join('; ')}`;
  // If the configuration names no address that shows it, that is no failure of this command.
  if (!look.isSilent) return `${message}.`;
  return new BackupError('Unreachable', message, {
    remedy: 'Check that these addresses answer, and look again.',
  });
}

/** The parts of the ledger that decide how the pause can be ended. If they cannot be read, the pause is told all the same. */
async function ledgerOf(cluster: string, context: Context) {
  const { known: lock } = await factOf(() => readHeldLock(cluster, context));
  const { known: empty } = await factOf(() => context.ledger.nothingOf(cluster));
  return { lock, isLedgerEmpty: empty !== undefined };
}

/** Looks whether a pause that no run explains may be ended. It changes nothing. */
export async function lookAtPauseOf(
  cluster: string,
  config: ClusterConfig,
  context: Context,
): Promise<PauseAnswer> {
  try {
    return { problems: [], paused: (await findUnneededPause(cluster, config, context)) ?? null };
  } catch (error) {
    if (!isBackupError(error)) throw error;
    return { problems: [problemOf(error)], paused: null };
  }
}

/** Ends such a pause, after a person has agreed. It looks again first. */
export async function endPauseOf(
  cluster: string,
  config: ClusterConfig,
  whoever: Whoever,
  context: Context,
): Promise<ResumeAnswer> {
  try {
    const ended = await endUnneededPause(cluster, config, whoever, context);
    return {
      problems: [],
      resumed: ended ? { proof: ended.resumeProof, record: ended.record } : null,
    };
  } catch (error) {
    if (!isBackupError(error)) throw error;
    return { problems: [problemOf(error)], resumed: null };
  }
}
