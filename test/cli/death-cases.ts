/** Where a run dies in death.test.ts: before and after each state of the state machine, and at what is worth it in between. */
import type { ComponentEntry, Manifest } from '../../core/ledger/manifest.ts';
import { type ComponentName, type CourseFault, componentNames } from '../../simulator/index.ts';
import type { Bench } from './harness.ts';
import type { Change, Sign } from './kill.ts';

export interface Moment {
  /** `before` or `after` its state, or what is so within it, in the words of a title. */
  when: string;
  sign: Sign;
  /** What exporting is from this moment on. */
  exporting?: 'paused' | 'resumed';
  /** What becomes of the dead run's manifest. FAILED unless said. */
  leaves?: 'nothing' | 'COMPLETED';
  /** Tried in one order only; before and after a state are tried in both. */
  only?: Camunda;
  /** `repair` comes before the next `run`. */
  repair?: true;
}

type Camunda = '8.7' | '8.8';
type Component = Exclude<ComponentName, 'optimize' | 'tasklist'>;

const onBefore = (becomes: (change: Change) => boolean): Sign => ({ ledger: 'before', becomes });
const onWithin = (becomes: (change: Change) => boolean): Sign => ({ ledger: 'within', becomes });
export const onAfter = (becomes: (change: Change) => boolean | Promise<boolean>): Sign => ({
  ledger: 'after',
  becomes,
});

const isTaken = ({ lock }: Change) => lock !== undefined;
const isPauseRequested = ({ lock }: Change) => lock?.pause !== undefined;
const isPauseProven = ({ lock }: Change) => lock?.pause?.pausedAt !== undefined;
export const isResumeProven = ({ lock }: Change) => lock?.pause?.resumedAt !== undefined;
const isReleased = async ({ on, manifest, entry }: Change) =>
  manifest === undefined && entry === undefined && (await on.lock()) === undefined;
export const isManifest = (state: Manifest['state']) => (change: Change) => change.manifest?.state === state;
const isEntry = (component: Component, state: ComponentEntry['state']) => (change: Change) =>
  change.entry?.component === component && change.entry.state === state;
const isSecondTry = ({ manifest }: Change) => manifest?.state === 'RUNNING' && manifest.attempt === 2;

export const isPaused = ({ simulator }: Bench) => simulator.pausedSince() !== undefined;
const isResumed = (on: Bench) => !isPaused(on);
const isDeleted = ({ simulator }: Bench) =>
  simulator.calls({ operation: 'zeebe.delete' }).length > 0 &&
  componentNames.every((component) => simulator.backupIds(component).length === 0);
const isUnderWay =
  (component: Component) =>
  ({ simulator }: Bench) =>
    simulator.backupIds(component).length > 0;

const secondTry = 'the second try';

/** How the beginning and the end of each state are seen, and what is worth a death in between. */
function momentsOf(application: 'webApplications' | 'operate'): Record<string, Moment[]> {
  return {
    PrepareBackup: [
      { when: 'before', sign: onBefore(isTaken), leaves: 'nothing' },
      {
        when: 'with the lock and no plan',
        sign: { asks: 'zeebe.discover' },
        leaves: 'nothing',
        only: '8.8',
        repair: true,
      },
      { when: 'after', sign: onAfter(isManifest('RUNNING')) },
    ],
    PauseExporting: [
      { when: 'before', sign: onBefore(isPauseRequested) },
      { when: 'with the guard of the lock', sign: onWithin(isPauseRequested), only: '8.8' },
      { when: 'once the lock announces the pause', sign: onAfter(isPauseRequested), only: '8.7' },
      {
        when: 'with the pause asked for and not done',
        sign: { asks: 'zeebe.pause' },
        only: '8.8',
        repair: true,
      },
      {
        when: 'with its call done and unanswered',
        sign: { done: 'zeebe.pause', seen: isPaused },
        exporting: 'paused',
      },
      { when: 'after', sign: onAfter(isPauseProven) },
    ],
    StartApplicationBackup: [
      { when: 'before', sign: onBefore(isEntry(application, 'REQUESTED')) },
      {
        when: 'with its call done and unanswered',
        sign: { done: `${application}.start`, seen: isUnderWay(application) },
        only: '8.7',
      },
      { when: 'after', sign: onAfter(isEntry(application, 'STARTED')) },
    ],
    CheckApplicationBackup: [
      { when: 'before', sign: { asks: `${application}.check` } },
      { when: 'after', sign: onAfter(isEntry(application, 'COMPLETED')) },
    ],
    StartRecordsBackup: [
      { when: 'before', sign: onBefore(isEntry('records', 'REQUESTED')) },
      {
        when: 'with its call done and unanswered',
        sign: { done: 'search.create', seen: isUnderWay('records') },
        only: '8.8',
      },
      { when: 'after', sign: onAfter(isEntry('records', 'STARTED')) },
    ],
    CheckRecordsBackup: [
      { when: 'before', sign: { asks: 'search.get' } },
      { when: 'after', sign: onAfter(isEntry('records', 'COMPLETED')) },
    ],
    StartZeebeBackup: [
      { when: 'before', sign: onBefore(isEntry('zeebe', 'REQUESTED')) },
      {
        when: 'with its call done and unanswered',
        sign: { done: 'zeebe.start', seen: isUnderWay('zeebe') },
        only: '8.7',
      },
      { when: 'after', sign: onAfter(isEntry('zeebe', 'STARTED')) },
    ],
    CheckZeebeBackup: [
      { when: 'before', sign: { asks: 'zeebe.check' } },
      { when: 'after', sign: onAfter(isEntry('zeebe', 'COMPLETED')) },
    ],
    ResumeExporting: resume('8.8'),
    DescribeSnapshots: [
      { when: 'before', sign: { asks: 'search.status' } },
      {
        when: 'with the engine asked and nothing written',
        sign: { done: 'search.nodes', seen: isResumed },
        only: '8.7',
      },
      // Nothing else comes between its end and the manifest.
      { when: 'after', sign: onBefore(isManifest('COMPLETED')) },
    ],
    CompleteBackup: [
      { when: 'before', sign: onBefore(isManifest('COMPLETED')) },
      { when: 'with the guard of the manifest', sign: onWithin(isManifest('COMPLETED')), only: '8.7' },
      {
        when: 'with the manifest written and the lock not free',
        sign: onAfter(isManifest('COMPLETED')),
        leaves: 'COMPLETED',
        only: '8.8',
        repair: true,
      },
      { when: 'after', sign: onAfter(isReleased), leaves: 'COMPLETED' },
    ],
    ResumeExportingAfterFailure: resume('8.7'),
    RecordFailure: [
      { when: 'before', sign: onBefore(isManifest('FAILED')) },
      {
        when: 'with the manifest written and the lock not free',
        sign: onAfter(isManifest('FAILED')),
        only: '8.7',
      },
      { when: 'after', sign: onAfter(isReleased) },
    ],
    DeleteFailedBackup: [
      { when: 'before', sign: { asks: 'zeebe.delete' } },
      { when: 'after', sign: { waits: isDeleted } },
    ],
    [secondTry]: [
      { when: 'with its manifest', sign: onAfter(isSecondTry), only: '8.8' },
      {
        when: 'with exporting paused',
        sign: { asks: 'zeebe.resume', skip: 1 },
        exporting: 'paused',
        only: '8.7',
      },
    ],
  };
}

const resume = (only: Camunda): Moment[] => [
  { when: 'before', sign: { asks: 'zeebe.resume' } },
  {
    when: 'with its call done and unanswered',
    sign: { done: 'zeebe.resume', seen: isResumed },
    exporting: 'resumed',
    only,
  },
  { when: 'after', sign: onAfter(isResumeProven) },
];

const applications = ['StartApplicationBackup', 'CheckApplicationBackup'];
const first: Record<Camunda, string[]> = {
  '8.8': ['PrepareBackup', 'PauseExporting', ...applications],
  '8.7': ['PrepareBackup', ...applications, 'PauseExporting'],
};
const then = ['StartRecordsBackup', 'CheckRecordsBackup', 'StartZeebeBackup', 'CheckZeebeBackup'];
const failed = ['ResumeExportingAfterFailure', 'RecordFailure'];

interface Course {
  /** What follows when Zeebe's backup has ended. */
  last: string[];
  /** Which of the states a run has to take this course for. */
  tried: (state: string) => boolean;
  zeebe?: CourseFault;
}

const courses: Course[] = [
  { last: ['ResumeExporting', 'DescribeSnapshots', 'CompleteBackup'], tried: () => true },
  {
    last: failed,
    tried: (state) => failed.includes(state),
    zeebe: { component: 'zeebe', times: 'always', kind: { failed: {} } },
  },
  {
    last: [...failed, 'DeleteFailedBackup', secondTry],
    tried: (state) => state === 'DeleteFailedBackup' || state === secondTry,
    zeebe: { component: 'zeebe', kind: { failed: { reason: 'Backup is cancelled due to leader change.' } } },
  },
];

export interface Case extends Moment {
  camunda: Camunda;
  course: Course;
  state: string;
  /** Whether exporting is paused when it dies. */
  paused: boolean;
}

function casesOf(camunda: Camunda, course: Course): Case[] {
  const moments = momentsOf(camunda === '8.8' ? 'webApplications' : 'operate');
  let paused = false;
  const cases: Case[] = [];
  for (const state of [...first[camunda], ...then, ...course.last]) {
    for (const moment of moments[state] ?? []) {
      if (moment.exporting) paused = moment.exporting === 'paused';
      const isTried = course.tried(state) && (!moment.only || moment.only === camunda);
      if (isTried) cases.push({ ...moment, camunda, course, state, paused });
    }
  }
  return cases;
}

export const cases = (['8.8', '8.7'] as const).flatMap((camunda) =>
  courses.flatMap((course) => casesOf(camunda, course)),
);
