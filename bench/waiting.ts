import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import * as z from 'zod';
import { demoConfig } from '../cli/local/demo.ts';
import { type Operation, type Simulator, startSimulator } from '../simulator/index.ts';
import { type Measured, round } from './figures.ts';
import { needsOf, type Scenario, scenarios, starts } from './scenarios.ts';

/** The bar for every stage and for the pause: at most this many seconds plus this share of its time too late. */
const late = { seconds: 1, share: 0.02 };
/** The time between two starts, because a start uses a whole processor and would delay the running scenarios. */
const apartSeconds = 1;

/**
 * Measures with the simulator how much longer than necessary a backup and its pause take, compared with the
 * documentation's own loop (a check every 5 s). The scenarios run concurrently, because they wait nearly all the time.
 */
export async function measureWaiting(seed: number): Promise<Measured> {
  const results = await Promise.all(
    scenarios(seed).map(async (scenario, index) => {
      await sleep(index * apartSeconds * 1000);
      return measureScenario(scenario);
    }),
  );
  type Result = (typeof results)[number];
  const worst = (of: (result: Result) => number) => round(Math.max(...results.map(of)), 3);
  const ahead = results.filter(
    ({ ours, loop }) => ours.total < loop.total && ours.paused < loop.paused,
  ).length;
  return {
    figures: {
      waitRatio: worst(({ ours, needs }) => ours.total / needs.total),
      pauseRatio: worst(({ ours, needs }) => ours.paused / needs.paused),
      waitRatioDocumentedLoop: worst(({ loop, needs }) => loop.total / needs.total),
      pauseRatioDocumentedLoop: worst(({ loop, needs }) => loop.paused / needs.paused),
      behindDocumentedLoop: results.length - ahead,
      stageLateSeconds: worst(({ ours }) => ours.stageLate),
      pauseLateSeconds: worst(({ ours, needs }) => beyond(ours.paused, needs.paused)),
      waitingSeed: seed,
    },
    table: {
      title: `Waiting (seed ${seed}): ours is ahead of the documented loop in ${ahead} of ${results.length}; late is what a stage, or the pause, took beyond its need and ${late.share * 100} % of it, of the worst stage: the bar is ${late.seconds} s`,
      header: [
        'scenario',
        'who',
        'needs',
        'took',
        'ratio',
        'stage late',
        'pause needs',
        'paused',
        'ratio',
        'late',
      ],
      rows: results.flatMap(({ name, needs, ours, loop }) =>
        [['camunda-backup', ours] as const, ['documented loop', loop] as const].map(([who, one]) => [
          name,
          who,
          `${needs.total.toFixed(1)} s`,
          `${one.total.toFixed(1)} s`,
          (one.total / needs.total).toFixed(3),
          `${one.stageLate.toFixed(2)} s`,
          `${needs.paused.toFixed(1)} s`,
          `${one.paused.toFixed(1)} s`,
          (one.paused / needs.paused).toFixed(3),
          `${beyond(one.paused, needs.paused).toFixed(2)} s`,
        ]),
      ),
    },
  };
}

const beyond = (took: number, needs: number) => took - needs * (1 + late.share);

async function measureScenario(scenario: Scenario) {
  const [ours, loop] = await Promise.all([measure(scenario, runOurs), measure(scenario, runDocumentedLoop)]);
  return { name: scenario.name, needs: needsOf(scenario), ours, loop };
}

/** The seconds of the whole backup and of the pause, and the lateness of the worst stage, as the simulator saw them. */
async function measure(
  { camunda, durations }: Scenario,
  run: (simulator: Simulator, camunda: string) => Promise<void>,
) {
  const simulator = await startSimulator({ camunda, durations });
  try {
    const startedAt = Date.now();
    await run(simulator, camunda);
    const total = (Date.now() - startedAt) / 1000;
    const [pause] = simulator.pauseHistory();
    if (!pause?.resumedAt) throw new Error('Exporting was not paused and resumed');
    const stageLate = Math.max(...latenessOfStages(simulator, { camunda, durations }));
    return { total, paused: (pause.resumedAt - pause.pausedAt) / 1000, stageLate };
  } finally {
    await simulator.close();
  }
}

/** The seconds from the end of each stage to the first request of the next one, without the allowed share. */
function latenessOfStages(
  simulator: Simulator,
  { camunda, durations }: Pick<Scenario, 'camunda' | 'durations'>,
): number[] {
  const first = (operation: Operation) => simulator.calls({ operation })[0]?.at;
  const stage = (components: (keyof typeof starts)[], next: Operation): number => {
    const begun = components.flatMap((component) => {
      const at = first(starts[component]);
      return at === undefined ? [] : [{ at, endsAt: at + (durations[component] ?? 0) * 1000 }];
    });
    const nextAt = first(next);
    if (begun.length === 0 || nextAt === undefined) throw new Error(`A stage before ${next} was not seen`);
    const from = Math.min(...begun.map(({ at }) => at));
    const needs = Math.max(...begun.map(({ endsAt }) => endsAt)) - from;
    return beyond((nextAt - from) / 1000, needs / 1000);
  };
  return [
    stage(
      ['webApplications', 'operate', 'tasklist', 'optimize'],
      camunda === '8.8' ? 'search.create' : 'zeebe.pause',
    ),
    stage(['records'], 'zeebe.start'),
    stage(['zeebe'], 'zeebe.resume'),
  ];
}

const execute = promisify(execFile);

/** Runs the command line as a user does. */
async function runOurs(simulator: Simulator): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-bench-'));
  const file = join(folder, 'camunda-backup.yaml');
  await writeFile(file, stringify(demoConfig(simulator, folder)));
  const { stdout } = await execute(process.execPath, ['dist/cli/main.js', 'run', '--config', file, '--json']);
  const result = z.object({ state: z.string() }).parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  if (result.state !== 'COMPLETED') throw new Error(`The measured backup is not COMPLETED: ${stdout}`);
  await rm(folder, { recursive: true, force: true });
}

async function runDocumentedLoop({ urls }: Simulator, camunda: string): Promise<void> {
  await execute('bash', ['bench/documented-loop.sh'], {
    env: {
      ...process.env,
      ORDER: camunda,
      ZEEBE_URL: urls.zeebe,
      OPERATE_URL: urls.operate ?? '',
      TASKLIST_URL: urls.tasklist ?? '',
      WEBAPPS_URL: urls.webApplications ?? '',
      OPTIMIZE_URL: urls.optimize ?? '',
      SEARCH_URL: urls.search ?? '',
    },
  });
}
