import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as z from 'zod';
import { BackupError } from '../../core/errors.ts';
import { handler, splitRemedy } from '../../lambdas/handler.ts';
import { handlers } from '../../lambdas/index.ts';
import { entryOf, holdLock, manifest, run, target } from '../core/backup/world.ts';
import { at, cluster88, yaml88 } from '../core/fake-cluster.ts';
import { fakeSearch, json, type TestContext, testContext } from '../core/fakes.ts';

const limits = { patienceSeconds: 300, timeoutSeconds: 3600, maxPauseSeconds: 3600 };
const zeebe = { component: 'zeebe', url: at.zeebe, path: 'backupRuntime', partitions: 3 };
const records = {
  component: 'records',
  engine: 'elasticsearch',
  url: 'http://es:9200',
  repository: 'camunda',
  indexPattern: 'zeebe-record*',
};

/** Calls a function as the state machine does: plain JSON in, plain JSON out. */
async function call(name: string, input: unknown, context: TestContext): Promise<unknown> {
  const found = handlers[name];
  assert(found, `there is no ${name}`);
  const output = await found(JSON.parse(JSON.stringify(input)), context);
  assert.deepEqual(JSON.parse(JSON.stringify(output)), output);
  return output;
}

async function thrownByCall(name: string, input: unknown, context: TestContext): Promise<Error> {
  const [result] = await Promise.allSettled([call(name, input, context)]);
  assert(result.status === 'rejected' && result.reason instanceof Error, `${name} did not fail`);
  return result.reason;
}

async function setUp() {
  const fake = cluster88();
  const search = fakeSearch();
  const context = testContext({ yaml: yaml88, http: fake.http, search });
  await holdLock(context);
  return { fake, search, context };
}

const stateOf = (output: unknown) => /"state":"(\w+)"/.exec(JSON.stringify(output))?.[1];

describe('each function alone', () => {
  test('PrepareBackup makes a plan', async () => {
    const { context } = await setUp();
    await context.ledger.release('production', run.runId);
    const plan = await call('PrepareBackup', { request: { cluster: 'production' }, runId: 'run-2' }, context);
    assert.match(JSON.stringify(plan), /"outcome":"PLANNED".*"reason":"manual"/);
  });

  test('PrepareBackup skips where another run is at work', async () => {
    const { context } = await setUp();
    const skipped = await call(
      'PrepareBackup',
      { request: { cluster: 'production' }, runId: 'run-2' },
      context,
    );
    assert.match(JSON.stringify(skipped), /"outcome":"SKIPPED"/);
  });

  test('PauseExporting, ResumeExporting', async () => {
    const { context } = await setUp();
    assert.deepEqual(await call('PauseExporting', { run, target }, context), {
      pausedAt: '2026-11-21T09:00:00.000Z',
      pauseProof: 'proven',
    });
    assert.deepEqual(await call('ResumeExporting', { run, target }, context), { resumed: 'proven' });
  });

  test('StartComponentBackup, CheckComponentBackup: the same, with newer progress', async () => {
    const { fake, context } = await setUp();
    await call('PauseExporting', { run, target }, context);
    fake.replies[`POST ${at.zeebe}/actuator/backupRuntime`] = json(202, { message: 'scheduled' });
    const input = { run, target: zeebe, limits };
    const started = await call('StartComponentBackup', input, context);
    assert.deepEqual(started, {
      ...input,
      progress: {
        state: 'IN_PROGRESS',
        startedAt: '2026-11-21T09:00:00.000Z',
        nextCheckAt: '2026-11-21T09:00:01.000Z',
        partsDone: 0,
      },
    });
    const details = [1, 2, 3].map((partitionId) => ({ partitionId, state: 'COMPLETED' }));
    fake.replies[`GET ${at.zeebe}/actuator/backupRuntime/7`] = [
      json(404, { message: 'Backup with id 7 does not exist' }),
      json(200, { backupId: 7, state: 'COMPLETED', details }),
    ];
    const running = await call('CheckComponentBackup', started, context);
    assert.equal(stateOf(running), 'IN_PROGRESS');
    assert.equal(stateOf(await call('CheckComponentBackup', running, context)), 'COMPLETED');
    assert((await context.ledger.readLock('production'))?.pauseHeldAt);
  });

  test('StartRecordsBackup, CheckRecordsBackup, which close what they open', async () => {
    const { search, context } = await setUp();
    const started = await call('StartRecordsBackup', { run, target: records, limits }, context);
    assert.equal(search.created[0]?.name, 'camunda_zeebe_records_backup_7');
    assert.equal(stateOf(await call('CheckRecordsBackup', started, context)), 'IN_PROGRESS');
    const snapshot = await search.snapshot('camunda', 'camunda_zeebe_records_backup_7');
    assert(snapshot);
    snapshot.state = 'SUCCESS';
    assert.equal(stateOf(await call('CheckRecordsBackup', started, context)), 'COMPLETED');
    assert.equal(search.opened, 3);
    assert.equal(search.closed, 3);
  });

  test('CompleteBackup says where the manifest is', async () => {
    const { context } = await setUp();
    const request = { cluster: 'production', backupId: 7 };
    const plan = await call('PrepareBackup', { request, runId: 'run-1' }, context);
    assert(plan);
    const manifest = await context.ledger.readManifest('production', 7);
    assert(manifest);
    await context.ledger.writeManifest({ ...manifest, expectedComponents: [] });
    const pauseHeldAt = '2026-11-21T09:00:00.000Z';
    await context.ledger.changeLock('production', run.runId, { pauseHeldAt });
    assert.deepEqual(await call('CompleteBackup', { run }, context), {
      backupId: 7,
      cluster: 'production',
      state: 'COMPLETED',
      manifest: 'memory:production/backups/7/manifest.json',
    });
  });

  test('DeleteFailedBackup deletes what it is told of, and says what', async () => {
    const { fake, context } = await setUp();
    await context.ledger.createManifest({ ...manifest, state: 'FAILED' });
    await context.ledger.createEntry('production', 7, entryOf('zeebe', { state: 'FAILED' }));
    const gone = `DELETE ${at.zeebe}/actuator/backupRuntime/7`;
    fake.replies[gone] = json(204, '');
    assert.deepEqual(await call('DeleteFailedBackup', { run, targets: [records, zeebe] }, context), {
      deleted: ['zeebe'],
    });
    assert.deepEqual(fake.calls(), [gone]);
  });
});

describe('a wrong input', () => {
  const wrong: [string, unknown, RegExp][] = [
    ['PrepareBackup', { request: {}, runId: 'run-1' }, /request\.cluster/],
    ['PrepareBackup', { request: { cluster: 'production', id: 7 }, runId: 'run-1' }, /"id"/],
    ['PrepareBackup', { request: { cluster: 'production', backupId: -1 }, runId: 'run-1' }, /backupId/],
    ['PauseExporting', { run }, /target/],
    ['ResumeExporting', { run: { ...run, backupId: '7' }, target }, /run\.backupId/],
    [
      'StartComponentBackup',
      { run, target: { ...zeebe, component: 'console' }, limits },
      /target\.component/,
    ],
    ['CheckComponentBackup', { run, target: zeebe, limits }, /progress/],
    ['StartRecordsBackup', { run, target: zeebe, limits }, /target/],
    ['CheckRecordsBackup', { run, target: records, limits: {}, progress: {} }, /limits\.patienceSeconds/],
    [
      'CheckComponentBackup',
      { run, target: zeebe, limits: { ...limits, maxPauseSeconds: '1h' } },
      /maxPauseSeconds/,
    ],
    ['CompleteBackup', {}, /run/],
    ['PrepareBackup', { request: { cluster: 'production', attempt: 0 }, runId: 'run-1' }, /request\.attempt/],
    ['DeleteFailedBackup', { run }, /targets/],
    ['DeleteFailedBackup', { run, targets: [{ ...zeebe, component: 'console' }] }, /targets\[0\]/],
    ['DeleteFailedBackup', { run: { ...run, backupId: 0 }, targets: [] }, /run\.backupId/],
    ['RecordFailure', { state: { cluster: 'production' }, runId: 'run-1' }, /state\.failure/],
    ['RecordFailure', { state: { cluster: 'production', failure: { Error: 'X' } } }, /runId/],
  ];
  for (const [name, input, says] of wrong) {
    test(`of ${name} is a clear error before anything is done: ${says.source}`, async () => {
      const { fake, context } = await setUp();
      const writes = context.store.changes.length;
      const error = await thrownByCall(name, input, context);
      assert.equal(error.name, 'ConfigurationError');
      assert.match(error.message, /^The input of this state is wrong:\n/);
      assert.match(error.message, says);
      assert.deepEqual(fake.calls(), []);
      assert.equal(context.store.changes.length, writes);
    });
  }

  test('is refused by every function', async () => {
    for (const name of Object.keys(handlers)) {
      for (const input of [undefined, null, 7, 'text', [], {}]) {
        const { context } = await setUp();
        const work = handlers[name]?.(input, context);
        await assert.rejects(work ?? Promise.resolve(), { name: 'ConfigurationError' }, `${name} ${input}`);
      }
    }
  });
});

describe('an error', () => {
  const throwing = (error: Error) =>
    handler(z.unknown(), async () => {
      throw error;
    });

  test('travels by name, with its remedy in the message, and is split again', async () => {
    const original = new BackupError('PauseFailed', 'It did not pause', { remedy: 'Look at the broker.' });
    const [result] = await Promise.allSettled([throwing(original)({}, testContext())]);
    assert(result.status === 'rejected' && result.reason instanceof Error);
    assert.equal(result.reason.name, 'PauseFailed');
    assert.deepEqual(splitRemedy(result.reason.message), {
      message: 'It did not pause',
      remedy: 'Look at the broker.',
    });
  });

  test('that nobody knows anything about travels as it is', async () => {
    const [result] = await Promise.allSettled([
      throwing(new BackupError('Interrupted', 'Somebody has it'))({}, testContext()),
    ]);
    assert(result.status === 'rejected' && result.reason instanceof Error);
    assert.deepEqual(splitRemedy(result.reason.message), { message: 'Somebody has it' });
  });

  for (const [error, remedy] of [
    [new BackupError('VerificationFailed', 'Not seen complete: Zeebe'), /start a new backup/],
    [new BackupError('LedgerError', 'The lock kept changing while it was written'), /something else changes/],
    [new BackupError('ComponentBackupFailed', 'Zeebe says FAILED: leader change'), /lost its leadership/],
    [new BackupError('ComponentBackupFailed', 'Zeebe says FAILED: no word'), /See the log of this component/],
    [new BackupError('VerificationFailed', 'leader change', { remedy: 'Its own.' }), /^Its own\.$/],
  ] as const) {
    test(`says what to do, as well as it is known: ${error.name}, ${error.message}`, async () => {
      const [result] = await Promise.allSettled([throwing(error)({}, testContext())]);
      assert(result.status === 'rejected' && result.reason instanceof Error);
      assert.match(splitRemedy(result.reason.message).remedy ?? '', remedy);
    });
  }

  test('that is a bug keeps its own name', async () => {
    await assert.rejects(throwing(new TypeError('a bug'))({}, testContext()), TypeError);
  });
});

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

  for (const [what, Cause] of [
    ["Lambda's JSON", lambdaCause],
    ['a sentence', message],
  ] as const) {
    test(`reads a cause that is ${what}`, async () => {
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

  test('of a run that could not be prepared takes the cluster from the request, and tells people', async () => {
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

  test('of a request that was none is told as well', async () => {
    const context = testContext();
    const failure = { Error: 'ConfigurationError', Cause: 'The input of this state is wrong' };
    await call('RecordFailure', { state: { failure }, runId: 'run-1' }, context);
    assert.equal(context.told[0]?.cluster, 'unknown');
    assert.equal(context.told[0]?.reason, 'The input of this state is wrong');
  });

  test('while exporting may be paused is told as the worst, and the lock stays', async () => {
    const { context } = await setUp();
    const plan = await call('PrepareBackup', { request: { cluster: 'production' }, runId: 'run-1' }, context);
    await context.ledger.changeLock('production', 'run-1', { pauseRequestedAt: '2026-11-21T09:00:01.000Z' });
    assert(typeof plan === 'object');
    const failure = { Error: 'ComponentTimedOut', Cause: message };
    await call('RecordFailure', { state: { ...plan, failure }, runId: 'run-1' }, context);
    assert.equal(context.told[0]?.kind, 'exportingLeftPaused');
    assert.equal(context.told[0]?.severity, 'CRITICAL');
    assert.equal((await context.ledger.readLock('production'))?.runId, 'run-1');
  });

  for (const [what, Cause, text] of [
    ['no cause', undefined, ''],
    ['another JSON', '{"a":1}', '{"a":1}'],
    ['an empty cause', '', ''],
  ] as const) {
    test(`takes ${what} as it is`, async () => {
      const { output } = await record({ Error: 'States.Timeout', ...(Cause === undefined ? {} : { Cause }) });
      assert.deepEqual(output, {
        outcome: 'FAILED',
        failure: { Error: 'States.Timeout', Cause: text },
      });
    });
  }
});

describe('RecordFailure of what is known to pass', () => {
  const leaderChange = {
    Error: 'ComponentBackupFailed',
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

  test('answers with the request of the next try and with what the failed one has left', async () => {
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

  test('tells nobody and counts nothing: the run goes on', async () => {
    const { context, plan } = await prepared();
    await record(plan, context);
    assert.deepEqual(context.told, []);
    assert.deepEqual(context.measured, []);
  });

  test('reads the cause also in Lambda’s JSON', async () => {
    const { context, plan } = await prepared();
    const Cause = JSON.stringify({ errorType: leaderChange.Error, errorMessage: leaderChange.Cause });
    triedAgain.parse(await record(plan, context, { ...leaderChange, Cause }));
  });

  test('that is called again, because its answer was lost, answers the same', async () => {
    const { context, plan } = await prepared();
    const first = await record(plan, context);
    assert.deepEqual(await record(plan, context), first);
  });

  test('is what DeleteFailedBackup and PrepareBackup understand: a second backup follows', async () => {
    const { context, plan } = await prepared();
    const { request, failed } = triedAgain.parse(await record(plan, context));
    assert.deepEqual(await call('DeleteFailedBackup', failed, context), { deleted: [] });
    context.clock.advance(60);
    const second = planned.parse(await call('PrepareBackup', { request, runId: 'run-1' }, context));
    assert.equal(second.run.backupId, plan.run.backupId + 60);
    assert.equal((await context.ledger.readLock('production'))?.backupId, second.run.backupId);
  });

  for (const [what, request, yaml] of [
    ['where one try is all that the configuration allows', {}, `${yaml88}    attempts: 1\n`],
    ['of an id that was asked for', { backupId: 42 }, yaml88],
  ] as const) {
    test(`is the end ${what}`, async () => {
      const { context, plan } = await prepared(request, yaml);
      assert.deepEqual(await record(plan, context), { outcome: 'FAILED', failure: leaderChange });
      assert.equal(await context.ledger.readLock('production'), undefined);
      assert.equal(context.told.length, 1);
    });
  }

  test('is the end after the last try, and people are told what the one before came to', async () => {
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
      new RegExp(`before it ${plan.run.backupId} failed: .*leader change`),
    );
  });

  test('is tried as often as the configuration says', async () => {
    const { context, plan } = await prepared({}, `${yaml88}    attempts: 3\n`);
    const first = triedAgain.parse(await record(plan, context));
    const second = await call('PrepareBackup', { request: first.request, runId: 'run-1' }, context);
    const next = triedAgain.parse(await record(planned.parse(second), context));
    assert.equal(next.request.attempt, 3);
    const third = await call('PrepareBackup', { request: next.request, runId: 'run-1' }, context);
    assert.match(JSON.stringify(await record(planned.parse(third), context)), /"outcome":"FAILED"/);
  });

  test('is the end where the next try cannot be prepared, and people are told of the one before', async () => {
    const { fake, context, plan } = await prepared();
    const { request } = triedAgain.parse(await record(plan, context));
    fake.replies[`GET ${at.optimize}/actuator`] = json(404, { error: 'Not Found' });
    const error = await thrownByCall('PrepareBackup', { request, runId: 'run-1' }, context);
    const failure = { Error: error.name, Cause: error.message };
    assert.match(JSON.stringify(await record(request, context, failure)), /"outcome":"FAILED"/);
    assert.equal(await context.ledger.readLock('production'), undefined);
    assert.match(context.told[0]?.reason ?? '', /before it \d+ failed: .*leader change/);
  });

  test('is the end while exporting may be paused: the lock stays, and the worst is told', async () => {
    const { context, plan } = await prepared();
    await context.ledger.changeLock('production', 'run-1', { pauseRequestedAt: '2026-11-21T09:00:01.000Z' });
    assert.deepEqual(await record(plan, context), { outcome: 'FAILED', failure: leaderChange });
    assert.equal(context.told[0]?.kind, 'exportingLeftPaused');
    assert.equal((await context.ledger.readLock('production'))?.runId, 'run-1');
  });

  test('is the end where another run has the lock', async () => {
    const { context, plan } = await prepared();
    await context.ledger.release('production', 'run-1');
    await holdLock(context, 'run-2');
    assert.deepEqual(await record(plan, context), { outcome: 'FAILED', failure: leaderChange });
    assert.equal((await context.ledger.readLock('production'))?.runId, 'run-2');
  });

  test('is not tried again after what does not pass', async () => {
    const { context, plan } = await prepared();
    const full = { Error: 'ComponentBackupFailed', Cause: 'Zeebe: No space left on device' };
    assert.deepEqual(await record(plan, context, full), { outcome: 'FAILED', failure: full });
    assert.equal(await context.ledger.readLock('production'), undefined);
  });
});
