import { isBefore, nowIso } from '../clock.ts';
import type { Component, Started } from '../components/component.ts';
import { type ComponentName, titles } from '../components/kinds.ts';
import type { Target } from '../components/target.ts';
import type { Context } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import { entryStateOf, refused, requested, started } from '../ledger/entry.ts';
import { requireLock } from '../ledger/lock/ownership.ts';
import type { ComponentEntry } from '../ledger/manifest.ts';
import type { Run } from '../ledger/run.ts';
import { type Known, nextCheckAt } from '../pacing.ts';
import type { Limits, Progress } from './progress.ts';
import { showsNoneAtWork, stuck } from './stuck.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'pacing'>;

interface Task {
  run: Run;
  target: Pick<Target, 'component' | keyof Known>;
  limits: Pick<Limits, 'timeoutSeconds'>;
}

/**
 * Starts a component's backup once. A duplicate call (after a retry, a lost answer, or an at-least-once invocation)
 * first looks for the backup. The ledger records the intent before the request, so that a backup that exists afterwards
 * can be distinguished from a backup of another run.
 */
export async function startBackup(
  component: Component,
  { run, target, limits }: Task,
  context: Needs,
): Promise<Progress> {
  await requireLock(run, context);
  const { entry, isNew } = await writeIntent(component, target.component, run, context);
  const state = entryStateOf(entry);
  if (state === 'REQUESTED' || state === 'REFUSED') {
    const isFirst = isNew || state === 'REFUSED';
    await ask({ component, entry, run, isFirst, become: becoming(entry, run, context) }, context);
  }
  return firstProgress(target, limits, context);
}

/** The entry of this run, which an earlier call may have written. Throws BackupNotOurs. */
async function writeIntent(component: Component, name: ComponentName, run: Run, context: Needs) {
  const { ledger } = context;
  const intent: ComponentEntry = {
    component: name,
    ...component.describe(),
    runId: run.runId,
    state: 'REQUESTED',
    requestedAt: nowIso(context),
  };
  const isNew = await ledger.createEntry(run.cluster, run.backupId, intent);
  const entry = isNew ? intent : await ledger.readEntry(run.cluster, run.backupId, name);
  if (entry?.runId !== run.runId) throw notOurs(name, run.backupId);
  return { entry, isNew };
}

interface Request {
  component: Component;
  entry: ComponentEntry;
  run: Run;
  /** True if no earlier request of this run can have reached the component. */
  isFirst: boolean;
  become: (next: (entry: ComponentEntry) => ComponentEntry) => Promise<void>;
}

/** Changes an entry only while it is REQUESTED, because another call of this state may have changed it further. */
function becoming({ component }: ComponentEntry, run: Run, { ledger }: Needs): Request['become'] {
  return async (next) => {
    await ledger.changeEntry(run.cluster, run.backupId, component, (now) =>
      now.state === 'REQUESTED' ? next(now) : now,
    );
  };
}

async function ask(request: Request, context: Needs): Promise<void> {
  const { entry, run, isFirst, become } = request;
  // From here on, the request may be in flight.
  if (entryStateOf(entry) === 'REFUSED') await become(requested);
  const { answer, scheduledSnapshots } = isFirst ? await askFirst(request) : await askAgain(request);
  if (answer !== 'accepted' && answer !== 'already ours') {
    await become((now) => refused(now));
    throw notOurs(entry.component, run.backupId);
  }
  await become((now) => started(now, { startedAt: nowIso(context), scheduledSnapshots }));
}

/** A backup that exists before the first request belongs to another run, unless the component proves otherwise. */
async function askFirst({ component, entry, run, become }: Request): Promise<Started> {
  try {
    return await component.start(run.backupId, run.runId);
  } catch (error) {
    if (!isBackupError(error, 'ComponentBusy')) throw error;
    await become((now) => refused(now));
    // Tasklist gives the same answer for a backup with this id and with another id. This run has started neither.
    const { state } = await component.check(run.backupId);
    if (state !== 'ABSENT') throw notOurs(entry.component, run.backupId);
    if (!(await showsNoneAtWork(component))) throw error;
    if (entry.nothingAtWork) throw stuck(entry.component, error);
    await become((now) => refused(now, { nothingAtWork: true }));
    throw error;
  }
}

/**
 * An earlier request of this run may have reached the component, although its answer was lost. A backup that began
 * before that request belongs to another run.
 */
async function askAgain({ component, entry: { requestedAt }, run }: Request): Promise<Started> {
  if (!component.provesOwnership) {
    const { state, parts } = await component.check(run.backupId);
    const isOlder = parts.some(
      ({ startedAt }) => startedAt !== undefined && isBefore(startedAt, requestedAt),
    );
    if (state !== 'ABSENT') return { answer: isOlder ? 'not ours' : 'already ours' };
  }
  const started = await component.start(run.backupId, run.runId);
  return started.answer === 'already there' ? { ...started, answer: 'already ours' } : started;
}

function firstProgress(known: Known, { timeoutSeconds }: Task['limits'], { clock, pacing }: Needs): Progress {
  const now = clock.now();
  const firstCheckAt = nextCheckAt({ startedAt: now, now, known, looks: 0, timeoutSeconds, pacing });
  return {
    state: 'IN_PROGRESS',
    startedAt: new Date(now).toISOString(),
    nextCheckAt: new Date(firstCheckAt).toISOString(),
    partsDone: 0,
  };
}

function notOurs(component: ComponentName, backupId: number): BackupError {
  return new BackupError(
    'BackupNotOurs',
    `${titles[component]} has a backup ${backupId} that this run did not start`,
    { remedy: 'Start again without an id, or with an id that is higher than every id in use.' },
  );
}
