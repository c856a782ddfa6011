import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { localContext } from '../cli/local/context.ts';
import type { Counts } from '../cli/local/counts.ts';
import { demoConfig } from '../cli/local/demo.ts';
import { type Outcome, startExecution } from '../cli/local/engine.ts';
import { runningTask } from '../core/backup/plan.ts';
import type { ComponentName } from '../core/components/kinds.ts';
import { config as schema } from '../core/config/schema.ts';
import type { Manifest } from '../core/ledger/manifest.ts';
import { sparing } from '../core/pacing.ts';
import { commands } from '../deployment/commands.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator/index.ts';
import { VirtualTime } from '../simulator/virtual-time.ts';
import { backup } from '../statemachine/backup-procedure.ts';
import { starts } from './scenarios.ts';

/** One backup of a cluster on AWS, by the clock of the simulated cluster. */
export interface DeployedBackup extends Counts {
  outcome: Outcome;
  /** The number of calls of each function. */
  calls: Record<string, number>;
  /** The number of events for other programs. */
  published: number;
  /** The whole time, in seconds. */
  totalSeconds: number;
  /** The seconds of the pause of exporting. */
  pausedSeconds: number;
  /** The seconds from the start of each component's backup to the moment at which its end was noticed. */
  noticedSeconds: Partial<Record<ComponentName, number>>;
}

/** The settings of the cluster that the demo's configuration does not have, such as `maxPause`. */
type Settings = Record<string, string | number>;

export interface DeployedCluster extends AsyncDisposable {
  /** Backs the cluster up. Each component takes as many seconds as `durations` say. */
  backUp: (durations: SimulatorOptions['durations']) => Promise<DeployedBackup>;
}

const checked = z.object({ progress: runningTask(z.unknown()).shape.progress });

/**
 * A simulated cluster that is backed up as on AWS, with an overridden clock: by the same state machine and handlers,
 * with the pacing of Step Functions. A call takes `callSeconds`, and the cluster answers in the middle of it.
 */
export async function deployedCluster(
  camunda: NonNullable<SimulatorOptions['camunda']>,
  { callSeconds = 0, settings = {} }: { callSeconds?: number; settings?: Settings } = {},
): Promise<DeployedCluster> {
  const time = new VirtualTime(Date.UTC(2026, 0, 1));
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-bench-'));
  const half = () => time.sleep(callSeconds * 500);

  return {
    async backUp(durations = {}) {
      const simulator = await startSimulator({ camunda, durations, clock: time });
      const { clusters, ...rest } = demoConfig(simulator, folder);
      const config = schema.parse({ ...rest, clusters: { demo: { ...clusters.demo, ...settings } } });
      const { context, close } = await localContext(config, commands({ program: 'camunda-backup' }), {
        clock: time,
        env: process.env,
        warn: (text) => console.error(text),
      });
      const calls: Record<string, number> = {};
      let published = 0;
      const startedAt = time.now();
      const running = startExecution({
        procedure: backup,
        context: {
          ...context,
          pacing: sparing,
          publish: async () => {
            published += 1;
          },
        },
        runId: `bench-${startedAt}`,
        input: { cluster: 'demo', reason: 'bench' },
        observe: (seen) => {
          if (seen.type === 'called') calls[seen.function] = (calls[seen.function] ?? 0) + 1;
        },
        waitTimeOverrides: {
          WaitForApplicationBackup: 0,
          WaitForRecordsBackup: 0,
          WaitForZeebeBackup: 0,
          WaitBeforeTheNextTry: 0,
        },
        // Only the calls wait on the overridden clock, because the engine does not wait.
        around: async (input, call) => {
          const next = checked.safeParse(input).data?.progress.nextCheckAt;
          if (next) await time.sleep(Date.parse(next) - time.now());
          await half();
          const answer = await time.busy(call);
          await half();
          return answer;
        },
      });
      try {
        const outcome = await running.result;
        const totalSeconds = (time.now() - startedAt) / 1000;
        const [id] = await context.ledger.newestIds('demo', 1, { clock: time });
        const manifest = id === undefined ? undefined : await context.ledger.readManifest('demo', id);
        const seen = { pausedSeconds: pausedIn(simulator), noticedSeconds: noticedIn(manifest, simulator) };
        // Ids are seconds, and the next backup needs another one.
        await time.sleep(3_600_000);
        return { ...running.counts, outcome, calls, published, totalSeconds, ...seen };
      } finally {
        await close();
        await simulator.close();
      }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

function pausedIn(simulator: Simulator): number {
  const [pause] = simulator.pauseHistory();
  if (!pause?.resumedAt) throw new Error('Exporting was not paused and resumed');
  return (pause.resumedAt - pause.pausedAt) / 1000;
}

function noticedIn(manifest: Manifest | undefined, simulator: Simulator): DeployedBackup['noticedSeconds'] {
  const noticed = (manifest?.components ?? []).map(({ component, endedAt = '' }) => {
    const [start] = simulator.calls({ operation: starts[component] });
    return [component, start && (Date.parse(endedAt) - start.at) / 1000];
  });
  return Object.fromEntries(noticed);
}
