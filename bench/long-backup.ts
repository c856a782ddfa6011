import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { localContext } from '../cli/local/context.ts';
import type { Counts } from '../cli/local/counts.ts';
import { demoConfig } from '../cli/local/demo.ts';
import { startExecution } from '../cli/local/engine.ts';
import { runningTask } from '../core/backup/plan.ts';
import { config as schema } from '../core/config/schema.ts';
import { sparing } from '../core/pacing.ts';
import { commands } from '../deployment/commands.ts';
import { startSimulator } from '../simulator/index.ts';
import { VirtualTime } from '../simulator/virtual-time.ts';
import { backup } from '../statemachine/backup-procedure.ts';

export interface Counted extends Counts {
  /** The number of calls of each function. */
  calls: Record<string, number>;
}

const checked = z.object({ progress: runningTask(z.unknown()).shape.progress });

/** Runs the first two backups of a cluster with an overridden clock. `durations` are the seconds of each component. */
export async function countTwoBackups(durations: Record<string, number>): Promise<[Counted, Counted]> {
  const time = new VirtualTime(Date.UTC(2026, 0, 1));
  const simulator = await startSimulator({ camunda: '8.8', durations, clock: time });
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-bench-'));
  const written = demoConfig(simulator, folder);
  // These backups are longer than the default limit of a pause.
  const config = { ...written, clusters: { demo: { ...written.clusters.demo, maxPause: '30h' } } };
  const { context, close } = await localContext(
    schema.parse(config),
    commands({ program: 'camunda-backup' }),
    {
      clock: time,
      env: process.env,
      warn: (text) => console.error(text),
    },
  );
  const run = async (): Promise<Counted> => {
    const calls: Record<string, number> = {};
    const running = startExecution({
      procedure: backup,
      context: { ...context, pacing: sparing },
      runId: `bench-${time.now()}`,
      input: { cluster: 'demo', reason: 'bench' },
      observe: (seen) => {
        if (seen.type === 'called') calls[seen.function] = (calls[seen.function] ?? 0) + 1;
      },
      waitTimeOverrides: { WaitForApplicationBackup: 0, WaitForRecordsBackup: 0, WaitForZeebeBackup: 0 },
      // Only the calls wait on the overridden clock, because the engine does not wait.
      around: async (input, call) => {
        const next = checked.safeParse(input).data?.progress.nextCheckAt;
        if (next) await time.sleep(Date.parse(next) - time.now());
        return time.busy(call);
      },
    });
    const outcome = await running.result;
    if (outcome.status !== 'SUCCEEDED') {
      throw new Error(`The counted backup did not succeed: ${JSON.stringify(outcome)}`);
    }
    await time.sleep(3_600_000);
    return { ...running.counts, calls };
  };
  try {
    return [await run(), await run()];
  } finally {
    await close();
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  }
}
