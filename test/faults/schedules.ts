import fc from 'fast-check';
import type { Operation } from '../../simulator/index.ts';
import type { Case } from './case.ts';
import { judgeRest } from './judge.ts';
import { isSilent, kindsOf } from './kinds.ts';
import { type Probe, probe } from './probe.ts';
import { Run } from './run.ts';
import { World, type WorldName, watchEverySeconds, worlds } from './world.ts';

/** One event in the life of a cluster. */
interface Event {
  /** The seconds since the event before. */
  afterSeconds: number;
  /** A backup that starts, and dies or is stopped at this call. */
  backup: { diesAt: number | undefined; how: 'killed' | 'stopped' };
  /** A fault that is ordered before the backup starts: the operation, the kind, and the number of times. */
  fault: { operation: number; kind: number; times: number } | undefined;
}

const events = fc.array(
  fc.record({
    afterSeconds: fc.integer({ min: 0, max: 400 }),
    backup: fc.record({
      diesAt: fc.option(fc.integer({ min: 1, max: 210 }), { nil: undefined, freq: 2 }),
      how: fc.constantFrom('killed', 'stopped'),
    }),
    fault: fc.option(
      fc.record({ operation: fc.nat(), kind: fc.nat(), times: fc.integer({ min: 1, max: 3 }) }),
      { nil: undefined, freq: 2 },
    ),
  }),
  { minLength: 2, maxLength: 7 },
);

/** A resume takes seconds. A call in flight when its run was stopped takes 20 s, and a silent server takes 30 s. */
const resumeTakesSeconds = 60;
/** The interval of the checks whether a living run or the watchdog answers for a pause. */
const lookEverySeconds = 10;

/**
 * Random schedules of backups, deaths and faults on one cluster and one ledger. The watchdog looks only every five
 * minutes, and no event starts it earlier.
 */
export async function scheduleCases(name: WorldName, seed: number, howMany: number): Promise<Case[]> {
  const good = await probe(name, 'good');
  const operations = operationsOf(good);
  return Array.from({ length: howMany }, (_, index) => ({
    id: `${name}/schedules/${index + 1}`,
    group: 'schedules',
    run: async () => {
      const property = fc.asyncProperty(events, async (schedule) => {
        const broken = await play(name, operations, schedule);
        if (broken.length > 0) throw new Error(broken.join('; '));
      });
      const { failed, counterexample, errorInstance } = await fc.check(property, {
        seed: seed * 1000 + index,
        numRuns: 4,
      });
      const why = `${errorInstance instanceof Error ? errorInstance.message : ''}; of ${JSON.stringify(counterexample)}`;
      return { outcome: failed ? 'BROKEN' : 'completed', broken: failed ? [why] : [], struck: true };
    },
  }));
}

/** All operations except the resume and its read-back, which decide how long a pause may last. */
function operationsOf({ reached }: Probe): Operation[] {
  const all = new Set(reached.flatMap(({ operations }) => [...operations.keys()]));
  return [...all]
    .filter((operation) => operation !== 'zeebe.resume' && operation !== 'zeebe.partitions')
    .sort();
}

async function play(name: WorldName, operations: Operation[], schedule: Event[]): Promise<string[]> {
  const world = await World.open(name);
  const over = new AbortController();
  const broken: string[] = [];
  const runs: Run[] = [];
  try {
    const beside = [watchdog(world, over.signal), lookout(world, over.signal, broken)];
    for (const { afterSeconds, backup, fault } of schedule) {
      await world.time.sleep(afterSeconds * 1000);
      if (fault) orderOne(world, operations, fault);
      const run = new Run(world);
      runs.push(run);
      run.actor.beforeCall = async (call) => {
        if (call !== backup.diesAt) return;
        if (backup.how === 'killed') return run.kill();
        run.stop();
        await world.time.sleep(20_000);
      };
    }
    await Promise.all(runs.map(({ ended }) => ended));
    world.heal();
    await world.time.sleep(3 * watchEverySeconds * 1000);
    over.abort();
    await Promise.all(beside);
    const started = (await world.manifests()).sort((a, b) => a.startedAt.localeCompare(b.startedAt));
    for (const [index, { backupId }] of started.entries()) {
      const before = started[index - 1]?.backupId ?? 0;
      if (backupId <= before) broken.push(`the id ${backupId} came after ${before}`);
    }
    return [...broken, ...(await judgeRest(world))];
  } finally {
    over.abort();
    await world.close();
  }
}

async function watchdog(world: World, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await world.time.sleep(watchEverySeconds * 1000, over);
    if (!over.aborted) await world.watch();
  }
}

/** A living run must answer for every pause, except for the time until the watchdog comes. */
async function lookout(world: World, over: AbortSignal, broken: string[]): Promise<void> {
  let aloneSince: number | undefined;
  while (!over.aborted) {
    await world.time.sleep(lookEverySeconds * 1000, over);
    const lock = await world.ledger().readLock('cluster');
    const isOwned = lock !== undefined && world.running.has(lock.runId);
    if (!world.isPaused || isOwned) {
      aloneSince = undefined;
      continue;
    }
    aloneSince ??= world.time.now();
    const seconds = (world.time.now() - aloneSince) / 1000;
    if (seconds > watchEverySeconds + resumeTakesSeconds) {
      broken.push(`exporting was paused for ${seconds} s and nobody who lives answered for it`);
      return;
    }
  }
}

function orderOne(world: World, operations: Operation[], fault: NonNullable<Event['fault']>): void {
  const operation = operations[fault.operation % operations.length];
  if (!operation) return;
  // The wire takes every call without an answer for silence, so these kinds would be mistaken for it.
  const kinds = kindsOf(operation, worlds[world.name].engine).filter(
    ({ name }) => !['reset', 'lost-answer', 'too-slow'].includes(name),
  );
  const { kind } = kinds[fault.kind % kinds.length] ?? {};
  if (!kind) return;
  if (isSilent(kind)) world.wire.silent.add(operation);
  world.simulator.order({ operation, kind, times: fault.times });
}
