import type { Component, ComponentName, ComponentStatus } from '../camunda/component.ts';
import { titles } from '../camunda/component.ts';
import { type Context, nowIso } from '../context.ts';
import { BackupError } from '../errors.ts';
import type { ComponentEntry } from '../ledger/manifest.ts';
import { nextCheckAt } from '../pacing.ts';
import type { Run } from '../plan.ts';
import { judge, type Limits, type Progress } from '../progress.ts';
import { requireLock } from './ownership.ts';

/** What the manifest says of a component before it is asked for anything. */
export type Description = Pick<
  ComponentEntry,
  'url' | 'version' | 'partitions' | 'repository' | 'indexPattern'
> & { component: ComponentName };

type Needs = Pick<Context, 'ledger' | 'clock' | 'stepSeconds'>;

/**
 * Starts a component's backup, once: called again (a retry, a lost answer, an at-least-once invocation) it
 * looks before it asks. The intent is written down before the component is asked, so that a backup that is
 * there afterwards can be told from somebody else's.
 */
export async function startBackup(
  component: Component,
  description: Description,
  run: Run,
  expectedSeconds: number | undefined,
  context: Needs,
): Promise<Progress> {
  const { ledger } = context;
  await requireLock(run, context);
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
  // An earlier attempt may have reached the component: its answer was lost, not the request.
  const known = first ? undefined : await component.check(run.backupId);
  const started = known && known.state !== 'ABSENT' ? { existed: true } : await component.start(run.backupId);
  // A backup that was there before this run ever asked is somebody else's.
  const ours = !started.existed || (('ours' in started ? started.ours : undefined) ?? !first);
  if (!ours) throw notOurs(entry.component, run.backupId);
  const scheduledSnapshots = 'scheduledSnapshots' in started ? started.scheduledSnapshots : undefined;
  await context.ledger.writeEntry(run.cluster, run.backupId, {
    ...entry,
    state: 'STARTED',
    startedAt: nowIso(context),
    ...(scheduledSnapshots ? { scheduledSnapshots } : {}),
  });
}

function firstProgress({ clock, stepSeconds }: Needs, expectedSeconds: number | undefined): Progress {
  const now = clock.now();
  return {
    state: 'IN_PROGRESS',
    startedAt: new Date(now).toISOString(),
    nextCheckAt: new Date(nextCheckAt({ startedAt: now, now, stepSeconds, expectedSeconds })).toISOString(),
    partsDone: 0,
  };
}

function notOurs(component: ComponentName, backupId: number): BackupError {
  return new BackupError(
    'BackupNotOurs',
    `${titles[component]} has a backup ${backupId} that this run did not start`,
    { remedy: 'Start again without --id, or with an id that is above every id in use.' },
  );
}

/** Looks at a running backup once. Throws when it failed, took too long, or is not to be believed. */
export async function checkBackup(
  component: Component,
  name: ComponentName,
  {
    run,
    before,
    limits,
    expectedSeconds,
  }: { run: Run; before: Progress; limits: Limits; expectedSeconds?: number | undefined },
  context: Needs,
): Promise<Progress> {
  const seen = await component.check(run.backupId).catch((error: unknown) => {
    if (error instanceof BackupError) return error;
    throw error;
  });
  const { clock, stepSeconds } = context;
  const status = seen instanceof BackupError ? undefined : seen;
  let progress: Progress;
  try {
    progress = judge({
      component: name,
      seen,
      before,
      now: clock.now(),
      limits,
      expectedSeconds,
      stepSeconds,
    });
    if (progress.state === 'COMPLETED') await writeEnd(name, run, status, undefined, context);
  } catch (error) {
    await writeEnd(name, run, status, error, context);
    throw error;
  }
  return progress;
}

/** Writes down how a component's backup ended, with every part that was seen. */
async function writeEnd(
  name: ComponentName,
  run: Run,
  status: ComponentStatus | undefined,
  error: unknown,
  context: Needs,
): Promise<void> {
  const { ledger } = context;
  const entry = await ledger.readEntry(run.cluster, run.backupId, name);
  if (!entry)
    throw new BackupError('LedgerCorrupt', `The ledger has no entry of ${titles[name]} for ${run.backupId}`);
  const parts = status?.parts ?? [];
  const ended: ComponentEntry = {
    ...entry,
    state: error === undefined ? 'COMPLETED' : 'FAILED',
    endedAt: nowIso(context),
    parts,
    ...(status?.indices ? { indices: status.indices } : {}),
    ...(error instanceof Error ? { failure: error.message } : {}),
  };
  const unseen = (entry.scheduledSnapshots ?? []).filter(
    (snapshot) => !parts.some((part) => part.name === snapshot),
  );
  if (error === undefined && unseen.length > 0) {
    throw new BackupError(
      'VerificationFailed',
      `${titles[name]} is COMPLETED without snapshots that it had scheduled: ${unseen.join(', ')}`,
    );
  }
  await ledger.writeEntry(run.cluster, run.backupId, ended);
}
