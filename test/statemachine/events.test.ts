import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { startExecution } from '../../cli/local/engine.ts';
import { runningTask } from '../../core/backup/plan.ts';
import { afterLook } from '../../core/backup/progress.ts';
import { type ComponentName, componentNames } from '../../core/components/kinds.ts';
import { stages } from '../../core/components/stages.ts';
import { target } from '../../core/components/target.ts';
import { nextCheckAt, sparing } from '../../core/pacing.ts';
import type { Handler } from '../../lambdas/handler.ts';
import { backup } from '../../statemachine/backup-procedure.ts';
import { type Execution, eventsOf, mostEvents } from '../../statemachine/events.ts';
import { testContext } from '../core/fakes.ts';
import { withoutWaits } from './definition.ts';

const hour = 3600;
const run = { cluster: 'production', backupId: 7, runId: 'run-1' };
const start = Date.parse('2026-11-21T09:00:00.000Z');
const isoOf = (moment: number) => new Date(moment).toISOString();

/**
 * Runs the state machine with functions that make every component as restless as can be: every second look finds it
 * between two parts, so that the next one comes soon, and it ends at its time limit. Zeebe fails then, in every try.
 * A look takes place at the moment that is due, so that no clock is needed. Returns the events of the history.
 */
async function countEvents({ timeoutSeconds, attempts, components }: Execution): Promise<number> {
  const limits = { patienceSeconds: 300, timeoutSeconds, maxPauseSeconds: 1e9 };
  const named = componentNames.filter((name) => name !== 'zeebe' && name !== 'records');
  const placed = (component: ComponentName) =>
    component === 'records'
      ? { engine: 'elasticsearch', url: 'http://es', repository: 'r', indexPattern: 'i', component }
      : { url: 'http://camunda', path: 'backups', component };
  const lists = {
    applications: named.slice(0, components.applications).map(placed),
    records: components.records ? [placed('records')] : [],
    zeebe: [placed('zeebe')],
  };
  let tries = 0;
  const looks = new Map<string, number>();

  const begin: Handler<unknown> = async (input) => {
    const due = nextCheckAt({ startedAt: start, now: start, looks: 0, timeoutSeconds, pacing: sparing });
    return Object.assign({}, input, {
      progress: { state: 'IN_PROGRESS', startedAt: isoOf(start), nextCheckAt: isoOf(due), partsDone: 0 },
    });
  };
  const check: Handler<unknown> = async (input) => {
    const task = runningTask(target).parse(input);
    const {
      progress: before,
      target: { component },
    } = task;
    const now = Date.parse(before.nextCheckAt);
    const count = (looks.get(component) ?? 0) + 1;
    looks.set(component, count);
    const ends = component !== 'zeebe' && now - start >= timeoutSeconds * 1000;
    const state = ends ? 'COMPLETED' : count % 2 === 0 ? 'INCOMPLETE' : 'IN_PROGRESS';
    const seen = { state, parts: ends ? [{ name: 'a', state: 'SUCCESS' }] : [] } as const;
    const look = {
      component,
      seen: { ...seen, parts: [...seen.parts] },
      before,
      now,
      limits,
      pacing: sparing,
    };
    return { ...task, progress: afterLook(look) };
  };
  const answers: Record<string, Handler<unknown>> = {
    PrepareBackup: async () => ({
      outcome: 'PLANNED',
      order: 'PAUSE_FIRST',
      run,
      exporting: {},
      limits,
      ...lists,
    }),
    StartComponentBackup: begin,
    StartRecordsBackup: begin,
    CheckComponentBackup: check,
    CheckRecordsBackup: check,
    ResumeExporting: async () => ({ resumed: 'proven' }),
    RecordFailure: async () => {
      tries += 1;
      if (tries === attempts)
        return { outcome: 'FAILED', failure: { Error: 'ComponentTimedOut', Cause: '' } };
      return { outcome: 'TRY_AGAIN', failed: {}, request: {} };
    },
  };
  const functions = Object.fromEntries(
    Object.entries(backup.functions).map(([name, one]) => [
      name,
      { ...one, work: answers[name] ?? (async () => ({})) },
    ]),
  );
  const { result, counts } = startExecution({
    ...withoutWaits,
    procedure: { ...backup, functions },
    context: testContext(),
    runId: run.runId,
    input: {},
    waitTimeOverrides: {
      ...withoutWaits.waitTimeOverrides,
      WaitForApplicationBackup: 0,
      WaitForRecordsBackup: 0,
      WaitForZeebeBackup: 0,
    },
  });
  const outcome = await result;
  assert(outcome.status === 'FAILED');
  assert.equal(outcome.error, 'ComponentTimedOut', outcome.cause);
  assert.equal(tries, attempts);
  return counts.events;
}

test('An execution whose components are looked at as often as can be, and fail in every try, has as many events as are foreseen', async () => {
  const execution = {
    timeoutSeconds: 24 * hour,
    attempts: 2,
    components: { applications: 1, records: 1, zeebe: 1 },
  };
  const events = await countEvents(execution);
  const foreseen = eventsOf(execution);
  assert(events <= foreseen, `${events} events, and ${foreseen} are foreseen`);
  assert(events > foreseen * 0.97, `${events} events, and ${foreseen} are foreseen`);
});

test('Five tries of 24 hours for each of the five components of 8.7 leave a thousand events for what is retried', () => {
  const components = { applications: 3, records: 1, zeebe: 1 };
  const events = eventsOf({ timeoutSeconds: 24 * hour, attempts: 5, components });
  assert(events <= mostEvents - 1000, `${events} events`);
});

test('Every try, every component and every day adds its events', () => {
  const least = { timeoutSeconds: hour, attempts: 1, components: { applications: 0, records: 0, zeebe: 1 } };
  const all = { applications: 3, records: 1, zeebe: 1 };
  for (const more of [
    { ...least, attempts: 2 },
    ...stages.map((stage) => ({ ...least, components: { ...least.components, [stage]: 2 } })),
    { ...least, timeoutSeconds: 48 * hour },
  ]) {
    assert(eventsOf(more) > eventsOf(least), JSON.stringify(more));
  }
  assert(eventsOf({ timeoutSeconds: 14 * 24 * hour, attempts: 5, components: all }) > mostEvents);
});
