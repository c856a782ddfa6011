import { isBefore, nowIso } from '../clock.ts';
import type { Component, ComponentName, ComponentStatus, Started } from '../components/component.ts';
import { titles } from '../components/component.ts';
import { policyOf } from '../components/kinds.ts';
import type { Context } from '../context.ts';
import { BackupError, isBackupError } from '../errors.ts';
import type { ComponentEntry } from '../ledger/manifest.ts';
import { requireLock } from '../ledger/ownership.ts';
import type { Run } from '../ledger/run.ts';
import { nextCheckAt } from '../pacing.ts';
import { requirePauseBudget, requirePauseHeld } from './exporting.ts';
import { judge, type Limits, type Progress } from './progress.ts';
import { showsNoneAtWork, stuck } from './stuck.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'pacing'>;
type CheckNeeds = Needs & Pick<Context, 'http' | 'secrets'>;

/**
 * Starts a component's backup, once: called again (a retry, a lost answer, an at-least-once invocation) it
 * looks before it asks. The intent is written down before the component is asked, so that a backup that is
 * there afterwards can be told from somebody else's.
 */
export async function startBackup(
  component: Component,
  run: Run,
  expectedSeconds: number | undefined,
  context: Needs,
): Promise<Progress> {
  const { ledger } = context;
  await requireLock(run, context);
  const description = component.describe();
  const wanted: ComponentEntry = {
    ...description,
    runId: run.runId,
    state: 'REQUESTED',
    requestedAt: nowIso(context),
  };
  const first = await ledger.createEntry(run.cluster, run.backupId, wanted);
  const entry = first ? wanted : await ledger.readEntry(run.cluster, run.backupId, description.component);
  if (entry?.runId !== run.runId) throw notOurs(description.component, run.backupId);

  if (entry.state === 'REQUESTED') await ask(component, entry, run, first, context);
  return firstProgress(context, expectedSeconds);
}

async function ask(component: Component, entry: ComponentEntry, run: Run, first: boolean, context: Needs) {
  // Only while it is asked: another call of this state may have brought the backup further meanwhile.
  const write = async (change: Partial<ComponentEntry>) => {
    await context.ledger.changeEntry(run.cluster, run.backupId, entry.component, (now) => {
      const { refused: _, nothingAtWork: __, ...asking } = now;
      return now.state === 'REQUESTED' ? { ...asking, ...change } : now;
    });
  };
  const refuse = (seen: Pick<ComponentEntry, 'nothingAtWork'> = {}) => write({ refused: true, ...seen });
  // From here on the request may be on its way.
  if (entry.refused) await write({});
  const started =
    first || entry.refused
      ? await startFirst(component, entry, run, refuse)
      : await startAgain(component, entry, run);
  if (started.existed && !started.ours) {
    await refuse();
    throw notOurs(entry.component, run.backupId);
  }
  const { scheduledSnapshots } = started;
  await write({
    state: 'STARTED',
    startedAt: nowIso(context),
    ...(scheduledSnapshots ? { scheduledSnapshots } : {}),
  });
}

/** A backup that is there before this run ever asked is somebody else's, unless the component proves otherwise. */
async function startFirst(
  component: Component,
  entry: ComponentEntry,
  run: Run,
  refuse: (seen?: Pick<ComponentEntry, 'nothingAtWork'>) => Promise<void>,
): Promise<Started> {
  try {
    return await component.start(run.backupId, run.runId);
  } catch (error) {
    if (!isBackupError(error, 'ComponentBusy')) throw error;
    await refuse();
    // Tasklist says the same of a backup of this id and of another one: this run has asked for neither.
    const { state } = await component.check(run.backupId);
    if (state !== 'ABSENT') throw notOurs(entry.component, run.backupId);
    if (!(await showsNoneAtWork(component))) throw error;
    if (entry.nothingAtWork) throw stuck(entry.component, error);
    await refuse({ nothingAtWork: true });
    throw error;
  }
}

/**
 * An earlier attempt of this run may have reached the component: its answer was lost, not the request. What began
 * before that attempt is somebody else's.
 */
async function startAgain(component: Component, { requestedAt }: ComponentEntry, run: Run): Promise<Started> {
  if (!component.provesOwnership) {
    const { state, parts } = await component.check(run.backupId);
    const isOlder = parts.some(
      ({ startedAt }) => startedAt !== undefined && isBefore(startedAt, requestedAt),
    );
    if (state !== 'ABSENT') return { existed: true, ours: !isOlder };
  }
  const started = await component.start(run.backupId, run.runId);
  return { ...started, ours: started.ours ?? true };
}

function firstProgress({ clock, pacing }: Needs, expectedSeconds: number | undefined): Progress {
  const now = clock.now();
  return {
    state: 'IN_PROGRESS',
    startedAt: new Date(now).toISOString(),
    nextCheckAt: new Date(nextCheckAt({ startedAt: now, now, pacing, expectedSeconds })).toISOString(),
    partsDone: 0,
  };
}

function notOurs(component: ComponentName, backupId: number): BackupError {
  return new BackupError(
    'BackupNotOurs',
    `${titles[component]} has a backup ${backupId} that this run did not start`,
    { remedy: 'Start again without an id of your own, or with one that is above every id in use.' },
  );
}

interface Running {
  run: Run;
  target: { expectedSeconds?: number | undefined };
  limits: Limits;
  /** What was known before. */
  progress: Progress;
}

/** Looks at a running backup once. Throws when it failed, took too long, or is not to be believed. */
export async function checkBackup(
  component: Component,
  { run, target: { expectedSeconds }, limits, progress: before }: Running,
  context: CheckNeeds,
): Promise<Progress> {
  const { component: name } = component.describe();
  await requirePauseBudget(run, limits, context);
  const { clock, pacing } = context;
  const lookedAt = clock.now();
  const seen = await look(component, name, run, context).catch((error: unknown) => {
    if (error instanceof BackupError) return error;
    throw error;
  });
  const lookSeconds = seen instanceof BackupError ? undefined : (clock.now() - lookedAt) / 1000;
  // After the look, which may take long: another call of this state may have written down the end meanwhile.
  const entry = await context.ledger.readEntry(run.cluster, run.backupId, name);
  if (!entry) {
    throw new BackupError('LedgerCorrupt', `The ledger has no entry of ${titles[name]} for ${run.backupId}`);
  }
  const status = seen instanceof BackupError ? undefined : seen;
  let progress: Progress;
  try {
    const look = { component: name, seen, before, now: clock.now(), limits, expectedSeconds };
    progress = judge({ ...look, lookSeconds, pacing });
    if (progress.state === 'COMPLETED') requireScheduled(name, entry, status);
  } catch (error) {
    await writeEnd(name, run, status, error, context).catch((trouble: unknown) => {
      // Nobody repeats that: what went wrong first is the reason.
      if (!isBackupError(trouble, 'LedgerUnusable')) throw trouble;
    });
    throw error;
  }
  if (progress.state === 'COMPLETED') await writeEnd(name, run, status, undefined, context);
  return progress;
}

async function look(
  component: Component,
  name: ComponentName,
  run: Run,
  context: CheckNeeds,
): Promise<ComponentStatus> {
  const status = await component.check(run.backupId);
  // What is paused now was paused all the while.
  if (policyOf(name).endsThePause && status.state === 'COMPLETED') await requirePauseHeld(run, context);
  return status;
}

/** Every snapshot that was announced must be among the parts. */
function requireScheduled(
  name: ComponentName,
  entry: ComponentEntry,
  status: ComponentStatus | undefined,
): void {
  const parts = status?.parts ?? [];
  const unseen = (entry.scheduledSnapshots ?? []).filter((one) => !parts.some((part) => part.name === one));
  if (unseen.length === 0) return;
  throw new BackupError(
    'VerificationFailed',
    `${titles[name]} is COMPLETED without snapshots that it had scheduled: ${unseen.join(', ')}`,
  );
}

/**
 * Writes down how a component's backup ended, with every part that was seen. COMPLETED is written once and stays: a
 * call that is late may come when exporting is resumed, or see what somebody has deleted since.
 */
async function writeEnd(
  name: ComponentName,
  run: Run,
  status: ComponentStatus | undefined,
  error: unknown,
  context: Needs,
): Promise<void> {
  const endedAt = nowIso(context);
  await context.ledger.changeEntry(run.cluster, run.backupId, name, (now) => {
    if (now.state === 'COMPLETED') return now;
    const { failure: _, ...entry } = now;
    return {
      ...entry,
      state: error === undefined ? 'COMPLETED' : 'FAILED',
      endedAt,
      parts: status?.parts ?? [],
      ...(status?.indices ? { indices: status.indices } : {}),
      ...(error instanceof Error ? { failure: error.message } : {}),
    };
  });
}
