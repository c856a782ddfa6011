import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { startExecution } from '../../cli/local/engine.ts';
import type { Observation } from '../../cli/screen/observation.ts';
import { recordFailure } from '../../core/backup/fail.ts';
import { prepareBackup } from '../../core/backup/prepare.ts';
import type { Context } from '../../core/context.ts';
import { splitRemedy } from '../../lambdas/carried-error.ts';
import { withDeadline } from '../../lambdas/deadline.ts';
import { backup } from '../../statemachine/backup-procedure.ts';
import { at, cluster88, yaml88 } from '../core/fake-cluster.ts';
import { failureOf, fakeSearch, json, type TestContext, testContext } from '../core/fakes.ts';
import { writeManifest } from '../support/write-manifest.ts';
import { withoutWaits } from './definition.ts';

/**
 * What the embedded engine makes of the paths of the definition. Step Functions: `OutputPath` is a field of every state;
 * that of a Wait picks from its input, which is what it hands on.
 */

/** Enters the state machine somewhere, and ends it when PrepareBackup is called. */
async function enter(startAt: string, input: object, context: TestContext) {
  const seen: Observation[] = [];
  const running = startExecution({
    procedure: backup,
    context,
    runId: 'run-1',
    startAt,
    input,
    observe: (observation) => {
      seen.push(observation);
      if (observation.function === 'PrepareBackup' && observation.type !== 'called') void running.stop();
    },
    ...withoutWaits,
  });
  const outcome = await running.result;
  const called = seen.filter(({ type }) => type === 'called');
  return { outcome, seen, calls: called.map(({ state, input }) => ({ state, input })) };
}

/** A first try that has failed and is recorded. */
async function failedOnce() {
  const context = testContext({ yaml: yaml88, http: cluster88().http, search: fakeSearch() });
  const request = { cluster: 'production', reason: 'nightly', attempt: 1 };
  const plan = await prepareBackup(request, 'run-1', context);
  assert(plan.outcome === 'PLANNED');
  return { context, plan };
}

const failure = { Error: 'ComponentBackupInterrupted', Cause: 'There was a leader change' };

/** A context whose only answer to `url` is silence. */
function silentAt(url: string) {
  const { http } = cluster88();
  return testContext({
    yaml: yaml88,
    search: fakeSearch(),
    http: async (request) => (request.url === url ? new Promise(() => {}) : http(request)),
  });
}

describe('a state that does not come to an end', () => {
  test('A state that does not come to an end names the call that it waited for, as an error that may be repeated', async () => {
    const url = `${at.optimize}/actuator`;
    const request = { cluster: 'production', reason: 'nightly' };
    const { seen } = await enter('PrepareBackup', request, silentAt(url));
    const [first] = seen.filter(({ type }) => type === 'threw');
    assert(first?.type === 'threw');
    assert.equal(first.error.name, 'Unreachable');
    const { message, remedy } = splitRemedy(first.error.message);
    assert.equal(message, `This state did not end within 170 s: it was waiting for GET ${url} (for 170 s)`);
    assert.match(remedy ?? '', /^See whether this server hangs/);
  });

  test('A state that was given up begins no call any more, whatever comes late', async () => {
    const answers: (() => void)[] = [];
    const asked: string[] = [];
    const context = testContext({
      http: async ({ url }) => {
        asked.push(url);
        await new Promise<void>((resolve) => answers.push(resolve));
        return json(200, {});
      },
    });
    let late: unknown;
    const work = async (_: unknown, { http }: Context) => {
      await http({ method: 'GET', url: 'http://slow/1' });
      late = await failureOf(http({ method: 'POST', url: 'http://slow/2' }));
    };
    await assert.rejects(
      withDeadline(work, {}, context, 60),
      /waiting for GET http:\/\/slow\/1 \(for 60 s\)/,
    );
    for (const answer of answers) answer();
    await new Promise((resolve) => setImmediate(resolve));
    assert.match(String(late), /POST http:\/\/slow\/2 was not called, because its caller had given up/);
    assert.deepEqual(asked, ['http://slow/1']);
  });
});

describe('the embedded engine', () => {
  test('The engine hands PrepareBackup exactly the request after the wait, and the id of the execution', async () => {
    const { context, plan } = await failedOnce();
    const { run } = plan;
    const recorded = { error: failure.Error, message: failure.Cause };
    await recordFailure(run, recorded, context, { tryAgain: true });
    const request = { cluster: 'production', reason: 'nightly', attempt: 2, replaces: run.backupId };
    const state = { outcome: 'TRY_AGAIN', request, failed: { run, targets: [] }, deletion: { Error: 'x' } };
    const { calls, seen } = await enter('WaitBeforeTheNextTry', state, context);
    assert.deepEqual(calls, [{ state: 'PrepareBackup', input: { request, runId: 'run-1' } }]);
    assert.equal(seen.at(-1)?.type, 'answered', 'and PrepareBackup takes it');
  });

  test('The engine hands DeleteFailedBackup exactly what has failed, and forgets what it answers', async () => {
    const { context, plan } = await failedOnce();
    const { calls } = await enter('RecordFailure', { ...plan, failure }, context);
    const { run, applications, records, zeebe } = plan;
    assert.deepEqual(calls, [
      { state: 'RecordFailure', input: { state: { ...plan, failure }, runId: 'run-1' } },
      { state: 'DeleteFailedBackup', input: { run, targets: [...applications, ...records, ...zeebe] } },
      {
        state: 'PrepareBackup',
        input: {
          request: { cluster: 'production', reason: 'nightly', attempt: 2, replaces: run.backupId },
          runId: 'run-1',
        },
      },
    ]);
  });

  test('The engine goes on to the next try also when the deletion fails', async () => {
    const { context, plan } = await failedOnce();
    const { run } = plan;
    await context.ledger.release('production', 'run-1');
    const request = { cluster: 'production', reason: 'nightly', attempt: 2, replaces: run.backupId };
    const state = { outcome: 'TRY_AGAIN', request, failed: { run, targets: [] } };
    const { calls, seen } = await enter('DeleteFailedBackup', state, context);
    assert.deepEqual(calls.map(({ state }) => state).slice(0, 2), ['DeleteFailedBackup', 'PrepareBackup']);
    assert.deepEqual(calls[1]?.input, { request, runId: 'run-1' });
    const [, deletion] = seen;
    assert(deletion?.type === 'threw');
    assert.equal(deletion.error.name, 'LockLost');
  });

  test('An execution fails with the error and the cause that RecordFailure answers', async () => {
    const { context, plan } = await failedOnce();
    const full = {
      Error: 'ComponentBackupFailed',
      Cause: JSON.stringify({ errorType: 'ComponentBackupFailed', errorMessage: 'No space left' }),
    };
    const { calls, outcome } = await enter('RecordFailure', { ...plan, failure: full }, context);
    assert.deepEqual(
      calls.map(({ state }) => state),
      ['RecordFailure'],
    );
    assert.deepEqual(outcome, { status: 'FAILED', error: 'ComponentBackupFailed', cause: 'No space left' });
  });

  test('An execution succeeds with the answer of CompleteBackup where RecordFailure finds the backup complete', async () => {
    const { context, plan } = await failedOnce();
    const { run } = plan;
    const manifest = await context.ledger.readManifest('production', run.backupId);
    assert(manifest);
    await writeManifest(context.ledger, { ...manifest, state: 'COMPLETED' });
    const { outcome } = await enter('RecordFailure', { ...plan, failure }, context);
    assert.deepEqual(outcome, {
      status: 'SUCCEEDED',
      output: {
        backupId: run.backupId,
        cluster: 'production',
        state: 'COMPLETED',
        manifest: `memory:production/backups/${run.backupId}/manifest.json`,
      },
    });
  });

  test('An execution fails with the first error where nobody can be told of it, after nine calls of RecordFailure', async () => {
    const { context, plan } = await failedOnce();
    context.tell = async () => {
      throw new Error('no topic');
    };
    const full = { Error: 'VerificationFailed', Cause: 'No space left' };
    const { calls, outcome } = await enter('RecordFailure', { ...plan, failure: full }, context);
    assert.equal(calls.length, 9);
    assert.deepEqual(outcome, { status: 'FAILED', error: 'VerificationFailed', cause: 'No space left' });
  });
});
