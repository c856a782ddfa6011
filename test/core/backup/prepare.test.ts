import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { prepareBackup } from '../../../core/backup/prepare.ts';
import { at, cluster87, phases, yaml87, yaml88 } from '../fake-cluster.ts';
import { failureOf, json, noAnswer } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { changeLockBehind, nowSeconds, oldManifest, planned, request, setUp } from './prepare-world.ts';

describe('The plan of a backup', () => {
  test('The plan of 8.8 pauses first, and backs up the web applications, Optimize, the records and Zeebe', async () => {
    const { context } = setUp();
    const plan = await planned(context);
    assert.equal(plan.order, 'PAUSE_FIRST');
    assert.deepEqual(
      plan.applications.map(({ component, path }) => `${component} ${path}`),
      ['webApplications backupHistory', 'optimize backups'],
    );
    assert.deepEqual(plan.zeebe, [
      {
        kind: 'zeebe',
        component: 'zeebe',
        url: at.zeebe,
        path: 'backupRuntime',
        version: '8.8.3',
        partitions: 3,
      },
    ]);
    const [records] = plan.records;
    assert(records?.kind === 'records');
    assert.equal(records.indexPattern, 'zeebe-record*');
    assert.equal(records.version, 'elasticsearch 8.16.6');
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

  for (const { what, backupId, isMarked } of [
    { what: 'An id that is a moment leaves a cluster unmarked', backupId: undefined, isMarked: false },
    { what: 'An id that is no moment marks its cluster', backupId: 100_000_000_000, isMarked: true },
  ]) {
    test(`${what}, so that the newest ids are found`, async () => {
      const { context } = setUp();
      await planned(context, backupId === undefined ? {} : { backupId });
      assert.equal(context.store.documents.has('production/backups/unordered/ids.json'), isMarked);
      const newest = await context.ledger.newestIds('production', 1, context);
      assert.deepEqual([...newest], [backupId ?? nowSeconds]);
      assert.deepEqual([...(await context.ledger.backupIds('production'))], [backupId ?? nowSeconds]);
    });
  }

  test('The plan of 8.7 backs up the applications first: Operate and Tasklist', async () => {
    const { context } = setUp({ yaml: yaml87 });
    const plan = await planned(context);
    assert.equal(plan.order, 'APPLICATIONS_FIRST');
    assert.deepEqual(
      plan.applications.map(({ component, path }) => `${component} ${path}`),
      ['operate backups', 'tasklist backups'],
    );
    assert.equal(plan.zeebe[0]?.path, 'backups');
  });

  test('A plan is plain JSON with no secret in it', async () => {
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

  test('A plan reads the brokers from the configuration', async () => {
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
    test(`A plan knows that the phases cannot all be read, and the manifest warns of it: ${what}`, async () => {
      const { context, fake } = setUp();
      fake.replies[`GET ${at.zeebe}/actuator/partitions`] = answer;
      assert.equal((await planned(context)).exporting.provable, false);
      const { warnings } = (await context.ledger.readManifest('production', nowSeconds)) ?? {};
      assert.equal(warnings?.length, 1);
      assert.match(warnings?.[0] ?? '', /cannot be read back from every partition at http:\/\/zeebe:9600: /);
    });
  }

  for (const { yaml, attempts } of [
    { yaml: yaml88, attempts: 2 },
    { yaml: `${yaml88}    attempts: 1\n`, attempts: 1 },
    { yaml: `${yaml88}    attempts: 5\n`, attempts: 5 },
  ] as const) {
    test(`A backup may be tried as often as the configuration says: ${attempts}`, async () => {
      assert.equal((await planned(setUp({ yaml }).context)).attempts, attempts);
    });
  }

  test('A backup with an id that was asked for is tried once: a second one would have another id', async () => {
    const { attempt, attempts } = await planned(setUp().context, { backupId: 42 });
    assert.deepEqual([attempt, attempts], [1, 1]);
  });

  test('The plan of 8.8 has the limit of the pause that the configuration says', async () => {
    const { limits } = await planned(setUp({ yaml: `${yaml88}    maxPause: 10m\n` }).context);
    assert.equal(limits.maxPauseSeconds, 600);
  });

  test('The preparation changes nothing in the cluster', async () => {
    const { context, fake, search } = setUp();
    await planned(context);
    assert.deepEqual(
      fake.requests.filter(({ method }) => method !== 'GET'),
      [],
    );
    assert.deepEqual(search.created, []);
  });

  test('The preparation closes every client of the search engine that it opened', async () => {
    const { context, search } = setUp();
    await planned(context);
    assert(search.opened > 0);
    assert.equal(search.closed, search.opened);
  });

  test('The plan knows how long each component took in the last completed backup', async () => {
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
    assert.equal(plan.zeebe[0]?.shortestSeconds, undefined, 'there is only one');
  });

  test('The plan knows the newest and the shortest time of the last completed backups', async () => {
    const { context } = setUp();
    const durations = [
      { id: 1, state: 'COMPLETED', seconds: 120 },
      { id: 2, state: 'FAILED', seconds: 10 },
      { id: 3, state: 'COMPLETED', seconds: 70 },
      { id: 4, state: 'COMPLETED', seconds: 90 },
    ] as const;
    for (const { id, state, seconds } of durations) {
      const requestedAt = '2026-11-20T09:00:00.000Z';
      const endedAt = new Date(Date.parse(requestedAt) + seconds * 1000).toISOString();
      const entry = { component: 'zeebe', runId: 'run-0', state, url: 'x', requestedAt } as const;
      const components = [{ ...entry, startedAt: requestedAt, endedAt }];
      await context.ledger.createManifest(oldManifest(id, { state, components }));
    }
    const [zeebe] = (await planned(context)).zeebe;
    assert.deepEqual([zeebe?.expectedSeconds, zeebe?.shortestSeconds], [90, 70]);
  });
});

describe('The pause of the last completed backup', () => {
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

  test('A last pause that took less than half of what is allowed is no warning', async () => {
    assert.deepEqual(await warningsAfter('2026-11-20T11:59:59.000Z'), []);
  });

  test('A last pause that took half of what is allowed is a warning in the manifest of the next backup', async () => {
    const [warning, ...more] = await warningsAfter('2026-11-20T12:00:00.000Z');
    assert.deepEqual(more, []);
    assert.match(
      warning ?? '',
      /^The last completed backup, 5, kept exporting paused for 3 h 00 min; .* more than 6 h 00 min \(`maxPause`\) is ended\./,
    );
  });

  test('The last pause is judged by the limit that the configuration says', async () => {
    assert.deepEqual(await warningsAfter('2026-11-20T12:00:00.000Z', '    maxPause: 8h\n'), []);
  });
});

describe('The lock that a preparation takes', () => {
  test('The lock of a prepared run names the run, its purpose, its owner and the id of the backup, and no pause', async () => {
    const { context } = setUp();
    await planned(context);
    const lock = await context.ledger.readLock('production');
    assert.equal(lock?.runId, 'run-1');
    assert.equal(lock.backupId, nowSeconds);
    assert.deepEqual(lock.owner, context.owner('run-1'));
    assert.equal(lock.purpose, 'backup');
    assert.equal(lock.format, 2);
    assert.equal(lock.pause, undefined);
  });

  test('A run that finds the lock held by another one is SKIPPED: it asks nothing and writes nothing', async () => {
    const { context, fake } = setUp();
    await planned(context);
    const before = [...context.store.documents];
    const asked = fake.requests.length;
    const skipped = await prepareBackup(request, 'run-2', context);
    assert(skipped.outcome === 'SKIPPED');
    assert.equal(skipped.heldBy?.runId, 'run-1');
    assert.match(skipped.because, /the run run-1 has held the lock of production since 2026-11-21T09:00:00/);
    assert.deepEqual([...context.store.documents], before);
    assert.equal(fake.requests.length, asked);
  });

  test('A run whose cluster is not ready keeps its lock, without an id of a backup', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.optimize}/actuator`] = json(503, { message: 'not yet' });
    await failureOf(planned(context));
    const lock = await context.ledger.readLock('production');
    assert.equal(lock?.runId, 'run-1');
    assert.equal(lock.backupId, undefined);
  });
});

describe('A preparation that is called again in the same run', () => {
  test('A preparation that is called again makes the same plan, also when time has passed', async () => {
    const { context } = setUp();
    const first = await planned(context);
    context.clock.advance(60);
    assert.deepEqual(await planned(context), first);
    assert.deepEqual(await context.ledger.backupIds('production'), [nowSeconds]);
  });

  test('Two calls of a preparation at once make the same plan: the id of the one that was faster counts', async () => {
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

  test('A preparation goes on after an attempt that could not write the manifest', async () => {
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

describe('A lock that is lost in the preparation', () => {
  for (const { what, lost, says } of [
    { what: 'to another run', lost: { runId: 'run-2' }, says: /run-2 holds it now/ },
    {
      what: 'to the next try of this run',
      lost: { backupId: 8, attempt: 2 },
      says: /run-1 holds it now for the backup 8/,
    },
  ] as const) {
    test(`A preparation whose lock goes ${what} leaves no manifest that looks alive`, async () => {
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

describe('The manifest of a prepared backup', () => {
  test('The manifest of a prepared backup is RUNNING and names what belongs to the backup', async () => {
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

  test('The manifest warns when the web applications are there and not configured', async () => {
    const yaml = yaml88.replace(/ {4}webApplications.*\n/, '');
    const { context } = setUp({ yaml });
    await planned(context);
    const { warnings } = (await context.ledger.readManifest('production', nowSeconds)) ?? {};
    assert.equal(warnings?.length, 1);
    assert.match(
      warnings?.[0] ?? '',
      /^Check coverage: This backup does not contain Web applications: `webApplications` is not configured, but Zeebe/,
    );
  });

  test('The manifest warns when an 8.7 cluster is backed up without its records', async () => {
    const yaml = yaml87.replaceAll(/ {4}(search|records).*\n/g, '');
    const { context } = setUp({ yaml, fake: cluster87() });
    await planned(context);
    const { warnings } = (await context.ledger.readManifest('production', nowSeconds)) ?? {};
    assert.equal(warnings?.length, 1);
    assert.match(
      warnings?.[0] ?? '',
      /^Check coverage: This backup does not contain Zeebe records: `records` is not configured, but up to 8\.7/,
    );
  });

  test('A corrupt manifest of an older run is noted, and stops no backup', async () => {
    const { context } = setUp();
    context.store.documents.set('production/backups/5/manifest.json', '{"format":2}');
    assert.equal((await planned(context)).run.backupId, nowSeconds);
    assert(context.warnings.length > 0);
    assert.match(context.warnings[0] ?? '', /backups\/5\/manifest\.json is not a document/);
  });
});
