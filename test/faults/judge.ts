import { mayBePaused } from '../../core/ledger/lock/lock.ts';
import type { Expectations } from './expectations.ts';
import { type Ended, Run } from './run.ts';
import { judgeTold } from './told.ts';
import { Actor, type World, watchEverySeconds } from './world.ts';

export const outcomes = [
  'completed',
  'skipped',
  'failed, put right by the run',
  'put right by the watchdog',
  'left paused with a CRITICAL alert, then put right by the watchdog',
  'BROKEN',
] as const;
type OutcomeName = (typeof outcomes)[number];

export interface Verdict {
  outcome: OutcomeName;
  /** The promises that were broken, as sentences. */
  broken: string[];
  /** False if the ordered fault met no call. */
  struck: boolean;
}

/** Waits for the end of a run beside the watchdog, and reports the broken promises. */
export async function conclude(world: World, run: Run, expect: Expectations = {}): Promise<Verdict> {
  const broken: string[] = [];
  const ended = await withWatchdog(world, run.ended);
  if (ended.status === 'DIED' || ended.status === 'INTERRUPTED') await world.time.sleep(1000);

  const lock = await world.ledger().readLock('cluster');
  const ours = lock?.runId === run.runId ? lock : undefined;
  const wasPaused = world.isPaused;
  broken.push(...(await judgeManifest(world, run, ended, expect)));

  const wasLeft = ours !== undefined || wasPaused;
  const needless =
    ours !== undefined && !mayBePaused(ours) && ended.status === 'FAILED' && !expect.ledgerFails;
  if (needless) broken.push('the lock is left although exporting is known to be resumed');
  // Step Functions starts the watchdog after every execution that did not succeed.
  if (ended.status !== 'SUCCEEDED') await (expect.firstWatch ?? ((one) => one.watch()))(world);
  const critical = world.alerts.some(
    ({ severity, kind }) => severity === 'CRITICAL' && kind === 'exportingLeftPaused',
  );
  const alarmed = critical || world.watchdogErrors.length > 0;
  const mayBeQuiet = expect.firstWatch !== undefined;
  if (world.isPaused && !alarmed && !mayBeQuiet)
    broken.push('exporting is paused and no CRITICAL alert says so');

  world.heal();
  await expect.heal?.();
  // Late calls end within this time.
  await world.time.sleep(120_000);
  for (let look = 0; look < 3 && (await isLeft(world)); look += 1) {
    await world.time.sleep(watchEverySeconds * 1000);
    await world.watch();
  }
  // One more look sends the alerts that could not be sent before.
  if (ended.status !== 'SUCCEEDED') await world.watch();
  broken.push(...(await judgeRest(world)), ...(await judgeTold(world, run, ended, expect)));
  if (expect.status && ended.status !== expect.status) {
    broken.push(`the execution ${ended.status} (${ended.error ?? ''}), which should have ${expect.status}`);
  }
  if (ended.status !== 'SUCCEEDED' && broken.length === 0 && !expect.noNext) {
    broken.push(...(await judgeNext(world, expect)));
  }
  return { outcome: outcomeOf(ended, broken, wasLeft, wasPaused), broken, struck: true };
}

function outcomeOf(ended: Ended, broken: string[], wasLeft: boolean, wasPaused: boolean): OutcomeName {
  if (broken.length > 0) return 'BROKEN';
  if (ended.status === 'SUCCEEDED') {
    const skipped = JSON.stringify(ended.output ?? null).includes('"SKIPPED"');
    return skipped ? 'skipped' : 'completed';
  }
  if (!wasLeft && ended.status === 'FAILED') return 'failed, put right by the run';
  return wasPaused && ended.status === 'FAILED'
    ? 'left paused with a CRITICAL alert, then put right by the watchdog'
    : 'put right by the watchdog';
}

async function withWatchdog<T>(world: World, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      await world.time.sleep(watchEverySeconds * 1000, over.signal);
      if (!over.signal.aborted) await world.watch();
    }
  })();
  try {
    return await work;
  } finally {
    over.abort();
    await watching;
  }
}

async function isLeft(world: World): Promise<boolean> {
  const lock = await world.ledger().readLock('cluster');
  return world.isPaused || lock !== undefined;
}

/** The execution and the manifest must agree with each other and with the cluster. */
async function judgeManifest(world: World, run: Run, ended: Ended, expect: Expectations) {
  const { ledgerFails } = expect;
  const broken: string[] = [];
  const manifest = (await world.manifests()).find(({ runId }) => runId === run.runId);
  const skipped = JSON.stringify(ended.output ?? null).includes('"SKIPPED"');
  if (ended.status === 'SUCCEEDED' && manifest?.state !== 'COMPLETED' && !skipped) {
    broken.push(`the execution SUCCEEDED and the manifest is ${manifest?.state ?? 'not there'}`);
  }
  if (ended.status === 'FAILED' && manifest?.state === 'COMPLETED') {
    broken.push(`the manifest is COMPLETED and the execution FAILED (${ended.error})`);
  }
  if (ended.status === 'FAILED' && manifest?.state === 'RUNNING' && !ledgerFails) {
    broken.push('the execution FAILED and the manifest is RUNNING');
  }
  if (manifest?.state === 'FAILED' && world.isPaused && !manifest.exporting.leftPaused) {
    broken.push('the manifest says that exporting is resumed, which it is not');
  }
  if (manifest?.state === 'COMPLETED' && world.isPaused) broken.push('COMPLETED, and exporting is paused');
  if (ended.status === 'FAILED' && !ended.error) broken.push('the execution FAILED without saying why');
  return broken;
}

/** Judges the cluster and the ledger after the cluster came back and the watchdog has looked. */
export async function judgeRest(world: World): Promise<string[]> {
  const broken = [...world.lies];
  if (world.isPaused) broken.push('exporting is still paused after the watchdog');
  if (await world.ledger().readLock('cluster')) broken.push('the lock is still held after the watchdog');
  for (const manifest of await world.manifests()) {
    const { state, backupId, failure, exporting } = manifest;
    if (state === 'RUNNING') broken.push(`the manifest ${backupId} is RUNNING and nobody runs`);
    if (state === 'FAILED' && !failure?.message)
      broken.push(`the manifest ${backupId} FAILED without a reason`);
    if (exporting.leftPaused) broken.push(`the manifest ${backupId} says that exporting is left paused`);
    if (state === 'COMPLETED') {
      for (const why of world.whyNotComplete(manifest)) broken.push(`${backupId} is COMPLETED, but ${why}`);
    }
  }
  return [...new Set(broken), ...judgeIds(world)];
}

/** No component may accept two starts of one id. */
function judgeIds(world: World): string[] {
  const started = new Map<string, number>();
  for (const { operation, status, body, path } of world.simulator.calls()) {
    if (operation !== 'search.create' && !operation.endsWith('.start')) continue;
    if (status !== 200 && status !== 202) continue;
    const what = `${operation} ${operation === 'search.create' ? path : body}`;
    started.set(what, (started.get(what) ?? 0) + 1);
  }
  return [...started]
    .filter(([, times]) => times > 1)
    .map(([what, times]) => `${what} was accepted ${times} times`);
}

/** After a failed backup, the next one must succeed with an id that is higher than every other. */
async function judgeNext(world: World, { busyAfter }: Expectations): Promise<string[]> {
  await world.time.sleep(3600_000);
  world.alerts.length = 0;
  const before = usedIds(world);
  const next = new Run(world);
  const ended = await withWatchdog(world, next.ended);
  const broken = [...(await judgeManifest(world, next, ended, {})), ...(await judgeRest(world))];
  const manifest = (await world.manifests()).find(({ runId }) => runId === next.runId);
  if (ended.status !== 'SUCCEEDED' && !busyAfter)
    broken.push(`the next backup ${ended.status} (${ended.error})`);
  const highest = Math.max(0, ...before);
  if (manifest && manifest.backupId <= highest)
    broken.push(`the id ${manifest.backupId} is not above ${highest}`);
  return broken.map((why) => (why.startsWith('the next') ? why : `the next backup: ${why}`));
}

function usedIds(world: World): number[] {
  return world.components().flatMap((component) => world.simulator.backupIds(component));
}

/** A watchdog that dies at its n-th call. */
export function watchdogThatDies(call: number, when: 'before' | 'after') {
  return async (world: World): Promise<void> => {
    const actor = new Actor(world);
    const died = new Promise<void>((resolve) => {
      const die = (n: number) => {
        if (n !== call) return;
        actor.dead = true;
        resolve();
      };
      if (when === 'before') actor.beforeCall = die;
      else actor.afterCall = die;
    });
    await Promise.race([world.watch(actor), died]);
  };
}
