import { userInfo } from 'node:os';
import { notAsked } from '../../core/checks/exporting-seen.ts';
import type { ResumeAnswer } from '../../core/repair/steps/answers.ts';
import { newRunId } from '../local/run-id.ts';
import type { ExportingStep } from './report.ts';
import { type Session, tell } from './session.ts';

/** Asks the cluster itself, because the ledger knows only the pauses of its own runs. */
export async function exportingStep(session: Session): Promise<ExportingStep> {
  const { options, steps, interruption, say } = session;
  if (options.offline || interruption.seen) {
    const why = options.offline ? '--offline' : 'the command was interrupted';
    say(`The cluster was not asked whether exporting is paused (${why}).`);
    return { seen: notAsked(why), resumed: null };
  }
  const look = await steps.exporting();
  if (options.resumeUnexplained && look.seen.pause !== 'explained') {
    const resumed = await tryToResume(session);
    if (resumed) return { seen: (await steps.exporting()).seen, resumed };
  }
  tell(look, session);
  return { seen: look.seen, resumed: null };
}

/** Resumes a pause that no run explains. Returns null if it resumed nothing. */
async function tryToResume(session: Session): Promise<ResumeAnswer['resumed']> {
  const { options, steps, clock, giveUp, interruption, say, problem } = session;
  const { cluster } = options;
  const { paused, problems } = await steps.pause();
  for (const one of problems) problem(one);
  if (problems.length > 0) return null;
  if (!paused) {
    say('Exporting is not paused: there is nothing to resume.');
    return null;
  }
  const what = `Exporting of ${cluster} is paused, and no run of this ledger has paused it: ${paused.join(', ')}.`;
  if (options.dryRun) {
    say(`${what} The command would resume it after you typed the name of the cluster.`);
    return null;
  }
  say(`${what} Another backup tool, a restore or a person may need this pause.`);
  const typed = await options.ask?.(`Type the name of the cluster to resume exporting: `, giveUp);
  if (typed !== cluster || interruption.seen) {
    say('Nothing was resumed.');
    return null;
  }
  const user = userName();
  const ended = await steps.resume({ id: newRunId('resume', clock.now()), user });
  for (const one of ended.problems) problem(one);
  const { resumed } = ended;
  if (!resumed) {
    if (ended.problems.length === 0)
      say('Exporting is not paused any more: another process or a person has resumed it.');
    return null;
  }
  const how = { proven: 'read back on every partition', answered: 'answered, not read back everywhere' }[
    resumed.proof
  ];
  say(`Exporting is resumed (${how}). A record of who resumed it is in ${resumed.record}`);
  return resumed;
}

/** The name of the user; undefined if the host has none, as in some containers. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
