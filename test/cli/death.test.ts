import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { relative, sep } from 'node:path';
import { describe, test } from 'node:test';
import * as z from 'zod';
import { taskStates } from '../../cli/definition.ts';
import { type Lock, lock } from '../../core/ledger/lock.ts';
import { type ComponentEntry, componentEntry, type Manifest, manifest } from '../../core/ledger/manifest.ts';
import { type CourseFault, componentNames, type Operation } from '../../simulator/index.ts';
import { shortWaitsOfProcess } from '../support/command.ts';
import { assertCode, type Bench, bench, until } from './harness.ts';

/**
 * `camunda-backup run` is killed before and after each state of the state machine, and the next command has to put
 * right what it left. The cluster stands still at a call, the ledger at a change (ledger-gate.ts), so that the process
 * dies there and not about there.
 */

/** What a document of the ledger becomes; none of them where it is removed. */
interface Change {
  on: Bench;
  lock: Lock | undefined;
  manifest: Manifest | undefined;
  entry: ComponentEntry | undefined;
}

type Sign =
  /** The cluster is asked this, after `skip` other times, and has not done it. */
  | { asks: Operation; skip?: number }
  /** The cluster has done what it was asked; its answer is not there. */
  | { done: Operation; seen: (on: Bench) => boolean }
  /** The run waits, and does not go on by itself. */
  | { waits: (on: Bench) => boolean }
  /** `within`: while it holds the document's guard, so that its successor finds that too. */
  | { ledger: 'before' | 'within' | 'after'; becomes: (change: Change) => boolean | Promise<boolean> };

interface Moment {
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
type Component = Exclude<ComponentEntry['component'], 'optimize' | 'tasklist'>;

const before = (becomes: (change: Change) => boolean): Sign => ({ ledger: 'before', becomes });
const within = (becomes: (change: Change) => boolean): Sign => ({ ledger: 'within', becomes });
const after = (becomes: (change: Change) => boolean | Promise<boolean>): Sign => ({
  ledger: 'after',
  becomes,
});

const isTaken = ({ lock }: Change) => lock !== undefined;
const isPauseRequested = ({ lock }: Change) => lock?.pauseRequestedAt !== undefined;
const isPauseProven = ({ lock }: Change) => lock?.pausedAt !== undefined;
const isResumeProven = ({ lock }: Change) => lock?.resumedAt !== undefined;
const isReleased = async ({ on, manifest, entry }: Change) =>
  manifest === undefined && entry === undefined && (await on.lock()) === undefined;
const isManifest = (state: Manifest['state']) => (change: Change) => change.manifest?.state === state;
const isEntry = (component: Component, state: ComponentEntry['state']) => (change: Change) =>
  change.entry?.component === component && change.entry.state === state;
const isSecondTry = ({ manifest }: Change) => manifest?.state === 'RUNNING' && manifest.attempt === 2;

const isPaused = ({ simulator }: Bench) => simulator.pausedSince() !== undefined;
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
      { when: 'before', sign: before(isTaken), leaves: 'nothing' },
      {
        when: 'with the lock and no plan',
        sign: { asks: 'zeebe.discover' },
        leaves: 'nothing',
        only: '8.8',
        repair: true,
      },
      { when: 'after', sign: after(isManifest('RUNNING')) },
    ],
    PauseExporting: [
      { when: 'before', sign: before(isPauseRequested) },
      { when: 'with the guard of the lock', sign: within(isPauseRequested), only: '8.8' },
      { when: 'when the lock announces the pause', sign: after(isPauseRequested), only: '8.7' },
      { when: 'asked and not done', sign: { asks: 'zeebe.pause' }, only: '8.8', repair: true },
      { when: 'done and not answered', sign: { done: 'zeebe.pause', seen: isPaused }, exporting: 'paused' },
      { when: 'after', sign: after(isPauseProven) },
    ],
    StartApplicationBackup: [
      { when: 'before', sign: before(isEntry(application, 'REQUESTED')) },
      {
        when: 'done and not answered',
        sign: { done: `${application}.start`, seen: isUnderWay(application) },
        only: '8.7',
      },
      { when: 'after', sign: after(isEntry(application, 'STARTED')) },
    ],
    CheckApplicationBackup: [
      { when: 'before', sign: { asks: `${application}.check` } },
      { when: 'after', sign: after(isEntry(application, 'COMPLETED')) },
    ],
    StartRecordsBackup: [
      { when: 'before', sign: before(isEntry('records', 'REQUESTED')) },
      {
        when: 'done and not answered',
        sign: { done: 'search.create', seen: isUnderWay('records') },
        only: '8.8',
      },
      { when: 'after', sign: after(isEntry('records', 'STARTED')) },
    ],
    CheckRecordsBackup: [
      { when: 'before', sign: { asks: 'search.get' } },
      { when: 'after', sign: after(isEntry('records', 'COMPLETED')) },
    ],
    StartZeebeBackup: [
      { when: 'before', sign: before(isEntry('zeebe', 'REQUESTED')) },
      {
        when: 'done and not answered',
        sign: { done: 'zeebe.start', seen: isUnderWay('zeebe') },
        only: '8.7',
      },
      { when: 'after', sign: after(isEntry('zeebe', 'STARTED')) },
    ],
    CheckZeebeBackup: [
      { when: 'before', sign: { asks: 'zeebe.check' } },
      { when: 'after', sign: after(isEntry('zeebe', 'COMPLETED')) },
    ],
    ResumeExporting: resume('8.8'),
    CompleteBackup: [
      { when: 'before', sign: before(isManifest('COMPLETED')) },
      { when: 'with the guard of the manifest', sign: within(isManifest('COMPLETED')), only: '8.7' },
      {
        when: 'written and the lock not free',
        sign: after(isManifest('COMPLETED')),
        leaves: 'COMPLETED',
        only: '8.8',
        repair: true,
      },
      { when: 'after', sign: after(isReleased), leaves: 'COMPLETED' },
    ],
    ResumeExportingAfterFailure: resume('8.7'),
    RecordFailure: [
      { when: 'before', sign: before(isManifest('FAILED')) },
      { when: 'written and the lock not free', sign: after(isManifest('FAILED')), only: '8.7' },
      { when: 'after', sign: after(isReleased) },
    ],
    DeleteFailedBackup: [
      { when: 'before', sign: { asks: 'zeebe.delete' } },
      { when: 'after', sign: { waits: isDeleted } },
    ],
    [secondTry]: [
      { when: 'with its manifest', sign: after(isSecondTry), only: '8.8' },
      { when: 'paused', sign: { asks: 'zeebe.resume', skip: 1 }, exporting: 'paused', only: '8.7' },
    ],
  };
}

const resume = (only: Camunda): Moment[] => [
  { when: 'before', sign: { asks: 'zeebe.resume' } },
  {
    when: 'done and not answered',
    sign: { done: 'zeebe.resume', seen: isResumed },
    exporting: 'resumed',
    only,
  },
  { when: 'after', sign: after(isResumeProven) },
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
  { last: ['ResumeExporting', 'CompleteBackup'], tried: () => true },
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

interface Case extends Moment {
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

const cases = (['8.8', '8.7'] as const).flatMap((camunda) =>
  courses.flatMap((course) => casesOf(camunda, course)),
);

/** So short that the next run never finds an application that is busy with the dead run's backup. */
const atOnce = 0.05;
const durations = {
  webApplications: atOnce,
  operate: atOnce,
  tasklist: atOnce,
  optimize: atOnce,
  records: atOnce,
  zeebe: atOnce,
};

test('a death is tried before and after every state that calls a function, in both orders', () => {
  const tried = (wanted: string) =>
    cases
      .filter(({ when }) => when === wanted)
      .map(({ camunda, state }) => `${camunda} ${state}`)
      .sort();
  // TellFailure comes where the ledger takes nothing, and leaves nothing that RecordFailure has not left.
  const states = taskStates.map(({ state }) => state).filter((state) => state !== 'TellFailure');
  const wanted = states.flatMap((state) => [`8.7 ${state}`, `8.8 ${state}`]).sort();
  assert.deepEqual(tried('before'), wanted);
  assert.deepEqual(tried('after'), wanted);
});

describe('a run that is killed', { concurrency: 4 }, () => {
  for (const one of cases) {
    const { camunda, course, state, when, sign, paused, repair } = one;
    const place = when === 'before' || when === 'after' ? `${when} ${state}` : `in ${state}, ${when}`;
    test(`${camunda}: ${place}`, async (t) => {
      const on = await bench(t, { camunda, durations });
      if (course.zeebe) on.simulator.order(course.zeebe);
      await killAt(t, on, sign, { waits: state === 'DeleteFailedBackup' ? 'as-written' : 'short' });
      on.simulator.clearFaults();
      assert.equal(isPaused(on), paused, 'it did not die where the test thinks it did');

      if (repair) {
        assertCode(await on.repair().ended, 0);
        await assertPutRight(on, await manifests(on), one);
      }
      await assertNextCompletes(on, one);
    });
  }
});

describe('a run that is killed while it puts right what another left', { concurrency: 4 }, () => {
  const moments: Record<string, Sign> = {
    'before the resume': { asks: 'zeebe.resume' },
    'after the resume': after(isResumeProven),
    'after the manifest is FAILED': after(isManifest('FAILED')),
  };
  for (const [when, sign] of Object.entries(moments)) {
    test(when, async (t) => {
      const on = await bench(t, { durations });
      await killAt(t, on, { asks: 'webApplications.check' });
      await killAt(t, on, sign);
      on.simulator.clearFaults();
      await assertNextCompletes(on, {});
    });
  }
});

/** The next run puts everything right and completes. */
async function assertNextCompletes(on: Bench, left: Pick<Moment, 'leaves'>): Promise<void> {
  const next = await on.run().ended;
  assertCode(next, 0);
  const { state, backupId } = next.json();
  assert.equal(state, 'COMPLETED');
  const all = await manifests(on);
  const last = all.at(-1);
  assert.equal(last?.backupId, backupId);
  assert.equal(last?.state, 'COMPLETED');
  for (const component of last.expectedComponents) {
    const word = component === 'records' ? 'SUCCESS' : 'COMPLETED';
    assert.equal(on.simulator.backupState(component, last.backupId), word, component);
  }
  const dead = all.slice(0, -1);
  await assertPutRight(on, dead, left);
  assert.ok(dead.every(({ runId }) => runId !== last.runId));
  // Whatever the dead run had asked for is below, also what its manifest does not name.
  for (const component of componentNames) {
    const above: number[] = on.simulator.backupIds(component).filter((id) => id > last.backupId);
    assert.deepEqual(above, [], component);
  }
}

/** Starts a run and kills it at a sign. */
async function killAt(
  t: { after(done: () => Promise<void> | void): void },
  on: Bench,
  sign: Sign,
  { waits = 'as-written' }: { waits?: 'as-written' | 'short' } = {},
): Promise<void> {
  const held = Promise.withResolvers<void>();
  const skip = ('asks' in sign && sign.skip) || 0;
  if ('asks' in sign) on.simulator.order({ operation: sign.asks, skip, kind: 'hang' });
  if ('done' in sign) on.simulator.order({ operation: sign.done, kind: { lostAnswer: 'timeout' } });
  const gate = await gateOf(t, on, async (when, change) => {
    if (!('ledger' in sign) || sign.ledger !== when || !(await sign.becomes(change))) return false;
    held.resolve();
    return true;
  });
  const more = waits === 'short' ? ` ${shortWaitsOfProcess.NODE_OPTIONS}` : '';
  const run = on.spawnRun({ ...gate, NODE_OPTIONS: `${gate.NODE_OPTIONS}${more}` });
  const ended = run.ended.then(({ code, stderr }) => {
    if (code !== null) throw new Error(`It ended with ${code} before it could be killed:\n${stderr}`);
  });
  const sawIt = async () => {
    if ('ledger' in sign) await held.promise;
    if ('asks' in sign) await on.asked(sign.asks, skip + 1);
    if ('done' in sign) {
      await on.asked(sign.done);
      await until(`${sign.done} done`, () => sign.seen(on));
    }
    if ('waits' in sign) await until('the run waits', () => sign.waits(on));
  };
  await Promise.race([ended, sawIt()]);
  run.child.kill('SIGKILL');
  await ended;
  assert.equal((await run.ended).signal, 'SIGKILL');
}

const passage = z.object({
  when: z.enum(['before', 'within', 'after']),
  file: z.string(),
  text: z.string().optional(),
});

/** The environment of a command that asks here before it changes its ledger, and is not answered where it is held. */
async function gateOf(
  t: { after(done: () => Promise<void> | void): void },
  on: Bench,
  holds: (when: 'before' | 'within' | 'after', change: Change) => Promise<boolean>,
): Promise<{ LEDGER_GATE: string; NODE_OPTIONS: string }> {
  const server = createServer((request, response) => {
    const answer = async () => {
      const { when, file, text } = passage.parse(
        JSON.parse((await request.setEncoding('utf8').toArray()).join('')),
      );
      if (!(await holds(when, changeOf(on, file, text)))) response.end();
    };
    // The command was killed while it spoke.
    answer().catch(() => response.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const preload = new URL('./ledger-gate.ts', import.meta.url).href;
  return { LEDGER_GATE: `http://127.0.0.1:${address.port}`, NODE_OPTIONS: `--import ${preload}` };
}

function changeOf(on: Bench, file: string, text: string | undefined): Change {
  const key = relative(on.folder, file).split(sep).slice(1).join('/');
  const as = <T>(schema: z.ZodType<T>, keys: RegExp): T | undefined =>
    text !== undefined && keys.test(key) ? schema.safeParse(JSON.parse(text)).data : undefined;
  return {
    on,
    lock: as(lock, /^test\/lock\.json$/),
    manifest: as(manifest, /\/manifest\.json$/),
    entry: as(componentEntry, /\/components\/\w+\.json$/),
  };
}

/** Oldest first. */
async function manifests(on: Bench): Promise<Manifest[]> {
  const found: Manifest[] = [];
  for await (const one of on.ledger.manifests('test')) found.unshift(one);
  return found;
}

async function assertPutRight(
  on: Bench,
  dead: Manifest[],
  { leaves }: Pick<Moment, 'leaves'>,
): Promise<void> {
  await on.assertAllIsWell();
  assert.deepEqual(new Set(on.simulator.exporterPhases().map(({ phase }) => phase)), new Set(['EXPORTING']));
  if (leaves === 'nothing') assert.deepEqual(dead, []);
  else assert.notDeepEqual(dead, []);
  for (const one of dead) {
    assert.equal(one.state, leaves ?? 'FAILED');
    if (one.state === 'FAILED') assert.ok(one.failure?.message, 'a reason');
    assert.equal(one.exporting.leftPaused, false);
  }
  // Sorted by id: the order in which they began must be the same.
  const began = dead.map(({ startedAt }) => startedAt);
  assert.deepEqual(began, began.toSorted());
}
