import { eventsOf } from '../statemachine/events.ts';
import { costOf } from './backup-cost.ts';
import { type DeployedBackup, deployedCluster } from './deployed-cluster.ts';
import { documentedLoop } from './documented-loop.ts';
import { type Measured, round } from './figures.ts';
import { completed } from './long-backup.ts';
import { needsOf, random, type Scenario } from './scenarios.ts';

/** The shortest durations of each cluster. A backup of it takes up to twice as long. */
const clusters: Scenario[] = [
  {
    name: 'a minute',
    camunda: '8.8',
    durations: { webApplications: 20, optimize: 10, records: 5, zeebe: 20 },
  },
  {
    name: '10 minutes',
    camunda: '8.8',
    durations: { webApplications: 160, optimize: 40, records: 40, zeebe: 200 },
  },
  {
    name: '2 hours',
    camunda: '8.7',
    durations: { operate: 2400, tasklist: 1200, optimize: 900, records: 600, zeebe: 2400 },
  },
];
/** The backups of each cluster: three are drawn, and then the longest stands between two of the shortest. */
const shares = (drawn: () => number): (() => number)[] => [drawn, drawn, drawn, () => 0, () => 1, () => 0];

/** The most that is allowed: every component is late by so many seconds and a share of its duration. */
export const paceBars = {
  deployedWaitRatio: 1.2,
  deployedPauseRatio: 1.2,
  deployedLateSeconds: 2,
  deployedLateSecondsFirst: 5,
  deployedDollars: 0.02,
  deployedEventsMost: 24_000,
};

export const paceFigures = [
  ...Object.keys(paceBars),
  'deployedWaitRatioFirst',
  'deployedPauseRatioFirst',
  'deployedWaitRatioDocumentedLoop',
  'deployedPauseRatioDocumentedLoop',
  'deployedDollarsMost',
];

/** The allowed share of a component's duration. */
const allowed = { first: 0.08, later: 0.02 };

/** A call of a warm function, with what Step Functions needs around it. */
const callSeconds = 0.25;

interface MeasuredBackup {
  name: string;
  isFirst: boolean;
  needs: { total: number; paused: number };
  ours: DeployedBackup;
  loop: { total: number; paused: number };
  /** The worst component's lateness without the share of its duration that is allowed. */
  late: { first: number; later: number };
  dollars: number;
}

/**
 * Measures how much longer than necessary a backup on AWS and its pause take, compared with the documentation's own loop
 * (a check every 5 s), on an overridden clock. The durations of each component vary by a factor of two from backup to
 * backup.
 */
export async function measurePace(seed: number): Promise<Measured> {
  const next = random(seed);
  const measured: MeasuredBackup[] = [];
  for (const cluster of clusters) measured.push(...(await measureCluster(cluster, next)));
  const first = measured.filter(({ isFirst }) => isFirst);
  const later = measured.filter(({ isFirst }) => !isFirst);
  const worst = (of: (one: MeasuredBackup) => number, among: MeasuredBackup[]) =>
    round(Math.max(...among.map(of)), 3);
  const dollars = (among: MeasuredBackup[]) =>
    round(among.reduce((sum, one) => sum + one.dollars, 0) / among.length, 5);
  return {
    figures: {
      deployedWaitRatio: worst(({ ours, needs }) => ours.totalSeconds / needs.total, later),
      deployedPauseRatio: worst(({ ours, needs }) => ours.pausedSeconds / needs.paused, later),
      deployedWaitRatioFirst: worst(({ ours, needs }) => ours.totalSeconds / needs.total, first),
      deployedPauseRatioFirst: worst(({ ours, needs }) => ours.pausedSeconds / needs.paused, first),
      deployedWaitRatioDocumentedLoop: worst(({ loop, needs }) => loop.total / needs.total, later),
      deployedPauseRatioDocumentedLoop: worst(({ loop, needs }) => loop.paused / needs.paused, later),
      deployedLateSeconds: worst(({ late }) => late.later, later),
      deployedLateSecondsFirst: worst(({ late }) => late.first, first),
      deployedDollars: Math.max(
        ...clusters.map(({ name }) => dollars(later.filter((one) => one.name === name))),
      ),
      deployedDollarsMost: worst((one) => one.dollars, measured),
      deployedEventsMost: eventsOf({
        timeoutSeconds: 24 * 3600,
        attempts: 5,
        components: { applications: 3, records: 1, zeebe: 1 },
      }),
    },
    table: {
      title: `The pace on AWS (time overridden, ${callSeconds} s a call, seed ${seed}); late is what the worst component took beyond its duration and 2 % of it, 8 % in a first backup`,
      header: [
        'cluster',
        'backup',
        'needs',
        'took',
        'ratio',
        'loop',
        'pause',
        'paused',
        'ratio',
        'loop',
        'late',
        'looks',
        'dollars',
      ],
      rows: measured.map(({ name, isFirst, needs, ours, loop, late, dollars }) => [
        name,
        isFirst ? 'first' : 'later',
        `${needs.total.toFixed(0)} s`,
        `${ours.totalSeconds.toFixed(0)} s`,
        (ours.totalSeconds / needs.total).toFixed(3),
        (loop.total / needs.total).toFixed(3),
        `${needs.paused.toFixed(0)} s`,
        `${ours.pausedSeconds.toFixed(0)} s`,
        (ours.pausedSeconds / needs.paused).toFixed(3),
        (loop.paused / needs.paused).toFixed(3),
        `${(isFirst ? late.first : late.later).toFixed(2)} s`,
        String(looksOf(ours)),
        `$${dollars.toFixed(4)}`,
      ]),
    },
  };
}

async function measureCluster(
  { name, camunda, durations: shortest }: Scenario,
  next: () => number,
): Promise<MeasuredBackup[]> {
  await using cluster = await deployedCluster(camunda, { callSeconds, settings: { maxPause: '1d' } });
  const measured: MeasuredBackup[] = [];
  for (const share of shares(next)) {
    const durations = Object.fromEntries(
      Object.entries(shortest).map(([component, seconds]) => [component, seconds * (1 + share())]),
    );
    const scenario = { name, camunda, durations };
    const ours = completed(await cluster.backUp(durations));
    measured.push({
      name,
      isFirst: measured.length === 0,
      needs: needsOf(scenario),
      ours,
      loop: documentedLoop(scenario, callSeconds),
      late: {
        first: lateness(ours, durations, allowed.first),
        later: lateness(ours, durations, allowed.later),
      },
      dollars: costOf(ours).dollars.together,
    });
  }
  return measured;
}

/** How late the end of the worst component was noticed, beyond its duration and a share of it. */
function lateness(
  { noticedSeconds }: DeployedBackup,
  durations: Record<string, number>,
  share: number,
): number {
  const all = Object.entries(durations).map(
    ([component, seconds]) =>
      (new Map(Object.entries(noticedSeconds)).get(component) ?? Number.NaN) - seconds * (1 + share),
  );
  return Math.max(...all);
}

const looksOf = ({ calls }: DeployedBackup) =>
  (calls['CheckComponentBackup'] ?? 0) + (calls['CheckRecordsBackup'] ?? 0);
