import { userInfo } from 'node:os';
import type { ExplainedLook } from '../../core/checks/exporting.ts';
import { BackupError, isBackupError } from '../../core/errors.ts';
import { isRunAlive } from '../../core/ledger/lock/owner.ts';
import { waysToResume } from '../../core/ledger/lock/ways-to-resume.ts';
import { endUnneededPause, findUnneededPause } from '../../core/repair/unexplained-pause.ts';
import { newRunId } from '../local/run-id.ts';
import { notAsked, phasesOf, seeExporting, seenInJson } from '../status/exporting-seen.ts';
import type { ExportingStep, LockStep } from './report.ts';
import type { Session } from './session.ts';

/** Asks the cluster itself, because the ledger knows only the pauses of its own runs. */
export async function exportingStep(lock: LockStep, session: Session): Promise<ExportingStep> {
  const { options, asking, interruption, say } = session;
  const { name, cluster } = options.cluster;
  if (options.offline || interruption.seen) {
    const why = options.offline ? '--offline' : 'the command was interrupted';
    say(`The cluster was not asked whether exporting is paused (${why}).`);
    return { seen: notAsked(why), resumed: null };
  }
  const look = await seeExporting(name, cluster, asking);
  if (options.resumeUnexplained && look.pause !== 'explained') {
    const resumed = await tryToResume(session);
    if (resumed) return { seen: seenInJson(await seeExporting(name, cluster, asking)), resumed };
  }
  await tellOfPause(look, lock, session);
  return { seen: seenInJson(look), resumed: null };
}

async function tellOfPause(look: ExplainedLook, step: LockStep, session: Session): Promise<void> {
  const { options, context, say, problem } = session;
  const { name, cluster } = options.cluster;
  const phases = phasesOf(seenInJson(look)).join('; ');
  if (look.pause === 'explained') say(`Exporting is paused on behalf of that run: ${phases}.`);
  // The step of the lock has already printed the remedy for a lock that cannot be read.
  else if (look.pause === 'unknown')
    say(`Exporting is paused, and the lock does not say by whom: ${phases}.`);
  else if (look.state === 'EXPORTING') say(`Exporting is not paused: ${phases}.`);
  else if (look.state === 'PAUSED') {
    const message = `Exporting of ${name} is paused, and no run of this ledger has paused it: ${phases}`;
    const isLedgerEmpty = step.outcome === 'none' && step.empty !== undefined;
    const holder = step.outcome === 'left' || step.outcome === 'repairable' ? step.lock : undefined;
    const lock = holder && { holder, alive: await isRunAlive(holder, context) };
    const ways = waysToResume(name, cluster.zeebe, options.commands, { lock, isLedgerEmpty });
    const remedy = ways.join('\n');
    problem(new BackupError('ExportingAlreadyPaused', message, { remedy }));
  } else {
    const message = `Whether exporting of ${name} is paused is not known: ${look.unknown.join('; ')}`;
    const remedy = 'Check that these addresses answer, and look again.';
    // If the configuration names no address that shows it, that is no failure of this command.
    if (look.isSilent) problem(new BackupError('Unreachable', message, { remedy }));
    else say(`${message}.`);
  }
}

/** Resumes a pause that no run explains. Returns undefined if it resumed nothing. */
async function tryToResume(session: Session): Promise<ExportingStep['resumed'] | undefined> {
  const { options, context, asking, giveUp, interruption, say, problem } = session;
  const { name, cluster } = options.cluster;
  try {
    const paused = await findUnneededPause(name, cluster, asking);
    if (!paused) {
      say('Exporting is not paused: there is nothing to resume.');
      return undefined;
    }
    const what = `Exporting of ${name} is paused, and no run of this ledger has paused it: ${paused.join(', ')}.`;
    if (options.dryRun) {
      say(`${what} The command would resume it after you typed the name of the cluster.`);
      return undefined;
    }
    say(`${what} Another backup tool, a restore or a person may need this pause.`);
    const typed = await options.ask?.(`Type the name of the cluster to resume exporting: `, giveUp);
    if (typed !== name || interruption.seen) {
      say('Nothing was resumed.');
      return undefined;
    }
    const whoever = { id: newRunId('resume', context.clock.now()), user: userName() };
    const ended = await endUnneededPause(name, cluster, whoever, context);
    if (!ended) {
      say('Exporting is not paused any more: another process or a person has resumed it.');
      return undefined;
    }
    const { resumeProof: proof, record } = ended;
    const how = { proven: 'read back on every partition', answered: 'answered, not read back everywhere' }[
      proof
    ];
    say(`Exporting is resumed (${how}). A record of who resumed it is in ${record}`);
    return { proof, record };
  } catch (error) {
    if (!isBackupError(error)) throw error;
    problem(error);
    return undefined;
  }
}

/** The name of the user; undefined if the host has none, as in some containers. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
