import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { ledger } from '../../../core/ledger/ledger.ts';
import type { Lock } from '../../../core/ledger/lock/lock.ts';
import { thisProcess } from '../../../core/ledger/lock/owner.ts';
import { endUnneededPause, findUnneededPause } from '../../../core/repair/unexplained-pause.ts';
import { manifest, pauseOf } from '../backup/world.ts';
import { at, cluster88, exportingOf, yaml88 } from '../fake-cluster.ts';
import { failureOf, fakeSearch, json, noAnswer, snapshotNamed, testContext, typed } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { zeebe as zeebeAnswers } from '../recorded.ts';

const resume = `POST ${at.zeebe}/actuator/exporting/resume`;
const whoever = { id: 'resume-1', user: 'alice' };

/** A cluster of 8.8 that somebody has paused, and that no run of the ledger has. */
async function setUp() {
  const state = { phase: 'SOFT_PAUSED' };
  const fake = cluster88();
  Object.assign(fake.replies, exportingOf(at.zeebe, state));
  const search = fakeSearch();
  const context = testContext({ yaml: yaml88, http: fake.http, search });
  const { production } = (await context.config()).clusters;
  assert(production);
  await context.ledger.createManifest({ ...manifest, state: 'COMPLETED' });
  context.store.changes.length = 0;
  return {
    state,
    fake,
    search,
    context,
    find: () => findUnneededPause('production', production, context),
    end: () => endUnneededPause('production', production, whoever, context),
    /** How often exporting was resumed. */
    resumes: () => fake.calls().filter((call) => call === resume).length,
    record: () => context.store.documents.get('production/interventions/resume-1.json'),
  };
}
type World = Awaited<ReturnType<typeof setUp>>;

const runLock: Lock = {
  format: 2,
  cluster: 'production',
  purpose: 'backup',
  runId: 'run-1',
  owner: thisProcess(),
  reason: 'test',
  acquiredAt: '2026-11-21T09:00:00.000Z',
};

describe('A pause that no run explains', () => {
  test('A pause that no run explains is found, and nothing is changed', async () => {
    const world = await setUp();
    assert.equal((await world.find())?.length, 3);
    assert.equal(world.state.phase, 'SOFT_PAUSED');
    assert.ok(world.fake.requests.every(({ method }) => method === 'GET'));
    assert.deepEqual(world.context.store.changes, []);
  });

  test('A pause that no run explains is ended under the lock of the cluster, read back, told and written down', async () => {
    const world = await setUp();
    const { context } = world;
    context.store.before = (call) => {
      if (call.startsWith('replace production/lock.json')) assert.equal(world.state.phase, 'EXPORTING');
    };
    const ended = await world.end();
    assert.equal(ended?.resumeProof, 'proven');
    assert.equal(world.state.phase, 'EXPORTING');
    assert.equal(world.resumes(), 1);
    assert.equal(ended.record, 'memory:production/interventions/resume-1.json');
    const { by, ...written } = JSON.parse(world.record() ?? '');
    assert.equal(by.kind, 'process');
    assert.deepEqual(
      [written.what, written.user, written.at, written.resumeProof, written.paused.length],
      ['RESUMED_UNEXPLAINED_PAUSE', 'alice', '2026-11-21T09:00:00.000Z', 'proven', 3],
    );
    assert.deepEqual(
      context.told.map(({ kind, severity, cluster }) => [kind, severity, cluster]),
      [['pauseEnded', 'WARNING', 'production']],
    );
    assert.match(context.told[0]?.reason ?? '', /^alice, process 4711 on test-host, has ended a pause/);
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('A pause that is over by itself is left alone, also in the last moment', async () => {
    const world = await setUp();
    world.state.phase = 'EXPORTING';
    assert.equal(await world.find(), undefined);
    assert.equal(await world.end(), undefined);
    assert.equal(world.resumes(), 0);
    assert.equal(world.record(), undefined);
    assert.equal(await world.context.ledger.readLock('production'), undefined);
  });
});

function optimizeHas({ replies }: World['fake'], backupId: number, startTime: string | undefined) {
  const details = [{ snapshotName: 'a', state: 'SUCCESS', startTime, failures: [] }];
  const backup = { backupId, state: 'COMPLETED', failureReason: null, details };
  replies[`GET ${at.optimize}/actuator/backups`] = json(200, [backup]);
  replies[`GET ${at.optimize}/actuator/backups/${backupId}`] = json(200, backup);
}

/** Each in a world of its own: before it is found, and in the moment between that and the end. */
const reasons: { what: string; name: string; says: RegExp; make: (world: World) => unknown }[] = [
  {
    what: 'the ledger has nothing of the cluster',
    name: 'LedgerEmpty',
    says: /has no record of production/,
    make: ({ context }) => context.store.documents.clear(),
  },
  {
    what: 'a run holds the lock',
    name: 'LockHeld',
    says: /The lock of production is held by a run \(run-1/,
    make: ({ context }) => context.ledger.acquire(runLock),
  },
  {
    what: 'the cluster is changed',
    name: 'ClusterNotReady',
    says: /is changing its cluster: change 7 is IN_PROGRESS/,
    make: ({ fake }) => {
      const cluster = JSON.parse(zeebeAnswers.clusterOfOne.text);
      const pendingChange = { id: 7, status: 'IN_PROGRESS', completed: [], pending: [] };
      fake.replies[`GET ${at.zeebe}/actuator/cluster`] = json(200, { ...cluster, pendingChange });
    },
  },
  {
    what: 'it is not known whether the cluster is changed',
    name: 'Unreachable',
    says: /connect ECONNREFUSED/,
    make: ({ fake }) => {
      fake.replies[`GET ${at.zeebe}/actuator/cluster`] = noAnswer();
    },
  },
  {
    what: 'Zeebe takes a backup',
    name: 'ComponentBusy',
    says: /Zeebe is taking the backup 5 \(IN_PROGRESS\)/,
    make: ({ fake }) => {
      const backup = { backupId: 5, state: 'IN_PROGRESS', details: [] };
      fake.replies[`GET ${at.zeebe}/actuator/backupRuntime`] = json(200, [backup]);
    },
  },
  {
    what: 'an application takes a backup',
    name: 'ComponentBusy',
    says: /Optimize is taking the backup 5 \(IN_PROGRESS\)/,
    make: ({ fake }) => {
      const backup = { backupId: 5, state: 'IN_PROGRESS', details: [] };
      fake.replies[`GET ${at.optimize}/actuator/backups`] = json(200, [backup]);
    },
  },
  {
    what: 'a snapshot of the records is taken',
    name: 'ComponentBusy',
    says: /Zeebe records is taking the backup 5 \(IN_PROGRESS\)/,
    make: ({ search }) => {
      search.runningSnapshots = async () => ['camunda_zeebe_records_backup_5'];
    },
  },
  {
    what: 'an application is between two parts of its backup',
    name: 'ComponentBusy',
    says: /Optimize is taking the backup 5 \(IN_PROGRESS\)/,
    make: ({ fake }) => {
      const as = (state: string) => json(200, [{ backupId: 5, state, details: [] }]);
      fake.replies[`GET ${at.optimize}/actuator/backups`] = [as('INCOMPLETE'), as('IN_PROGRESS')];
    },
  },
  {
    what: 'somebody else’s backup is between the applications and Zeebe',
    name: 'ComponentBusy',
    says: /Optimize has a backup 5, but neither Zeebe nor this ledger has it: another tool may be taking it/,
    make: ({ fake }) => optimizeHas(fake, 5, '2026-11-21T08:55:00.000+0000'),
  },
  {
    what: 'somebody else’s backup is between the records and Zeebe',
    name: 'ComponentBusy',
    says: /Zeebe records has a backup 5, but neither Zeebe nor this ledger has it/,
    make: ({ search }) => {
      const name = 'camunda_zeebe_records_backup_5';
      search.snapshotNames = async () => [name];
      search.snapshot = async () => snapshotNamed(name, { startedAt: '2026-11-21T08:55:00.000Z' });
    },
  },
  {
    what: 'somebody else’s backup of an application does not say when it was taken',
    name: 'ComponentBusy',
    says: /Optimize has a backup 5, but neither Zeebe nor this ledger has it/,
    make: ({ fake }) => optimizeHas(fake, 5, undefined),
  },
  {
    what: 'Zeebe says of a backup what is not known here',
    name: 'UnexpectedAnswer',
    says: /It is not known whether Zeebe is taking a backup: it lists its backup 5 in a state that is not known here/,
    make: ({ fake }) => {
      const backup = { backupId: 5, state: 'UPLOADING', details: [] };
      fake.replies[`GET ${at.zeebe}/actuator/backupRuntime`] = json(200, [backup]);
    },
  },
  {
    what: 'an application cannot list its backups',
    name: 'Unreachable',
    says: /It is not known whether Optimize is taking a backup: .*ECONNREFUSED/,
    make: ({ fake }) => {
      fake.replies[`GET ${at.optimize}/actuator/backups`] = noAnswer();
    },
  },
  {
    what: 'an application cannot be asked at all',
    name: 'Unreachable',
    says: /It is not known whether Optimize is taking a backup/,
    make: ({ fake }) => {
      fake.replies[`GET ${at.optimize}/actuator`] = noAnswer();
    },
  },
  {
    what: 'it is not seen whether exporting is paused',
    name: 'ClusterNotReady',
    says: /No paused partition is visible, but not everything is known/,
    make: ({ fake }) => {
      fake.replies[`GET ${at.zeebe}/actuator/partitions`] = json(200, {});
    },
  },
];

describe('A pause that somebody may need', () => {
  for (const { what, name, says, make } of reasons) {
    for (const act of ['find', 'end'] as const) {
      test(`A pause is left alone where ${what}: ${act === 'find' ? 'seen at once' : 'seen with the lock in hand'}`, async () => {
        const world = await setUp();
        await make(world);
        const error = await failureOf(world[act]());
        assert.equal(error.name, name);
        assert.match(error.message, says);
        assert.ok(error.remedy || name === 'Unreachable');
        assert.equal(world.resumes(), 0);
        assert.equal(world.record(), undefined);
        assert.equal(world.state.phase, 'SOFT_PAUSED');
        assert.notEqual(
          (await world.context.ledger.readLock('production'))?.runId,
          whoever.id,
          'its lock is left',
        );
      });
    }
  }

  test('A pause is ended although a backup is INCOMPLETE for good: nobody is at work on that', async () => {
    const world = await setUp();
    const left = json(200, [{ backupId: 5, state: 'INCOMPLETE', details: [] }]);
    world.fake.replies[`GET ${at.optimize}/actuator/backups`] = left;
    assert.ok(await world.end());
    assert.equal(world.state.phase, 'EXPORTING');
  });

  test('A pause is ended where an application’s backup that Zeebe never got is older than a day', async () => {
    const world = await setUp();
    optimizeHas(world.fake, 5, '2026-11-20T08:55:00.000+0000');
    assert.ok(await world.end());
    assert.equal(world.state.phase, 'EXPORTING');
  });

  test('A pause is ended where Zeebe or this ledger has what an application has', async () => {
    for (const backupId of [manifest.backupId, 8]) {
      const world = await setUp();
      optimizeHas(world.fake, backupId, '2026-11-21T08:55:00.000+0000');
      const ofZeebe = { backupId: 8, state: 'COMPLETED', details: [] };
      world.fake.replies[`GET ${at.zeebe}/actuator/backupRuntime`] = json(200, [ofZeebe]);
      assert.ok(await world.end());
      assert.equal(world.state.phase, 'EXPORTING');
    }
  });
});

test('A run that begins at any moment beside the resume is never resumed by it, and is left its lock', async () => {
  const calls = await (async () => {
    const world = await setUp();
    let count = 0;
    world.context.store.before = () => {
      count += 1;
    };
    await world.end();
    return count;
  })();
  assert.ok(calls > 5);
  let runs = 0;
  for (let moment = 1; moment <= calls + 1; moment++) {
    const world = await setUp();
    const { store } = world.context;
    const ofTheRun = ledger(store, typed);
    let isRunning = false;
    /** A run that begins now: it has the lock or it does not begin; then it pauses. */
    const begin = async () => {
      store.before = () => undefined;
      const { isNew } = await ofTheRun.acquire({ ...runLock, ...pauseOf() });
      isRunning = isNew;
      if (isNew) world.state.phase = 'SOFT_PAUSED';
    };
    const resumed = world.fake.replies[resume];
    assert(typeof resumed === 'function');
    world.fake.replies[resume] = (request) => {
      assert.equal(isRunning, false, `at call ${moment} of the ledger: a resume in the pause of a run`);
      return resumed(request);
    };
    let seen = 0;
    let beginning: Promise<void> | undefined;
    store.before = () => {
      seen += 1;
      if (seen === moment) beginning = begin();
    };
    const [ended] = await Promise.allSettled([world.end()]);
    await beginning;
    if (moment > calls) await begin();
    if (ended.status === 'rejected') assert.equal(ended.reason.name, 'LockHeld');
    if (!isRunning) continue;
    runs += 1;
    assert.equal(world.state.phase, 'SOFT_PAUSED');
    assert.equal((await ofTheRun.readLock('production'))?.runId, 'run-1');
  }
  assert.ok(runs >= 2, 'no run has ever begun');
});

test('A resume whose lock was taken away meanwhile is not sent', async () => {
  const world = await setUp();
  const { store } = world.context;
  store.before = (call) => {
    if (call !== 'write production/interventions/resume-1.json') return;
    store.before = () => undefined;
    store.documents.set(
      'production/lock.json',
      JSON.stringify({ ...runLock, owner: { kind: 'process', host: 'x', pid: 1 } }),
    );
    store.touch('production/lock.json');
  };
  assert.equal((await failureOf(world.end())).name, 'LockLost');
  assert.equal(world.resumes(), 0);
  assert.equal((await world.context.ledger.readLock('production'))?.runId, 'run-1');
});

describe('The resume of a pause that no run explains', () => {
  test('A resume that does not work is an error, gives the lock back and is written down as not done', async () => {
    const world = await setUp();
    world.fake.replies[resume] = json(200, { status: 500, body: 'no leader' });
    assert.equal((await failureOf(world.end())).name, 'ResumeFailed');
    assert.equal(JSON.parse(world.record() ?? '').resumedAt, undefined);
    assert.equal(await world.context.ledger.readLock('production'), undefined);
    assert.deepEqual(world.context.told, []);
  });

  test('A resume that worked stays a success where it cannot be written down or told', async () => {
    const world = await setUp();
    let writes = 0;
    world.context.store.before = (call) => {
      if (call.startsWith('write production/interventions') && ++writes > 1) ledgerTrouble(call);
    };
    world.context.tell = async () => {
      throw new Error('no topic');
    };
    assert.equal((await world.end())?.resumeProof, 'proven');
    assert.deepEqual(
      world.context.warnings.map((text) => text.split(':')[0]),
      ['The resume could not be recorded', 'The alert could not be sent'],
    );
  });

  test('A resume is not tried where it cannot be written down who wants it', async () => {
    const world = await setUp();
    world.context.store.before = (call) => {
      if (call.startsWith('write production/interventions')) ledgerTrouble(call);
    };
    assert.equal((await failureOf(world.end())).name, 'LedgerError');
    assert.equal(world.resumes(), 0);
  });
});
