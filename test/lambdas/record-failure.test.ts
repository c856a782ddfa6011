import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import * as z from 'zod';
import { holdLock, pauseOf, run } from '../core/backup/world.ts';
import { at, cluster88, yaml88 } from '../core/fake-cluster.ts';
import { fakeSearch, json, type TestContext, testContext } from '../core/fakes.ts';
import { call, setUp, thrownByCall } from './call.ts';

describe('RecordFailure', () => {
  const message = 'It did not pause\nWhat to do: Look at the broker.';
  const lambdaCause = JSON.stringify({
    errorType: 'PauseFailed',
    errorMessage: message,
    trace: ['PauseFailed: It did not pause', '    at somewhere'],
  });

  async function record(failure: unknown) {
    const { context } = await setUp();
    const plan = await call('PrepareBackup', { request: { cluster: 'production' }, runId: 'run-1' }, context);
    assert(typeof plan === 'object');
    const output = await call('RecordFailure', { state: { ...plan, failure }, runId: 'run-1' }, context);
    return { output, manifest: await context.ledger.readManifest('production', 7), context };
  }

  for (const { what, Cause } of [
    { what: "Lambda's JSON", Cause: lambdaCause },
    { what: 'a sentence', Cause: message },
  ]) {
    test(`RecordFailure reads a cause that is ${what}`, async () => {
      const { output, manifest, context } = await record({ Error: 'PauseFailed', Cause });
      assert.deepEqual(output, { outcome: 'FAILED', failure: { Error: 'PauseFailed', Cause: message } });
      assert.equal(manifest?.state, 'FAILED');
      assert.deepEqual(manifest.failure, {
        error: 'PauseFailed',
        message: 'It did not pause',
        remedy: 'Look at the broker.',
      });
      assert.equal(await context.ledger.readLock('production'), undefined);
    });
  }

  test('RecordFailure of a run that could not be prepared takes the cluster from the request, and tells people', async () => {
    const { fake, context } = await setUp();
    await context.ledger.release('production', run.runId);
    fake.replies[`GET ${at.optimize}/actuator`] = json(404, { error: 'Not Found' });
    const request = { cluster: 'production', reason: 'nightly' };
    const error = await thrownByCall('PrepareBackup', { request, runId: 'run-2' }, context);
    assert.equal(error.name, 'RequestRefused');
    const failure = { Error: error.name, Cause: error.message };
    await call('RecordFailure', { state: { ...request, failure }, runId: 'run-2' }, context);
    assert.equal(await context.ledger.readLock('production'), undefined);
    assert.deepEqual(
      context.told.map(({ kind, severity, cluster, backupId }) => ({ kind, severity, cluster, backupId })),
      [{ kind: 'backupFailed', severity: 'WARNING', cluster: 'production', backupId: undefined }],
    );
  });

  test('RecordFailure tells people also of a failure whose request names no cluster', async () => {
    const context = testContext();
    const failure = { Error: 'ConfigurationError', Cause: 'The input of this state is wrong' };
    await call('RecordFailure', { state: { failure }, runId: 'run-1' }, context);
    assert.equal(context.told[0]?.cluster, 'unknown');
    assert.equal(context.told[0]?.reason, 'The input of this state is wrong');
  });

  test('A failure while exporting may be paused is told as CRITICAL, and its run keeps the lock', async () => {
    const { context } = await setUp();
    const plan = await call('PrepareBackup', { request: { cluster: 'production' }, runId: 'run-1' }, context);
    await context.ledger.changeLock('production', 'run-1', pauseOf());
    assert(typeof plan === 'object');
    const failure = { Error: 'ComponentTimedOut', Cause: message };
    await call('RecordFailure', { state: { ...plan, failure }, runId: 'run-1' }, context);
    assert.equal(context.told[0]?.kind, 'exportingLeftPaused');
    assert.equal(context.told[0]?.severity, 'CRITICAL');
    assert.equal((await context.ledger.readLock('production'))?.runId, 'run-1');
  });

  for (const { what, cause, text } of [
    { what: 'no cause', cause: {}, text: '' },
    { what: 'a cause that is another JSON', cause: { Cause: '{"a":1}' }, text: '{"a":1}' },
    { what: 'an empty cause', cause: { Cause: '' }, text: '' },
  ]) {
    test(`RecordFailure of an error with ${what} answers with the text "${text}"`, async () => {
      const { output } = await record({ Error: 'States.Timeout', ...cause });
      assert.deepEqual(output, {
        outcome: 'FAILED',
        failure: { Error: 'States.Timeout', Cause: text },
      });
    });
  }
});

describe('another try after an error that is known to pass', () => {
  const leaderChange = {
    Error: 'ComponentBackupInterrupted',
    Cause: 'Zeebe says that its backup is FAILED: There was a leader change',
  };
  const planned = z.looseObject({ run: z.looseObject({ backupId: z.number() }), attempts: z.number() });
  const triedAgain = z.strictObject({
    outcome: z.literal('TRY_AGAIN'),
    request: z.looseObject({ attempt: z.number() }),
    failed: z.looseObject({ run: z.unknown() }),
  });

  async function prepared(request: object = {}, yaml = yaml88) {
    const fake = cluster88();
    const context = testContext({ yaml, http: fake.http, search: fakeSearch() });
    const plan = planned.parse(
      await call(
        'PrepareBackup',
        { request: { cluster: 'production', ...request }, runId: 'run-1' },
        context,
      ),
    );
    return { fake, context, plan };
  }
  const record = (state: object, context: TestContext, failure: object = leaderChange) =>
    call('RecordFailure', { state: { ...state, failure }, runId: 'run-1' }, context);

  test('RecordFailure answers with the request of the next try and with what the failed one has left', async () => {
    const { context, plan } = await prepared({ reason: 'nightly', scheduledTime: '2026-11-21T09:00:00Z' });
    const { backupId } = plan.run;
    assert.deepEqual(await record(plan, context), {
      outcome: 'TRY_AGAIN',
      request: {
        cluster: 'production',
        reason: 'nightly',
        scheduledTime: '2026-11-21T09:00:00Z',
        attempt: 2,
        replaces: backupId,
      },
      failed: {
        run: plan.run,
        targets: [plan['applications'], plan['records'], plan['zeebe']].flat(),
      },
    });
    assert.equal((await context.ledger.readManifest('production', backupId))?.state, 'FAILED');
    assert.equal((await context.ledger.readLock('production'))?.runId, 'run-1');
  });

  test('A failed try after which the run goes on is told to nobody and counted nowhere', async () => {
    const { context, plan } = await prepared();
    await record(plan, context);
    assert.deepEqual(context.told, []);
    assert.deepEqual(context.measured, []);
  });

  test('An error that passes is found also where its cause is Lambda’s JSON', async () => {
    const { context, plan } = await prepared();
    const Cause = JSON.stringify({ errorType: leaderChange.Error, errorMessage: leaderChange.Cause });
    triedAgain.parse(await record(plan, context, { ...leaderChange, Cause }));
  });

  test('RecordFailure answers the same when it is called again because its answer was lost', async () => {
    const { context, plan } = await prepared();
    const first = await record(plan, context);
    assert.deepEqual(await record(plan, context), first);
  });

  test('DeleteFailedBackup and PrepareBackup understand what RecordFailure answers: a second backup follows', async () => {
    const { context, plan } = await prepared();
    const { request, failed } = triedAgain.parse(await record(plan, context));
    assert.deepEqual(await call('DeleteFailedBackup', failed, context), { deleted: [] });
    context.clock.advance(60);
    const second = planned.parse(await call('PrepareBackup', { request, runId: 'run-1' }, context));
    assert.equal(second.run.backupId, plan.run.backupId + 60);
    assert.equal((await context.ledger.readLock('production'))?.backupId, second.run.backupId);
  });

  for (const { where, request, yaml } of [
    { where: 'the configuration allows one try', request: {}, yaml: `${yaml88}    attempts: 1\n` },
    { where: 'somebody asked for its backup id', request: { backupId: 42 }, yaml: yaml88 },
  ]) {
    test(`A run makes no other try where ${where}`, async () => {
      const { context, plan } = await prepared(request, yaml);
      assert.deepEqual(await record(plan, context), { outcome: 'FAILED', failure: leaderChange });
      assert.equal(await context.ledger.readLock('production'), undefined);
      assert.equal(context.told.length, 1);
    });
  }

  test('A run ends after its last try, and people are told what the try before it came to', async () => {
    const { context, plan } = await prepared();
    const { request } = triedAgain.parse(await record(plan, context));
    const second = planned.parse(await call('PrepareBackup', { request, runId: 'run-1' }, context));
    const slow = { Error: 'ComponentTimedOut', Cause: 'The backup of Optimize was not complete' };
    assert.deepEqual(await record(second, context, slow), { outcome: 'FAILED', failure: slow });
    assert.equal(await context.ledger.readLock('production'), undefined);
    assert.equal(context.told.length, 1);
    assert.match(context.told[0]?.reason ?? '', /^The backup of Optimize was not complete/);
    assert.match(
      context.told[0]?.reason ?? '',
      new RegExp(`before it, the backup ${plan.run.backupId} failed: .*leader change`),
    );
  });

  test('A run makes as many tries as the configuration says', async () => {
    const { context, plan } = await prepared({}, `${yaml88}    attempts: 3\n`);
    const first = triedAgain.parse(await record(plan, context));
    const second = await call('PrepareBackup', { request: first.request, runId: 'run-1' }, context);
    const next = triedAgain.parse(await record(planned.parse(second), context));
    assert.equal(next.request.attempt, 3);
    const third = await call('PrepareBackup', { request: next.request, runId: 'run-1' }, context);
    assert.match(JSON.stringify(await record(planned.parse(third), context)), /"outcome":"FAILED"/);
  });

  test('A run ends where its next try cannot be prepared, and people are told of the try before', async () => {
    const { fake, context, plan } = await prepared();
    const { request } = triedAgain.parse(await record(plan, context));
    fake.replies[`GET ${at.optimize}/actuator`] = json(404, { error: 'Not Found' });
    const error = await thrownByCall('PrepareBackup', { request, runId: 'run-1' }, context);
    const failure = { Error: error.name, Cause: error.message };
    assert.match(JSON.stringify(await record(request, context, failure)), /"outcome":"FAILED"/);
    assert.equal(await context.ledger.readLock('production'), undefined);
    assert.match(context.told[0]?.reason ?? '', /before it, the backup \d+ failed: .*leader change/);
  });

  test('A run makes no other try while exporting may be paused: it keeps the lock, and the worst is told', async () => {
    const { context, plan } = await prepared();
    await context.ledger.changeLock('production', 'run-1', pauseOf());
    assert.deepEqual(await record(plan, context), { outcome: 'FAILED', failure: leaderChange });
    assert.equal(context.told[0]?.kind, 'exportingLeftPaused');
    assert.equal((await context.ledger.readLock('production'))?.runId, 'run-1');
  });

  test('A run makes no other try where another run has the lock', async () => {
    const { context, plan } = await prepared();
    await context.ledger.release('production', 'run-1');
    await holdLock(context, 'run-2');
    assert.deepEqual(await record(plan, context), { outcome: 'FAILED', failure: leaderChange });
    assert.equal((await context.ledger.readLock('production'))?.runId, 'run-2');
  });

  test('A run makes no other try after an error that does not pass', async () => {
    const { context, plan } = await prepared();
    const full = { Error: 'ComponentBackupFailed', Cause: 'Zeebe: No space left on device' };
    assert.deepEqual(await record(plan, context, full), { outcome: 'FAILED', failure: full });
    assert.equal(await context.ledger.readLock('production'), undefined);
  });
});
