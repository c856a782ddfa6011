import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import * as z from 'zod';
import { demoConfig } from '../cli/demo.ts';
import { type Simulator, startSimulator } from '../simulator/index.ts';
import { type Measured, round } from './figures.ts';

interface Scenario {
  name: string;
  camunda: '8.7' | '8.8';
  durations: Record<string, number>;
}

const scenarios: Scenario[] = [
  { name: 'short', camunda: '8.8', durations: { webApplications: 2, optimize: 2, records: 2, zeebe: 2 } },
  { name: 'mixed', camunda: '8.8', durations: { webApplications: 21, optimize: 13, records: 6, zeebe: 33 } },
  {
    name: 'older',
    camunda: '8.7',
    durations: { operate: 17, tasklist: 28, optimize: 9, records: 4, zeebe: 12 },
  },
  {
    name: 'long',
    camunda: '8.7',
    durations: { operate: 60, tasklist: 31, optimize: 45, records: 11, zeebe: 24 },
  },
];

/** What the bar of 1.15 leaves for starting up, and for the first look at each component. */
const allowanceSeconds = 3;

const { max } = Math;

/**
 * How much longer than necessary a backup and its pause take, measured by the simulator, beside the
 * documentation's own loop (a look every 5 s). The scenarios run side by side: they wait nearly all the time.
 */
export async function measureWaiting(): Promise<Measured> {
  const results = await Promise.all(scenarios.map(measureScenario));
  const worst = (of: (result: (typeof results)[number]) => number) => round(max(...results.map(of)), 3);
  return {
    figures: {
      waitRatio: worst(({ ours }) => ours.waitRatio),
      pauseRatio: worst(({ ours }) => ours.pauseRatio),
      waitRatioDocumentedLoop: worst(({ loop }) => loop.waitRatio),
      pauseRatioDocumentedLoop: worst(({ loop }) => loop.pauseRatio),
    },
    table: {
      title: `Waiting: ratio = (measured time − ${allowanceSeconds} s) ÷ the time that the components need; the worst is the figure, 1.15 the bar`,
      header: ['scenario', 'who', 'needs', 'took', 'ratio', 'pause needs', 'paused', 'ratio'],
      rows: results.flatMap(({ name, needs, ours, loop }) =>
        [['camunda-backup', ours] as const, ['documented loop', loop] as const].map(([who, one]) => [
          name,
          who,
          `${needs.total} s`,
          `${one.total.toFixed(1)} s`,
          one.waitRatio.toFixed(2),
          `${needs.paused} s`,
          `${one.paused.toFixed(1)} s`,
          one.pauseRatio.toFixed(2),
        ]),
      ),
    },
  };
}

async function measureScenario(scenario: Scenario) {
  const needs = criticalPath(scenario);
  const [ours, loop] = await Promise.all([measure(scenario, runOurs), measure(scenario, runDocumentedLoop)]);
  const rate = ({ total, paused }: { total: number; paused: number }) => ({
    total,
    paused,
    waitRatio: (total - allowanceSeconds) / needs.total,
    pauseRatio: (paused - allowanceSeconds) / needs.paused,
  });
  return { name: scenario.name, needs, ours: rate(ours), loop: rate(loop) };
}

function criticalPath({ camunda, durations }: Scenario) {
  const of = (name: string) => durations[name] ?? 0;
  const applications = max(of('webApplications'), of('operate'), of('tasklist'), of('optimize'));
  const rest = of('records') + of('zeebe');
  return { total: applications + rest, paused: camunda === '8.8' ? applications + rest : rest };
}

/** Seconds from the first request to the last one, and of the pause, as the simulator saw them. */
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
    return { total, paused: (pause.resumedAt - pause.pausedAt) / 1000 };
  } finally {
    await simulator.close();
  }
}

const execute = promisify(execFile);

/** The command line itself, as a user runs it. */
async function runOurs(simulator: Simulator): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-bench-'));
  const file = join(folder, 'camunda-backup.yaml');
  await writeFile(file, stringify(demoConfig(simulator, folder)));
  const { stdout } = await execute(process.execPath, ['dist/cli/main.js', 'run', '--config', file, '--json']);
  const result = z.object({ state: z.string() }).parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  if (result.state !== 'COMPLETED') throw new Error(`The backup that is measured is ${stdout}`);
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
