import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { demoConfig } from '../cli/demo.ts';
import { startExecution } from '../cli/engine.ts';
import { localContext } from '../cli/local-context.ts';
import { config as schema } from '../core/config.ts';
import { runningTask } from '../core/plan.ts';
import { startSimulator } from '../simulator/index.ts';
import { VirtualTime } from '../simulator/virtual-time.ts';
import type { Measured } from './figures.ts';

/** Seconds of each component; the critical path is web applications + records + Zeebe. */
const backups = [
  { name: '10 minutes', webApplications: 240, optimize: 60, records: 60, zeebe: 300 },
  { name: '2 hours', webApplications: 2700, optimize: 900, records: 900, zeebe: 3600 },
  { name: '24 hours', webApplications: 36_000, optimize: 14_400, records: 7200, zeebe: 43_200 },
];

/** As deployed: Step Functions waits whole seconds. */
const stepSeconds = 1;

/**
 * Transitions (what is paid for) and events (25,000 end an execution) of long backups, with time overridden. The
 * first backup of a cluster knows nothing; every later one knows how long the last one took.
 */
export async function measureHistory(): Promise<Measured> {
  const rows: string[][] = [];
  const counted: { transitions: number; events: number }[] = [];
  for (const { name, ...durations } of backups) {
    const [first, later] = await countTwo(durations);
    counted.push(first, later);
    rows.push([name, 'first', String(first.transitions), String(first.events)]);
    rows.push([name, 'later', String(later.transitions), String(later.events)]);
  }
  const [first10, later10, , , first24, later24] = counted;
  return {
    figures: {
      transitions10min: later10?.transitions ?? Number.NaN,
      transitions10minFirst: first10?.transitions ?? Number.NaN,
      events24h: Math.max(first24?.events ?? Number.NaN, later24?.events ?? Number.NaN),
    },
    table: {
      title: 'History of one backup (time overridden; two applications, records, Zeebe)',
      header: ['backup of', 'of a cluster', 'transitions', 'events'],
      rows,
    },
  };
}

const checked = z.object({ progress: runningTask(z.unknown()).shape.progress });

async function countTwo(durations: Record<string, number>) {
  const time = new VirtualTime(Date.UTC(2026, 0, 1));
  const simulator = await startSimulator({ camunda: '8.8', durations, clock: time });
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-bench-'));
  const { context, close } = localContext(schema.parse(demoConfig(simulator, folder)), { clock: time });
  const run = async () => {
    const running = startExecution({
      context: { ...context, stepSeconds },
      runId: `bench-${time.now()}`,
      input: { cluster: 'demo', reason: 'bench' },
      waitTimeOverrides: { WaitForApplicationBackup: 0, WaitForRecordsBackup: 0, WaitForZeebeBackup: 0 },
      // The engine does not wait; the calls do, on the overridden clock.
      around: async (input, call) => {
        const next = checked.safeParse(input).data?.progress.nextCheckAt;
        if (next) await time.sleep(Date.parse(next) - time.now());
        return time.busy(call);
      },
    });
    const outcome = await running.result;
    if (outcome.status !== 'SUCCEEDED')
      throw new Error(`The backup that is counted did not succeed: ${JSON.stringify(outcome)}`);
    await time.sleep(3_600_000);
    return { ...running.counts };
  };
  try {
    return [await run(), await run()] as const;
  } finally {
    await close();
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}
