import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { recordFailure } from '../../../core/backup/finish.ts';
import { prepareBackup } from '../../../core/backup/prepare.ts';
import { BackupError } from '../../../core/errors.ts';
import { type Lock, lock as lockSchema } from '../../../core/ledger/lock.ts';
import type { Manifest } from '../../../core/ledger/manifest.ts';
import type { Plan } from '../../../core/plan.ts';
import { at, cluster87, cluster88, indexOf, phases, yaml87, yaml88 } from '../fake-cluster.ts';
import {
  type FakeHttp,
  type FakeSearch,
  failureOf,
  fakeSearch,
  json,
  noAnswer,
  snapshotNamed,
  type TestContext,
  testContext,
} from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import zeebeAnswers from '../recorded/zeebe.json' with { type: 'json' };

const request = { cluster: 'production', reason: 'test', attempt: 1 };
/** 2026-11-21T09:00:00Z */
const nowSeconds = 1_795_251_600;

function setUp({
  yaml = yaml88,
  fake,
  search = fakeSearch(),
}: {
  yaml?: string;
  fake?: FakeHttp;
  search?: FakeSearch;
} = {}) {
  const cluster = fake ?? (yaml === yaml87 ? cluster87() : cluster88());
  return { fake: cluster, search, context: testContext({ yaml, http: cluster.http, search }) };
}

async function planned(
  context: TestContext,
  rest: { backupId?: number } = {},
  runId = 'run-1',
): Promise<Plan> {
  const plan = await prepareBackup({ ...request, ...rest }, runId, context);
  assert(plan.outcome === 'PLANNED');
  return plan;
}

/** As if somebody else had written it. */
function changeLockBehind({ store }: TestContext, change: Partial<Lock>): void {
  const key = 'production/lock.json';
  const lock = lockSchema.parse(JSON.parse(store.documents.get(key) ?? ''));
  store.documents.set(key, JSON.stringify({ ...lock, ...change }));
  store.touch(key);
}

const zeebeList = (...ids: number[]) =>
  json(
    200,
    ids.map((backupId) => ({ backupId, state: 'COMPLETED', details: [] })),
  );

describe('a plan', () => {
  test('of 8.8 pauses first and backs up web applications, Optimize, the records and Zeebe', async () => {
    const { context } = setUp();
    const plan = await planned(context);
    assert.equal(plan.order, 'PAUSE_FIRST');
    assert.deepEqual(
      plan.applications.map(({ component, path }) => `${component} ${path}`),
      ['webApplications backupHistory', 'optimize backups'],
    );
    assert.deepEqual(plan.zeebe, [
      { component: 'zeebe', url: at.zeebe, path: 'backupRuntime', version: '8.8.3', partitions: 3 },
    ]);
    assert.equal(plan.records[0]?.indexPattern, 'zeebe-record*');
    assert.deepEqual(plan.exporting, {
      url: at.zeebe,
      brokers: [at.zeebe],
      partitions: 3,
      provable: true,
    });
    assert.deepEqual(plan.limits, {
      patienceSeconds: 300,
      timeoutSeconds: 24 * 3600,
      maxPauseSeconds: 6 * 3600,
    });
    assert.deepEqual([plan.attempt, plan.attempts], [1, 2]);
  });

  test('of 8.7 backs up the applications first: Operate and Tasklist', async () => {
    const { context } = setUp({ yaml: yaml87 });
    const plan = await planned(context);
    assert.equal(plan.order, 'APPLICATIONS_FIRST');
    assert.deepEqual(
      plan.applications.map(({ component, path }) => `${component} ${path}`),
      ['operate backups', 'tasklist backups'],
    );
    assert.equal(plan.zeebe[0]?.path, 'backups');
  });

  test('is plain JSON with no secret in it', async () => {
    const yaml = yaml88.replace(
      'repository: camunda',
      'repository: camunda, auth: { username: backup, password: { env: ES_PASSWORD } }',
    );
    const { context } = setUp({ yaml });
    const plan = await planned(context);
    assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan);
    assert.deepEqual(plan.records[0]?.auth, { username: 'backup', password: { env: 'ES_PASSWORD' } });
    assert.doesNotMatch(JSON.stringify([plan, [...context.store.documents]]), /not-to-be-seen/);
  });

  test('reads brokers from the configuration', async () => {
    const yaml = yaml88.replace(
      `zeebe: { url: ${at.zeebe} }\n    web`,
      `zeebe: { url: ${at.zeebe}, brokers: [http://b0:9600, http://b1:9600] }\n    web`,
    );
    const { context, fake } = setUp({ yaml });
    const both = json(200, phases('EXPORTING', 'EXPORTING', 'EXPORTING'));
    fake.replies['GET http://b0:9600/actuator/partitions'] = both;
    fake.replies['GET http://b1:9600/actuator/partitions'] = both;
    const { exporting } = await planned(context);
    assert.deepEqual(exporting.brokers, ['http://b0:9600', 'http://b1:9600']);
    assert.equal(exporting.provable, true);
  });

  for (const { what, answer } of [
    { what: 'no such endpoint', answer: json(404, { error: 'Not Found' }) },
    { what: 'no answer', answer: noAnswer() },
    { what: 'a replica that is CLOSED', answer: json(200, phases('EXPORTING', 'CLOSED', 'EXPORTING')) },
  ] as const) {
    test(`knows that the phases cannot all be read, and the manifest warns of it: ${what}`, async () => {
      const { context, fake } = setUp();
      fake.replies[`GET ${at.zeebe}/actuator/partitions`] = answer;
      assert.equal((await planned(context)).exporting.provable, false);
      const { warnings } = (await context.ledger.readManifest('production', nowSeconds)) ?? {};
      assert.equal(warnings?.length, 1);
      assert.match(warnings?.[0] ?? '', /cannot be read back of every partition at http:\/\/zeebe:9600: /);
    });
  }

  for (const { yaml, attempts } of [
    { yaml: yaml88, attempts: 2 },
    { yaml: `${yaml88}    attempts: 1\n`, attempts: 1 },
    { yaml: `${yaml88}    attempts: 5\n`, attempts: 5 },
  ] as const) {
    test(`may be tried as often as the configuration says: ${attempts}`, async () => {
      assert.equal((await planned(setUp({ yaml }).context)).attempts, attempts);
    });
  }

  test('of an id that was asked for is tried once: a second one would have another id', async () => {
    const { attempt, attempts } = await planned(setUp().context, { backupId: 42 });
    assert.deepEqual([attempt, attempts], [1, 1]);
  });

  test('of 8.8 has the limit of the pause that the configuration says', async () => {
    const { limits } = await planned(setUp({ yaml: `${yaml88}    maxPause: 10m\n` }).context);
    assert.equal(limits.maxPauseSeconds, 600);
  });

  test('changes nothing in the cluster', async () => {
    const { context, fake, search } = setUp();
    await planned(context);
    assert.deepEqual(
      fake.requests.filter(({ method }) => method !== 'GET'),
      [],
    );
    assert.deepEqual(search.created, []);
  });

  test('closes every client that it opened', async () => {
    const { context, search } = setUp();
    await planned(context);
    assert(search.opened > 0);
    assert.equal(search.closed, search.opened);
  });

  test('knows how long each component took in the last completed backup', async () => {
    const { context } = setUp();
    const took = (component: 'zeebe' | 'optimize', endedAt: string) => ({
      component,
      runId: 'run-0',
      state: 'COMPLETED' as const,
      url: 'x',
      requestedAt: '2026-11-20T09:00:00.000Z',
      startedAt: '2026-11-20T09:00:00.000Z',
      endedAt,
    });
    await context.ledger.createManifest(
      oldManifest(5, {
        components: [took('zeebe', '2026-11-20T09:02:30.000Z'), took('optimize', '2026-11-20T09:00:10.000Z')],
      }),
    );
    const plan = await planned(context);
    assert.equal(plan.zeebe[0]?.expectedSeconds, 150);
    assert.equal(plan.applications.find(({ component }) => component === 'optimize')?.expectedSeconds, 10);
    assert.equal(plan.applications[0]?.expectedSeconds, undefined);
  });
});

describe('the pause of the last completed backup', () => {
  /** How the manifest warns of a pause that has lasted until then. */
  async function warningsAfter(resumedAt: string, settings = '') {
    const { context } = setUp({ yaml: `${yaml88}${settings}` });
    const pausedAt = '2026-11-20T09:00:00.000Z';
    const exporting = { pausedAt, resumedAt, leftPaused: false };
    await context.ledger.createManifest(oldManifest(5, { exporting }));
    const { run } = await planned(context);
    const manifest = await context.ledger.readManifest('production', run.backupId);
    return (manifest?.warnings ?? []).filter((warning) => warning.includes('maxPause'));
  }

  test('is no warning as long as it took less than half of what is allowed', async () => {
    assert.deepEqual(await warningsAfter('2026-11-20T11:59:59.000Z'), []);
  });

  test('is a warning in the manifest, before the next pause, where it took half of what is allowed', async () => {
    const [warning, ...more] = await warningsAfter('2026-11-20T12:00:00.000Z');
    assert.deepEqual(more, []);
    assert.match(
      warning ?? '',
      /^The last completed backup, 5, kept exporting paused for 3 h 00 min; .* more than 6 h 00 min \(`maxPause`\) is ended\./,
    );
  });

  test('is judged by the limit that the configuration says', async () => {
    assert.deepEqual(await warningsAfter('2026-11-20T12:00:00.000Z', '    maxPause: 8h\n'), []);
  });
});

function oldManifest(backupId: number, rest: Partial<Manifest> = {}): Manifest {
  return {
    format: 1,
    backupId,
    cluster: 'production',
    runId: 'run-0',
    reason: 'test',
    state: 'COMPLETED',
    startedAt: '2026-11-20T09:00:00.000Z',
    order: 'PAUSE_FIRST',
    expectedComponents: [],
    components: [],
    exporting: { leftPaused: false },
    warnings: [],
    ...rest,
  };
}

describe('the id', () => {
  test('is the seconds since 1970', async () => {
    assert.equal((await planned(setUp().context)).run.backupId, nowSeconds);
  });

  test('is above an id of the ledger, also of a backup that failed', async () => {
    const { context } = setUp();
    await context.ledger.createManifest(oldManifest(nowSeconds + 10, { state: 'FAILED' }));
    assert.equal((await planned(context)).run.backupId, nowSeconds + 11);
  });

  for (const { where, url } of [
    { where: 'Zeebe', url: `${at.zeebe}/actuator/backupRuntime` },
    { where: 'the web applications', url: `${at.zeebe}/actuator/backupHistory` },
    { where: 'Optimize', url: `${at.optimize}/actuator/backups` },
  ] as const) {
    test(`is above an id that ${where} lists, wherever in the list`, async () => {
      const { context, fake } = setUp();
      fake.replies[`GET ${url}`] = zeebeList(20_251_121_090_000, 7);
      assert.equal((await planned(context)).run.backupId, 20_251_121_090_001);
    });
  }

  test('is above the id of a snapshot of the records', async () => {
    const search = fakeSearch([snapshotNamed(`camunda_zeebe_records_backup_${nowSeconds + 5}`)]);
    const { context } = setUp({ search });
    assert.equal((await planned(context)).run.backupId, nowSeconds + 6);
  });

  test('that is given is taken when it is above all others', async () => {
    assert.equal((await planned(setUp().context, { backupId: 42 })).run.backupId, 42);
  });

  test('that is used already is refused, with where', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.zeebe}/actuator/backupRuntime`] = zeebeList(42, 41);
    const error = await failureOf(planned(context, { backupId: 41 }));
    assert.equal(error.name, 'BackupIdRefused');
    assert.equal(error.message, 'The backup id 41 is used already (Zeebe)');
    assert.match(error.remedy ?? '', /above 42/);
  });

  test('that is below one that is known is refused, with which', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.zeebe}/actuator/backupRuntime`] = zeebeList(42);
    const error = await failureOf(planned(context, { backupId: 40 }));
    assert.equal(error.name, 'BackupIdRefused');
    assert.equal(error.message, 'The backup id 40 is not above 42, which Zeebe has');
  });
});

describe('the lock', () => {
  test('names the run, its owner, the id and where to resume', async () => {
    const { context } = setUp();
    await planned(context);
    const lock = await context.ledger.readLock('production');
    assert.equal(lock?.runId, 'run-1');
    assert.equal(lock.backupId, nowSeconds);
    assert.deepEqual(lock.owner, context.owner('run-1'));
    assert.equal(lock.exporting?.url, at.zeebe);
    assert.equal(lock.pauseRequestedAt, undefined);
  });

  test('that another run holds makes this one SKIPPED: nothing is asked, nothing is written', async () => {
    const { context, fake } = setUp();
    await planned(context);
    const before = [...context.store.documents];
    const asked = fake.requests.length;
    const skipped = await prepareBackup(request, 'run-2', context);
    assert(skipped.outcome === 'SKIPPED');
    assert.equal(skipped.heldBy?.runId, 'run-1');
    assert.match(skipped.because, /the run run-1 holds the lock of production since 2026-11-21T09:00:00/);
    assert.deepEqual([...context.store.documents], before);
    assert.equal(fake.requests.length, asked);
  });

  test('stays with the run when the cluster is not ready: recording the failure gives it back', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.optimize}/actuator`] = json(503, { message: 'not yet' });
    await failureOf(planned(context));
    const lock = await context.ledger.readLock('production');
    assert.equal(lock?.runId, 'run-1');
    assert.equal(lock.backupId, undefined);
  });
});

describe('called again in the same run', () => {
  test('it makes the same plan, also when time has passed', async () => {
    const { context } = setUp();
    const first = await planned(context);
    context.clock.advance(60);
    assert.deepEqual(await planned(context), first);
    assert.deepEqual(await context.ledger.backupIds('production'), [nowSeconds]);
  });

  test('at once, both make the same plan: the id of the one that was faster counts', async () => {
    const { context } = setUp();
    const chosen = nowSeconds + 5;
    context.store.before = (call) => {
      if (call !== 'replace production/lock.json') return;
      context.store.before = () => undefined;
      changeLockBehind(context, { backupId: chosen });
    };
    assert.equal((await planned(context)).run.backupId, chosen);
    assert.deepEqual(await context.ledger.backupIds('production'), [chosen]);
    assert.equal((await context.ledger.readLock('production'))?.backupId, chosen);
  });

  test('it goes on after an attempt that could not write the manifest', async () => {
    const { context } = setUp();
    context.store.before = (call) => {
      if (/^create .*manifest/.test(call)) ledgerTrouble(call);
    };
    assert.equal((await failureOf(planned(context))).name, 'LedgerError');
    context.store.before = () => undefined;
    context.clock.advance(5);
    assert.equal((await planned(context)).run.backupId, nowSeconds);
    assert.equal((await context.ledger.readManifest('production', nowSeconds))?.state, 'RUNNING');
  });
});

describe('a lock that is lost in the preparation', () => {
  for (const { what, lost, says } of [
    { what: 'to another run', lost: { runId: 'run-2' }, says: /run-2 holds it now/ },
    {
      what: 'to the next try of this run',
      lost: { backupId: 8, attempt: 2 },
      says: /run-1 holds it now for the backup 8/,
    },
  ] as const) {
    test(`${what}: nothing stays that looks alive`, async () => {
      const { context } = setUp();
      context.store.before = (call) => {
        if (!/^create .*manifest/.test(call)) return;
        context.store.before = () => undefined;
        changeLockBehind(context, lost);
      };
      const error = await failureOf(planned(context));
      assert.equal(error.name, 'LockLost');
      assert.match(error.message, says);
      const manifest = await context.ledger.readManifest('production', nowSeconds);
      assert.equal(manifest?.state, 'FAILED');
      assert.equal(manifest.failure?.error, 'Abandoned');
      const lock = await context.ledger.readLock('production');
      assert.equal(lock?.runId, { runId: 'run-1', ...lost }.runId);
    });
  }
});

describe('called again after the run has ended', () => {
  const lateCall = async (context: TestContext) => {
    const before = [...context.store.documents.keys()].sort();
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'LockLost');
    assert.equal(await context.ledger.readLock('production'), undefined, 'the lock is left');
    assert.deepEqual([...context.store.documents.keys()].sort(), before, 'something is written');
  };

  test('it is refused, and leaves nothing behind', async () => {
    const { context, fake } = setUp();
    await planned(context);
    await context.ledger.release('production', 'run-1');
    const asked = fake.requests.length;
    await lateCall(context);
    assert.equal(fake.requests.length, asked);
  });

  test('it is refused also when another run was there meanwhile: its backup shows it', async () => {
    const { context } = setUp();
    await planned(context);
    await context.ledger.release('production', 'run-1');
    context.clock.advance(60);
    await planned(context, {}, 'run-2');
    await context.ledger.release('production', 'run-2');
    await lateCall(context);
  });

  test('it is refused also where the run ended before it had a backup', async () => {
    const { context, fake } = setUp();
    const works = fake.replies[`GET ${at.optimize}/actuator`];
    assert(works);
    fake.replies[`GET ${at.optimize}/actuator`] = noAnswer(at.optimize);
    await failureOf(planned(context));
    await context.ledger.release('production', 'run-1');
    fake.replies[`GET ${at.optimize}/actuator`] = works;
    await lateCall(context);
  });

  test('it is refused as often as it is called', async () => {
    const { context } = setUp();
    await planned(context);
    await context.ledger.release('production', 'run-1');
    await lateCall(context);
    await lateCall(context);
  });

  test('it stands in nobody’s way: the next run is planned', async () => {
    const { context } = setUp();
    await planned(context);
    await context.ledger.release('production', 'run-1');
    await lateCall(context);
    assert.equal((await planned(context, {}, 'run-2')).run.runId, 'run-2');
  });

  test('nothing older than a day is looked through for it', async () => {
    const { context } = setUp();
    for (const id of [5, 6]) await context.ledger.createManifest(oldManifest(id));
    await context.ledger.createManifest(oldManifest(7, { startedAt: '2026-11-20T08:59:59.000Z' }));
    const read: string[] = [];
    context.store.before = (call) => read.push(call);
    await planned(context);
    const discovered = read.indexOf('replace production/lock.json');
    assert(read.slice(0, discovered).includes('read production/backups/7/manifest.json'));
    assert(!read.slice(0, discovered).includes('read production/backups/6/manifest.json'));
  });
});

describe('the next try', () => {
  const next = { ...request, attempt: 2, replaces: nowSeconds };

  /** The first try has failed, and the run has kept the lock. */
  async function failedOnce(yaml = yaml88) {
    const world = setUp({ yaml });
    const { context } = world;
    const first = await planned(context);
    const failure = { error: 'ComponentBackupFailed', message: 'There was a leader change' };
    const { triesAgain } = await recordFailure(first.run, failure, context, { tryAgain: true });
    assert(triesAgain);
    context.clock.advance(60);
    return { ...world, first };
  }

  test('is another backup of the same run: a new id, a manifest that names the one before', async () => {
    const { context, first } = await failedOnce();
    const plan = await prepareBackup(next, 'run-1', context);
    assert(plan.outcome === 'PLANNED');
    assert.equal(plan.attempt, 2);
    assert.equal(plan.attempts, 2);
    assert.equal(plan.run.runId, first.run.runId);
    assert.equal(plan.run.backupId, nowSeconds + 60);
    const manifest = await context.ledger.readManifest('production', plan.run.backupId);
    assert.equal(manifest?.state, 'RUNNING');
    assert.equal(manifest.attempt, 2);
    assert.equal(manifest.replaces, first.run.backupId);
    const lock = await context.ledger.readLock('production');
    assert.equal(lock?.backupId, plan.run.backupId);
    assert.equal(lock.attempt, 2);
  });

  test('has an id above that of the failed one also in the same second', async () => {
    const { context } = await failedOnce();
    context.clock.advance(-60);
    const plan = await prepareBackup(next, 'run-1', context);
    assert(plan.outcome === 'PLANNED');
    assert.equal(plan.run.backupId, nowSeconds + 1);
  });

  test('looks at the cluster anew: a broker that shows no phases any more is known', async () => {
    const { context, fake } = await failedOnce();
    fake.replies[`GET ${at.zeebe}/actuator/partitions`] = noAnswer();
    const plan = await prepareBackup(next, 'run-1', context);
    assert(plan.outcome === 'PLANNED');
    assert.equal(plan.exporting.provable, false);
  });

  test('makes the same plan when it is called again', async () => {
    const { context } = await failedOnce();
    const plan = await prepareBackup(next, 'run-1', context);
    context.clock.advance(5);
    assert.deepEqual(await prepareBackup(next, 'run-1', context), plan);
  });

  test('of a moment of a schedule is not taken for a second delivery of it', async () => {
    const { context } = setUp();
    const scheduledTime = '2026-11-21T09:00:00Z';
    const first = await prepareBackup({ ...request, scheduledTime }, 'run-1', context);
    assert(first.outcome === 'PLANNED');
    const failure = { error: 'ComponentTimedOut', message: 'slow' };
    await recordFailure(first.run, failure, context, { tryAgain: true });
    const again = await prepareBackup({ ...next, scheduledTime }, 'run-1', context);
    assert(again.outcome === 'PLANNED');
    assert.equal(again.scheduledTime, scheduledTime);
  });

  test('is refused where somebody put the run right meanwhile: the lock is not taken again', async () => {
    const { context, fake } = await failedOnce();
    await context.ledger.release('production', 'run-1');
    const asked = fake.requests.length;
    const error = await failureOf(prepareBackup(next, 'run-1', context));
    assert.equal(error.name, 'LockLost');
    assert.equal(await context.ledger.readLock('production'), undefined);
    assert.equal(fake.requests.length, asked);
  });

  test('is refused also where neither the lock nor a manifest shows any more that the run has ended', async () => {
    const { context } = await failedOnce();
    context.store.documents.clear();
    assert.equal((await failureOf(prepareBackup(next, 'run-1', context))).name, 'LockLost');
    assert.equal(await context.ledger.readLock('production'), undefined);
    assert.deepEqual(await context.ledger.backupIds('production'), []);
  });

  test('is a failure, and not skipped, where another run holds the lock now', async () => {
    const { context } = await failedOnce();
    await context.ledger.release('production', 'run-1');
    await planned(context, {}, 'run-2');
    const error = await failureOf(prepareBackup(next, 'run-1', context));
    assert.equal(error.name, 'LockLost');
    assert.match(error.message, /run-2 holds it now for the backup/);
    assert.equal((await context.ledger.readLock('production'))?.runId, 'run-2');
  });

  test('is not begun by a late call of the first one', async () => {
    const { context } = await failedOnce();
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'LockLost');
    assert.equal((await context.ledger.readLock('production'))?.backupId, undefined);
    assert.deepEqual(await context.ledger.backupIds('production'), [nowSeconds]);
  });

  test('that is at work is not touched by a late call of the first one', async () => {
    const { context } = await failedOnce();
    await prepareBackup(next, 'run-1', context);
    const before = [...context.store.documents];
    assert.equal((await failureOf(planned(context))).name, 'LockLost');
    assert.deepEqual([...context.store.documents], before);
  });
});

describe('the manifest', () => {
  test('is RUNNING and names what belongs to the backup', async () => {
    const { context } = setUp();
    await planned(context);
    assert.deepEqual(await context.ledger.readManifest('production', nowSeconds), {
      ...oldManifest(nowSeconds, { state: 'RUNNING', runId: 'run-1' }),
      attempt: 1,
      startedAt: '2026-11-21T09:00:00.000Z',
      camundaVersion: '8.8.3',
      expectedComponents: ['webApplications', 'optimize', 'records', 'zeebe'],
    });
  });

  test('warns when the web applications are there and not configured', async () => {
    const yaml = yaml88.replace(/ {4}webApplications.*\n/, '');
    const { context } = setUp({ yaml });
    await planned(context);
    const { warnings } = (await context.ledger.readManifest('production', nowSeconds)) ?? {};
    assert.equal(warnings?.length, 1);
    assert.match(
      warnings?.[0] ?? '',
      /^Check coverage: This backup has nothing of Web applications: `webApplications` is not configured, and Zeebe/,
    );
  });

  test('warns when an 8.7 cluster is backed up without its records', async () => {
    const yaml = yaml87.replaceAll(/ {4}(search|records).*\n/g, '');
    const { context } = setUp({ yaml, fake: cluster87() });
    await planned(context);
    const { warnings } = (await context.ledger.readManifest('production', nowSeconds)) ?? {};
    assert.equal(warnings?.length, 1);
    assert.match(
      warnings?.[0] ?? '',
      /^Check coverage: This backup has nothing of Zeebe records: `records` is not configured, and up to 8\.7/,
    );
  });

  test('that an older run left corrupt is said and stops no backup', async () => {
    const { context } = setUp();
    context.store.documents.set('production/backups/5/manifest.json', '{"format":2}');
    assert.equal((await planned(context)).run.backupId, nowSeconds);
    assert(context.warnings.length > 0);
    assert.match(context.warnings[0] ?? '', /backups\/5\/manifest\.json is not a document/);
  });
});

describe('a moment of a schedule', () => {
  const moment = '2026-11-21T09:00:00Z';
  const prepareFor = (context: TestContext, runId: string, scheduledTime = moment) =>
    prepareBackup({ ...request, scheduledTime }, runId, context);

  async function made(state: Manifest['state'] = 'COMPLETED') {
    const world = setUp();
    const { context } = world;
    const first = await prepareFor(context, 'run-1');
    assert(first.outcome === 'PLANNED');
    const manifest = await context.ledger.readManifest('production', first.run.backupId);
    assert(manifest);
    await context.ledger.writeManifest({ ...manifest, state });
    await context.ledger.release('production', 'run-1');
    context.clock.advance(60);
    return { ...world, first, manifest };
  }

  test('is in the plan and in the manifest', async () => {
    const { first, manifest } = await made();
    assert.equal(first.scheduledTime, moment);
    assert.equal(manifest.scheduledTime, moment);
  });

  for (const state of ['COMPLETED', 'FAILED', 'RUNNING'] as const) {
    test(`that is delivered again after its backup (${state}) makes no second one, and the lock is free`, async () => {
      const { context, fake } = await made(state);
      const asked = fake.requests.length;
      const again = await prepareFor(context, 'run-2');
      assert(again.outcome === 'SKIPPED');
      assert.match(
        again.because,
        new RegExp(`the backup ${nowSeconds} of the run run-1 was made for ${moment}`),
      );
      assert.equal(again.heldBy, undefined);
      assert.equal(await context.ledger.readLock('production'), undefined);
      assert.deepEqual(await context.ledger.backupIds('production'), [nowSeconds]);
      assert.equal(fake.requests.length, asked);
    });
  }

  test('that is delivered late, after a backup of a later moment, makes no second one', async () => {
    const { context } = await made();
    context.clock.advance(3600);
    const later = await prepareFor(context, 'run-2', '2026-11-21T10:00:00Z');
    assert(later.outcome === 'PLANNED');
    await context.ledger.release('production', 'run-2');
    assert.equal((await prepareFor(context, 'run-3')).outcome, 'SKIPPED');
  });

  test('is made again where its first run died before it had a manifest', async () => {
    const { context, fake } = setUp();
    const works = fake.replies[`GET ${at.optimize}/actuator`];
    assert(works);
    fake.replies[`GET ${at.optimize}/actuator`] = noAnswer(at.optimize);
    await failureOf(prepareFor(context, 'run-1'));
    await context.ledger.release('production', 'run-1');
    fake.replies[`GET ${at.optimize}/actuator`] = works;
    assert.equal((await prepareFor(context, 'run-2')).outcome, 'PLANNED');
  });

  test('does not stand in the way of the same run when it is called again', async () => {
    const { context } = setUp();
    const first = await prepareFor(context, 'run-1');
    assert.deepEqual(await prepareFor(context, 'run-1'), first);
  });

  test('does not stand in the way of the next moment, nor of a backup by hand', async () => {
    const { context } = await made();
    assert.equal((await prepareFor(context, 'run-2', '2026-11-21T10:00:00Z')).outcome, 'PLANNED');
    await context.ledger.release('production', 'run-2');
    assert.equal((await prepareBackup(request, 'run-3', context)).outcome, 'PLANNED');
  });

  test('delivered twice at once makes one backup', async () => {
    const { context } = setUp();
    const both = await Promise.all([prepareFor(context, 'run-1'), prepareFor(context, 'run-2')]);
    assert.deepEqual(both.map(({ outcome }) => outcome).sort(), ['PLANNED', 'SKIPPED']);
    assert.equal((await context.ledger.backupIds('production')).length, 1);
  });

  test('by which nothing older is looked through than the moment itself', async () => {
    const { context } = await made();
    const read: string[] = [];
    for (const id of [1, 2, 3]) await context.ledger.createManifest(oldManifest(id));
    context.store.before = (call) => read.push(call);
    await prepareFor(context, 'run-2', '2026-11-21T09:01:00Z');
    const before = read.slice(0, read.indexOf('read production/backups/3/manifest.json') + 1);
    assert(!before.includes('read production/backups/2/manifest.json'));
  });
});

describe('a cluster that cannot be backed up', () => {
  test('is told all its problems at once', async () => {
    const search = fakeSearch([], { repository: async () => undefined });
    const { context, fake } = setUp({ search });
    fake.replies[`GET ${at.zeebe}/actuator/cluster`] = json(200, { brokers: [] });
    fake.replies[`GET ${at.optimize}/actuator`] = noAnswer(at.optimize);
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'ClusterNotReady');
    assert.match(error.message, /names no partition in its topology/);
    assert.match(error.message, /GET http:\/\/optimize:8092 failed/);
    assert.match(error.message, /snapshot repository camunda is not registered at http:\/\/es:9200/);
    assert.match(error.message, /^The cluster cannot be backed up now: 3 problems, the first: /);
    assert.equal(error.message.split('\n  - ').length, 3);
  });

  test('with one problem keeps its name, so that it can be retried', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.optimize}/actuator`] = noAnswer(at.optimize);
    assert.equal((await failureOf(planned(context))).name, 'Unreachable');
  });

  test('because Zeebe does not answer, also not for its topology, keeps the name that is retried', async () => {
    const yaml = yaml88.replace(/ {4}webApp.*\n/, '');
    const { context, fake } = setUp({ yaml, fake: cluster88() });
    fake.replies[`GET ${at.zeebe}/actuator`] = noAnswer();
    fake.replies[`GET ${at.zeebe}/actuator/cluster`] = noAnswer();
    assert.equal((await failureOf(planned(context))).name, 'Unreachable');
  });

  test('with several problems that may all pass keeps a name that is retried', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.zeebe}/actuator`] = json(503, { message: 'not yet' });
    fake.replies[`GET ${at.optimize}/actuator`] = noAnswer(at.optimize);
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'Unreachable');
    // A log and a terminal show the first line only.
    assert.match(
      error.message,
      /^The cluster cannot be backed up now: 3 problems, the first: Web applications answered GET .* with 503: not yet \(See the log of Web applications at zeebe:9600: .*\)\n/,
    );
    assert.match(error.message, /\n {2}- Zeebe answered GET .*503: not yet \(.*\)$/);
    assert.match(error.message, /\n {2}- Optimize cannot be reached: GET http:\/\/optimize:8092 failed/);
  });

  test('with several problems, one of which cannot pass, is not tried again', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.zeebe}/actuator`] = json(503, { message: 'not yet' });
    fake.replies[`GET ${at.optimize}/actuator`] = new BackupError('AddressUnusable', 'expired');
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'ClusterNotReady');
  });

  test('because a component has no store or repository is told before anything is paused', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.zeebe}/actuator/backupRuntime`] = zeebeAnswers.noStore;
    fake.replies[`GET ${at.zeebe}/actuator/backupHistory`] = json(404, {
      message: 'No backup repository configured.',
    });
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'ClusterNotReady');
    assert.match(error.message, /No backup store is configured.*\(Configure a backup store/);
    assert.match(error.message, /No backup repository configured/);
  });

  for (const { what, change, says } of [
    {
      what: 'no index matches the records',
      change: { search: fakeSearch([], { indices: async () => [] }) },
      says: /No index at http:\/\/es:9200 matches zeebe-record\*/,
    },
    {
      what: 'a node cannot write to the repository',
      change: {
        search: fakeSearch([], {
          verifyRepository: async () => {
            throw new BackupError('ServerTrouble', 'not accessible on node 2');
          },
        }),
      },
      says: /not accessible on node 2/,
    },
  ] as const) {
    test(`because ${what} says so`, async () => {
      const { context, search } = setUp(change);
      assert.match((await failureOf(planned(context))).message, says);
      assert.equal(search.closed, search.opened);
    });
  }

  test('because it is older than 8.5 says so', async () => {
    const { context, fake } = setUp({ yaml: yaml87 });
    fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, { build: { version: '8.4.9' } });
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'ClusterNotReady');
    assert.match(
      error.message,
      /^Zeebe says that the cluster at .* is Camunda 8\.4\.9; 8\.5 and later can be backed up/,
    );
  });

  test('as it is configured says what to configure instead', async () => {
    const yaml = yaml87
      .replaceAll('http://operate:9600', at.zeebe)
      .replaceAll('http://tasklist:9600', at.zeebe);
    const { context } = setUp({ yaml, fake: cluster88() });
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'ClusterNotReady');
    assert.match(error.message, /Camunda 8\.8\.3 has no `operate` to back up \(Configure webApplications/);
  });

  test('because a component has no backup endpoint says where it looked', async () => {
    const { context, fake } = setUp({ yaml: yaml87 });
    fake.replies[`GET ${at.operate}/actuator`] = indexOf('health');
    const error = await failureOf(planned(context));
    assert.match(
      error.message,
      /Operate at http:\/\/operate:9600 has no backup endpoint \(looked for backups;/,
    );
    assert.match(error.remedy ?? '', /standalone/);
  });

  test('because it is not configured is a ConfigurationError, and takes no lock', async () => {
    const { context } = setUp();
    const error = await failureOf(prepareBackup({ ...request, cluster: 'other' }, 'run-1', context));
    assert.equal(error.name, 'ConfigurationError');
    assert.equal(context.store.documents.size, 0);
  });
});

describe('the version', () => {
  test('follows from the endpoints where no info page says it, and is not called known', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, {});
    assert.equal((await planned(context)).order, 'PAUSE_FIRST');
    const older = setUp({ yaml: yaml87 });
    older.fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, {});
    const plan = await planned(older.context);
    assert.equal(plan.order, 'APPLICATIONS_FIRST');
    assert.equal(plan.zeebe[0]?.version, undefined);
    const manifest = await older.context.ledger.readManifest('production', plan.run.backupId);
    assert.equal(manifest?.camundaVersion, undefined);
  });

  test('that Zeebe says counts; that the file says another one is a warning, with who says what', async () => {
    const { context } = setUp({ yaml: `${yaml88}    version: "8.7"\n` });
    const plan = await planned(context);
    assert.equal(plan.order, 'PAUSE_FIRST');
    assert.equal(plan.zeebe[0]?.version, '8.8.3');
    const manifest = await context.ledger.readManifest('production', plan.run.backupId);
    assert.deepEqual(manifest?.warnings, [
      'The configuration says Camunda 8.7 (`version`), and Zeebe at http://zeebe:9600 says 8.8.3: the backup goes by what Zeebe says. Correct `version`, or remove it',
    ]);
  });

  test('that the file says is contradicted by an endpoint where nothing else says the version', async () => {
    const yaml = `${yaml88.replace(/ {4}webApp.*\n/, '')}    version: "8.7"\n`;
    const { context, fake } = setUp({ yaml });
    fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, {});
    const plan = await planned(context);
    assert.equal(plan.order, 'APPLICATIONS_FIRST');
    const manifest = await context.ledger.readManifest('production', plan.run.backupId);
    assert.match(
      manifest?.warnings[0] ?? '',
      /^The configuration says Camunda 8\.7 \(`version`\), and Zeebe at .* has the endpoint backupHistory/,
    );
  });

  test('that the file says in fewer numbers is no other one', async () => {
    const { context } = setUp({ yaml: `${yaml88}    version: "8.8"\n` });
    const { run } = await planned(context);
    assert.deepEqual((await context.ledger.readManifest('production', run.backupId))?.warnings, []);
  });

  test('that only the file says is written down as the word of the file', async () => {
    const { context, fake } = setUp({ yaml: `${yaml88}    version: "8.9"\n` });
    fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, {});
    const { run, zeebe } = await planned(context);
    assert.equal(zeebe[0]?.version, undefined);
    const manifest = await context.ledger.readManifest('production', run.backupId);
    assert.equal(manifest?.camundaVersion, undefined);
    assert.equal(manifest?.configuredVersion, '8.9');
  });

  test('that the brokers say to the gateway counts where the management port does not say it', async () => {
    const rest = 'http://zeebe:8080';
    const yaml = `${yaml88.replace(`{ url: ${at.zeebe} }`, `{ url: ${at.zeebe}, rest: { url: ${rest} } }`)}    version: "8.9"\n`;
    const { context, fake } = setUp({ yaml });
    fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, {});
    fake.replies[`GET ${rest}/v2/exporting`] = json(404, {});
    const partitions = [1, 2, 3].map((partitionId) => ({ partitionId, role: 'leader', health: 'healthy' }));
    const topology = (...versions: string[]) =>
      json(200, {
        brokers: versions.map((version) => ({ version, partitions })),
        clusterSize: versions.length,
        partitionsCount: 3,
      });
    fake.replies[`GET ${rest}/v2/topology`] = topology('8.8.4');
    const plan = await planned(context);
    assert.equal(plan.zeebe[0]?.version, '8.8.4');
    const manifest = await context.ledger.readManifest('production', plan.run.backupId);
    assert.equal(manifest?.camundaVersion, '8.8.4');
    assert.match(manifest?.warnings[0] ?? '', /says Camunda 8\.9 \(`version`\), and Zeebe .* says 8\.8\.4/);

    const updating = setUp({ yaml, fake });
    fake.replies[`GET ${rest}/v2/topology`] = topology('8.8.4', '8.9.0');
    assert.equal((await planned(updating.context)).zeebe[0]?.version, undefined);
  });

  const refusal = async (yaml: string, fake: FakeHttp) => {
    fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, {});
    const error = await failureOf(planned(setUp({ yaml, fake }).context));
    assert.equal(error.name, 'ClusterNotReady');
    return `${error.message} ${error.remedy ?? ''}`;
  };
  const olderAt = (url: string) => yaml87.replaceAll(at.operate, url).replaceAll(at.tasklist, url);

  test('is what to correct first where only the file says it and the endpoints contradict it', async () => {
    assert.match(
      await refusal(`${yaml88}    version: "8.7"\n`, cluster88()),
      /no `webApplications` to back up Correct `version` in the configuration, which says 8\.7, or remove it: the cluster has the endpoint backupHistory, as from 8\.8 on\. If `version` is right, configure operate and tasklist/,
    );
  });

  test('is what to correct first where a component says another one than the file', async () => {
    assert.match(
      await refusal(`${yaml87}    version: "8.8"\n`, cluster87()),
      /Correct `version` in the configuration, which says 8\.8: another component says 8\.7\.2\./,
    );
  });

  test('is not what to correct where it is not in the file', async () => {
    const said = await refusal(olderAt(at.zeebe), cluster88());
    assert.match(said, /has no `operate` to back up \(Configure webApplications instead of operate\.\)/);
    assert.doesNotMatch(said, /`version`/);
  });

  test('that only the file says, and that is too old, is not put into the mouth of Zeebe', async () => {
    const { context, fake } = setUp({ yaml: `${yaml88}    version: "8.4"\n` });
    fake.replies[`GET ${at.zeebe}/actuator/info`] = json(200, {});
    const error = await failureOf(planned(context));
    assert.equal(error.name, 'ClusterNotReady');
    assert.match(
      error.message,
      /^The configuration \(`version`\) says that the cluster at .* is Camunda 8\.4, but it has the endpoint backupHistory, as from 8\.8 on; 8\.5 and/,
    );
    assert.match(error.remedy ?? '', /Correct `version`/);
  });

  test('set by hand is for management ports without an index page', async () => {
    const { context, fake } = setUp({ yaml: `${yaml88}    version: "8.8"\n` });
    fake.replies[`GET ${at.zeebe}/actuator`] = zeebeAnswers.missingEndpoint;
    const plan = await planned(context);
    assert.equal(plan.zeebe[0]?.path, 'backupRuntime');
    assert.equal(plan.applications[0]?.path, 'backupHistory');
  });

  test('8.8 in its standalone profile keeps the older name of the endpoint', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.zeebe}/actuator`] = indexOf('backups', 'backupHistory', 'partitions');
    fake.replies[`GET ${at.zeebe}/actuator/backups`] = json(200, []);
    assert.equal((await planned(context)).zeebe[0]?.path, 'backups');
  });
});
