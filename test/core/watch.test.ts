import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { messageOf } from '../../core/alerts.ts';
import { BackupError } from '../../core/errors.ts';
import type { Lock } from '../../core/ledger/lock.ts';
import type { Manifest } from '../../core/ledger/manifest.ts';
import { entryOf, manifest } from './backup/world.ts';
import { at, exportingOf } from './fake-cluster.ts';
import { failureOf, fakeHttp, json, noAnswer, someOwner, type TestContext, testContext } from './fakes.ts';
import { ledgerTrouble } from './memory-store.ts';
import {
  arn,
  execution,
  fakeExecutions,
  figureOf,
  look,
  paused,
  posts,
  resume,
  setUp,
  toldOf,
  type World,
} from './watch-world.ts';

describe('a lock that is free', () => {
  test('is nothing to do: exporting is looked at, and nobody told', async () => {
    const fake = fakeHttp(exportingOf(at.zeebe));
    const world = { context: testContext({ http: fake.http }), executions: fakeExecutions('gone') };
    assert.deepEqual(await look(world), {
      cluster: 'production',
      lock: 'free',
      orphans: [],
      backupAgeSeconds: 0,
      pausedSeconds: 0,
      unknown: [],
    });
    assert.deepEqual(fake.calls(), [`GET ${at.zeebe}/actuator/partitions`]);
    assert.deepEqual(world.executions.calls, []);
    assert.deepEqual(world.context.told, []);
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 0);
  });
});

describe('a lock that cannot be read', () => {
  async function unreadable(phase: string) {
    const world = await setUp({ settings: '    maxAge: 26h\n' });
    world.broker.phase = phase;
    world.context.store.documents.set('production/lock.json', '{ not a lock');
    await world.context.ledger.changeMemory('production', () => ({
      watchedSince: '2026-11-19T09:00:00.000Z',
    }));
    return world;
  }

  test('is an error of the look, which still measures and tells everything else of the cluster', async () => {
    const world = await unreadable('EXPORTING');
    const error = await failureOf(look(world));
    assert.equal(error.name, 'LedgerCorrupt');
    assert.deepEqual(toldOf(world.context), ['noRecentBackup CRITICAL']);
    assert(Number(figureOf(world.context, 'BackupAgeSeconds')?.value) > 48 * 3600);
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 0);
    assert.equal(world.context.store.documents.get('production/lock.json'), '{ not a lock');
  });

  test('hides no pause: it is measured, told after maxPause with the command that ends it, and not ended', async () => {
    const world = await unreadable('SOFT_PAUSED');
    await failureOf(look(world));
    world.context.clock.advance(3601);
    await failureOf(look(world));
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 3601);
    const told = world.context.told.find(({ kind }) => kind === 'exportingLeftPaused');
    assert.match(told?.reason ?? '', /the lock that could say who has paused it cannot be read/);
    assert.match(told?.remedy ?? '', /camunda-backup repair --cluster production --force/);
    assert.deepEqual(posts(world.fake.calls()), []);
  });
});

describe('a pause that no lock explains', () => {
  const partitions = `GET ${at.zeebe}/actuator/partitions`;

  function paused() {
    const broker = { phase: 'SOFT_PAUSED' };
    const fake = fakeHttp(exportingOf(at.zeebe, broker));
    const yaml = `ledger: { folder: ./x }\nclusters:\n  production:\n    zeebe: { url: ${at.zeebe} }\n    maxAge: 1s\n`;
    return {
      broker,
      fake,
      context: testContext({ yaml, http: fake.http }),
      executions: fakeExecutions('gone'),
    };
  }
  const toldOfPause = ({ told }: TestContext) => told.filter(({ kind }) => kind === 'exportingLeftPaused');
  const seconds = ({ context }: World) => figureOf(context, 'ExportingPausedSeconds')?.value;

  test('is told when it lasts for longer than maxPause, every hour, and not ended', async () => {
    const world = paused();
    await look(world);
    assert.equal(seconds(world), 0);
    world.context.clock.advance(3600);
    await look(world);
    assert.equal(seconds(world), 3600);
    assert.deepEqual(toldOfPause(world.context), []);
    world.context.clock.advance(1);
    await look(world);
    const [told, ...others] = toldOfPause(world.context);
    assert.deepEqual(others, []);
    assert.equal(told?.severity, 'CRITICAL');
    assert.match(
      told?.reason ?? '',
      /^Exporting is paused for 1 h 00 min at least, .*partition 1 is SOFT_PAUSED/,
    );
    assert.match(told?.remedy ?? '', /curl -X POST http:\/\/zeebe:9600\/actuator\/exporting\/resume/);
    for (const { later, times } of [
      { later: 3599, times: 1 },
      { later: 1, times: 2 },
    ] as const) {
      world.context.clock.advance(later);
      await look(world);
      assert.equal(toldOfPause(world.context).length, times);
    }
    assert.deepEqual(posts(world.fake.calls()), []);
    // Both alerts are remembered beside each other.
    assert.equal(world.context.told.filter(({ kind }) => kind === 'noRecentBackup').length, 1);
  });

  test('is an error of the look with the call that ends it where the ledger does not take since when it is', async () => {
    for (const before of ['a look', 'no look']) {
      const world = paused();
      if (before === 'a look') {
        world.broker.phase = 'EXPORTING';
        await look(world);
        world.broker.phase = 'SOFT_PAUSED';
      }
      world.context.store.before = (call) => {
        if (/^(create|replace|write)/.test(call)) throw new BackupError('LedgerUnusable', 'ENOSPC.');
      };
      await assert.rejects(
        look(world),
        /Exporting is paused, and no run of this ledger .*partition 1 is SOFT_PAUSED.* written down: ENOSPC\.[\s\S]*\nBy hand: curl -X POST/,
      );
      assert.deepEqual(posts(world.fake.calls()), []);
    }
  });

  test('counts from when it was seen first, also across looks that see nothing', async () => {
    const world = paused();
    await look(world);
    const answers = world.fake.replies[partitions];
    assert(answers);
    world.fake.replies[partitions] = noAnswer(at.zeebe);
    world.context.clock.advance(3000);
    const { unknown } = await look(world);
    assert.equal(seconds(world), 3000);
    assert.match(unknown.join(), /^whether exporting is still paused is not known: /);
    world.fake.replies[partitions] = answers;
    world.context.clock.advance(601);
    await look(world);
    assert.equal(toldOfPause(world.context).length, 1);
  });

  test('that nobody can see is not measured as none, and it is said why it is not known', async () => {
    const world = paused();
    for (const answer of [
      noAnswer(at.zeebe),
      json(404, { timestamp: 'now', status: 404, error: 'Not Found', path: '/x' }),
    ]) {
      world.fake.replies[partitions] = answer;
      world.context.measured.length = 0;
      const { pausedSeconds, unknown } = await look(world);
      assert.equal(pausedSeconds, null);
      assert.match(unknown.join(), /^whether exporting is paused is not known: .*zeebe/i);
      assert.equal(seconds(world), undefined);
    }
    world.fake.replies[partitions] = exportingOf(at.zeebe)[partitions] ?? noAnswer();
    const { pausedSeconds, unknown } = await look(world);
    assert.deepEqual([pausedSeconds, unknown], [0, []]);
  });

  test('that is over is forgotten', async () => {
    const world = paused();
    await look(world);
    world.broker.phase = 'EXPORTING';
    world.context.clock.advance(3601);
    await look(world);
    assert.equal(seconds(world), 0);
    world.broker.phase = 'SOFT_PAUSED';
    await look(world);
    assert.equal(seconds(world), 0);
    assert.deepEqual(toldOfPause(world.context), []);
  });

  test('is none where a run has begun meanwhile, or has paused since', async () => {
    const world = paused();
    const lock: Lock = {
      format: 1,
      cluster: 'production',
      runId: arn,
      owner: execution,
      reason: 'test',
      acquiredAt: '2026-11-21T09:00:00.000Z',
    };
    const answers = world.fake.replies[partitions];
    assert(typeof answers === 'function');
    let begun: Promise<unknown> | undefined;
    world.fake.replies[partitions] = (request) => {
      begun = world.context.ledger.acquire(lock);
      return answers(request);
    };
    await look(world);
    await begun;
    assert.equal((await world.context.ledger.readMemory('production'))?.unexplainedPauseSince, undefined);

    await world.context.ledger.release('production', arn);
    world.fake.replies[partitions] = answers;
    await look(world);
    assert((await world.context.ledger.readMemory('production'))?.unexplainedPauseSince);
    const later = { ...lock, runId: 'run-2', owner: someOwner };
    await world.context.ledger.acquire({ ...later, pauseRequestedAt: '2026-11-21T09:00:00.000Z' });
    await look(world);
    assert.equal((await world.context.ledger.readMemory('production'))?.unexplainedPauseSince, undefined);
  });
});

describe('a run that runs', () => {
  test('is left alone: only the ledger and Step Functions are asked', async () => {
    const world = await setUp({ state: 'running' });
    const lock = await world.context.ledger.readLock('production');
    assert.equal((await look(world)).lock, 'running');
    assert.deepEqual(world.fake.calls(), []);
    assert.deepEqual(world.executions.calls, [`state ${arn}`]);
    assert.deepEqual(await world.context.ledger.readLock('production'), lock);
    assert.deepEqual(world.context.told, []);
    assert.equal(world.broker.phase, 'SOFT_PAUSED');
  });

  test('is measured: how long exporting is paused', async () => {
    const world = await setUp({ state: 'running' });
    await look(world);
    assert.deepEqual(figureOf(world.context, 'ExportingPausedSeconds'), {
      name: 'ExportingPausedSeconds',
      unit: 'Seconds',
      value: 120,
      cluster: 'production',
    });
  });

  test('and has resumed is never stopped, however long it takes', async () => {
    const world = await setUp({
      state: 'running',
      lock: { ...paused, resumedAt: '2026-11-21T09:01:00.000Z', resumeProof: 'proven' },
    });
    world.context.clock.advance(24 * 3600);
    assert.equal((await look(world)).lock, 'running');
    assert.deepEqual(world.executions.calls, [`state ${arn}`]);
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 0);
  });

  test('and has not paused yet is never stopped', async () => {
    const world = await setUp({ state: 'running', lock: {} });
    world.context.clock.advance(24 * 3600);
    assert.equal((await look(world)).lock, 'running');
    assert.deepEqual(world.context.told, []);
  });
});

describe('a run that is gone', () => {
  test('is put right: exporting resumed, the manifest FAILED, the lock free', async () => {
    const world = await setUp();
    assert.equal((await look(world)).lock, 'repaired');
    assert.equal(world.broker.phase, 'EXPORTING');
    const { ledger } = world.context;
    assert.equal(await ledger.readLock('production'), undefined);
    const left = await ledger.readManifest('production', 7);
    assert.equal(left?.state, 'FAILED');
    assert.equal(left.failure?.error, 'Abandoned');
    assert.equal(left.exporting.leftPaused, false);
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 0);
  });

  test('is told once, with what became of exporting, where to look, and what to do', async () => {
    const world = await setUp();
    await look(world);
    await look(world);
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
    const [alert] = world.context.told;
    assert(alert);
    assert.match(alert.reason, new RegExp(`^The run ${arn} .*Exporting is resumed \\(proven\\)\\.$`));
    assert.match(alert.remedy ?? '', /Start a new backup/);
    assert.match(alert.remedy ?? '', /: camunda-backup repair --cluster production$/);
    assert.equal(alert.backupId, 7);
    assert.equal(alert.manifest, 'memory:production/backups/7/manifest.json');
    assert.match(alert.execution ?? '', /^https:\/\/eu-central-1\.console\.aws\.amazon\.com\//);
    assert.deepEqual(posts(world.fake.calls()), [resume]);
  });

  test('and had not paused is put right without touching the cluster', async () => {
    const world = await setUp({ lock: {} });
    assert.equal((await look(world)).lock, 'repaired');
    assert.deepEqual(posts(world.fake.calls()), []);
    assert.match(world.context.told[0]?.reason ?? '', /Exporting was not paused\.$/);
  });

  test('while exporting cannot be resumed is CRITICAL at every look, and put right when it can', async () => {
    const world = await setUp();
    const works = world.fake.replies[resume];
    assert(works);
    world.fake.replies[resume] = noAnswer();
    for (let looks = 1; looks <= 2; looks++) {
      assert.equal((await look(world)).lock, 'still-paused');
      assert.deepEqual(
        toldOf(world.context),
        Array.from({ length: looks }, () => 'exportingLeftPaused CRITICAL'),
      );
      assert.equal((await world.context.ledger.readLock('production'))?.runId, arn);
      world.context.clock.advance(300);
    }
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 420);
    const [alert] = world.context.told;
    assert.match(alert?.reason ?? '', /^Exporting is paused since 2026-11-21T09:00:00\.000Z.*ECONNREFUSED/);
    assert.match(alert?.remedy ?? '', /curl -X POST http:\/\/zeebe:9600\/actuator\/exporting\/resume/);

    world.fake.replies[resume] = works;
    assert.equal((await look(world)).lock, 'repaired');
    assert.equal(world.broker.phase, 'EXPORTING');
    assert.equal(toldOf(world.context).at(-1), 'runAbandoned WARNING');
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 0);
  });

  test('is tried again at the next look, also one second later: a failed attempt holds no claim', async () => {
    const world = await setUp();
    const works = world.fake.replies[resume];
    assert(works);
    world.fake.replies[resume] = noAnswer();
    await look(world);
    assert.equal((await world.context.ledger.readLock('production'))?.repair, undefined);
    world.fake.replies[resume] = works;
    world.context.clock.advance(1);
    assert.equal((await look(world)).lock, 'repaired');
  });

  test('is left to another watchdog that is at it', async () => {
    const world = await setUp({
      lock: { ...paused, repair: { startedAt: '2026-11-21T09:01:50.000Z', by: someOwner } },
    });
    assert.equal((await look(world)).lock, 'running');
    assert.deepEqual(world.fake.calls(), []);
    assert.deepEqual(world.context.told, []);
  });

  test('is taken over from a watchdog that died at it', async () => {
    const world = await setUp({
      lock: { ...paused, repair: { startedAt: '2026-11-21T09:01:50.000Z', by: someOwner } },
    });
    world.context.clock.advance(300);
    assert.equal((await look(world)).lock, 'repaired');
  });

  test('is put right once by two watchdogs at the same moment', async () => {
    const world = await setUp();
    const states = await Promise.all([look(world), look(world)]);
    assert.deepEqual(states.map(({ lock }) => lock).sort(), ['repaired', 'running']);
    assert.deepEqual(posts(world.fake.calls()), [resume]);
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
  });
});

describe('a manifest that is RUNNING and that no lock belongs to', () => {
  const orphan: Manifest = { ...manifest, backupId: 9, runId: `${arn}-lost` };
  const completed: Manifest = { ...orphan, state: 'COMPLETED' };

  /** A cluster whose lock is free. */
  async function free() {
    const world = await setUp({ lock: {}, state: 'running' });
    await world.context.ledger.writeManifest({ ...manifest, state: 'COMPLETED' });
    await world.context.ledger.release('production', arn);
    return world;
  }

  const stateOf = async ({ context }: World, id = 9) =>
    (await context.ledger.readManifest('production', id))?.state;

  for (const { what, prepare } of [
    { what: 'there is no lock', prepare: free },
    { what: 'another run holds the lock', prepare: () => setUp({ state: 'running' }) },
    { what: 'a run of the command line holds the lock', prepare: () => setUp({ owner: someOwner }) },
  ] as const) {
    test(`is marked FAILED and told once: ${what}`, async () => {
      const world = await prepare();
      const { ledger } = world.context;
      await ledger.createManifest(orphan);
      await ledger.createEntry('production', 9, entryOf('zeebe', { runId: orphan.runId, state: 'STARTED' }));
      const lock = await ledger.readLock('production');
      assert.deepEqual((await look(world)).orphans, [9]);
      assert.deepEqual((await look(world)).orphans, []);
      const left = await ledger.readManifest('production', 9);
      assert.equal(left?.state, 'FAILED');
      assert.equal(left.failure?.error, 'Abandoned');
      assert.equal(left.endedAt, '2026-11-21T09:02:00.000Z');
      assert.deepEqual(
        left.components.map(({ component, state }) => `${component} ${state}`),
        ['zeebe STARTED'],
      );
      assert.deepEqual(await ledger.readLock('production'), lock);
      assert.deepEqual(posts(world.fake.calls()), []);

      assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
      const [alert] = world.context.told;
      assert.equal(alert?.backupId, 9);
      assert.match(
        alert.reason,
        /^The backup 9 was RUNNING, .*-lost: that run is gone\. It is marked FAILED\.$/,
      );
      assert.match(alert.remedy ?? '', /Start a new backup\..* camunda-backup repair --cluster production$/);
      assert.equal(alert.manifest, 'memory:production/backups/9/manifest.json');
      assert.match(alert.execution ?? '', /executions\/details\/.*-lost$/);
    });
  }

  test('is one of two: the run that holds the lock for its backup is not touched', async () => {
    const world = await setUp({ state: 'running' });
    await world.context.ledger.createManifest(orphan);
    await look(world);
    assert.equal(await stateOf(world, 7), 'RUNNING');
    assert.equal(await stateOf(world, 9), 'FAILED');
  });

  test('and completes in this moment stays complete, and nobody is told otherwise', async () => {
    const world = await free();
    const { store, ledger } = world.context;
    await ledger.createManifest(orphan);
    const { replace } = store;
    store.replace = async (key, text, version) => {
      store.replace = replace;
      await ledger.writeManifest(completed);
      return replace(key, text, version);
    };
    assert.deepEqual((await look(world)).orphans, []);
    assert.deepEqual(await ledger.readManifest('production', 9), completed);
    assert.deepEqual(world.context.told, []);
  });

  test('is none when its run began after the look did', async () => {
    const world = await free();
    const { store, ledger } = world.context;
    store.before = (call) => {
      if (call !== 'list production/backups/') return;
      store.before = () => undefined;
      store.documents.set(
        'production/lock.json',
        JSON.stringify({
          format: 1,
          cluster: 'production',
          runId: orphan.runId,
          owner: execution,
          reason: 'test',
          acquiredAt: '2026-11-21T09:02:00.000Z',
          backupId: 9,
        }),
      );
      store.documents.set('production/backups/9/manifest.json', JSON.stringify(orphan));
    };
    assert.deepEqual((await look(world)).orphans, []);
    assert.equal((await ledger.readManifest('production', 9))?.state, 'RUNNING');
    assert.deepEqual(world.context.told, []);
  });

  test('is marked by one of two watchdogs at the same moment, and told by one of them at least', async () => {
    const world = await free();
    await world.context.ledger.createManifest(orphan);
    const seen = await Promise.all([look(world), look(world)]);
    assert.deepEqual(
      seen.flatMap(({ orphans }) => orphans),
      [9],
    );
    assert.deepEqual([...new Set(toldOf(world.context))], ['runAbandoned WARNING']);
  });

  test('is marked where nobody can be told, and is told by the first look that can', async () => {
    const world = await free();
    await world.context.ledger.createManifest(orphan);
    await world.context.ledger.createManifest({ ...orphan, backupId: 8 });
    const { tell } = world.context;
    world.context.tell = async () => {
      throw new Error('no topic');
    };
    for (let times = 0; times < 2; times += 1) {
      await assert.rejects(look(world), /People could not be told: no topic; no topic/);
      assert.deepEqual([await stateOf(world, 8), await stateOf(world, 9)], ['FAILED', 'FAILED']);
    }
    world.context.tell = tell;
    await look(world);
    assert.deepEqual(world.context.told.map(({ backupId }) => backupId).sort(), [8, 9]);
    await look(world);
    assert.equal(world.context.told.length, 2);
  });

  test('is looked for in the newest ten, so that a look stays quick', async () => {
    const world = await free();
    for (let backupId = 11; backupId <= 20; backupId += 1) {
      await world.context.ledger.createManifest({ ...completed, backupId });
    }
    await world.context.ledger.createManifest(orphan);
    const reads: string[] = [];
    world.context.store.before = (call) => {
      if (call.startsWith('read') && call.endsWith('/manifest.json')) reads.push(call);
    };
    assert.deepEqual((await look(world)).orphans, []);
    assert.equal(reads.length, 10);
    assert(!reads.includes('read production/backups/9/manifest.json'));
  });

  test('beside one that cannot be read is found all the same', async () => {
    const world = await free();
    await world.context.ledger.createManifest(orphan);
    world.context.store.documents.set('production/backups/10/manifest.json', '{');
    assert.deepEqual((await look(world)).orphans, [9]);
    assert.match(world.context.warnings.join(), /backups\/10\/manifest\.json/);
  });
});

describe('a run that keeps exporting paused for longer than maxPause', () => {
  const settings = '    maxPause: 10m\n';

  test('is left alone up to then', async () => {
    const world = await setUp({ state: 'running', settings });
    world.context.clock.advance(480);
    assert.equal((await look(world)).lock, 'running');
  });

  test('is told at half of it, once for each pause, and left alone', async () => {
    const world = await setUp({ state: 'running', settings });
    // Two minutes of the pause have passed.
    world.context.clock.advance(179);
    assert.equal((await look(world)).lock, 'running');
    assert.deepEqual(toldOf(world.context), []);
    world.context.clock.advance(1);
    assert.equal((await look(world)).lock, 'running');
    assert.equal((await look(world)).lock, 'running');
    assert.deepEqual(toldOf(world.context), ['exportingPausedForLong WARNING']);
    assert.match(
      world.context.told[0]?.reason ?? '',
      /paused for 5 min 00 s; after 10 min 00 s \(`maxPause`\)/,
    );
    assert.equal(world.broker.phase, 'SOFT_PAUSED');
    const pauseRequestedAt = new Date(world.context.clock.now() - 300_000 + 1000).toISOString();
    await world.context.ledger.changeLock('production', arn, { pauseRequestedAt });
    world.context.clock.advance(2);
    await look(world);
    assert.equal(world.context.told.length, 2, 'another pause is told anew');
  });

  test('is told of again at the next look where nobody could be told', async () => {
    const world = await setUp({ state: 'running', settings });
    world.context.clock.advance(180);
    const { tell } = world.context;
    world.context.tell = async () => {
      throw new Error('SNS is away');
    };
    await assert.rejects(look(world), /SNS is away/);
    world.context.tell = tell;
    await look(world);
    assert.deepEqual(toldOf(world.context), ['exportingPausedForLong WARNING']);
  });

  test('has six hours where the configuration says nothing, and is told of after three', async () => {
    const world = await setUp({ state: 'running' });
    world.context.clock.advance(3 * 3600 - 121);
    await look(world);
    assert.deepEqual(toldOf(world.context), []);
    world.context.clock.advance(1);
    await look(world);
    assert.deepEqual(toldOf(world.context), ['exportingPausedForLong WARNING']);
    world.context.clock.advance(3 * 3600);
    assert.equal((await look(world)).lock, 'running');
    world.context.clock.advance(1);
    assert.equal((await look(world)).lock, 'repaired');
  });

  test('is stopped first, and only then exporting is resumed', async () => {
    const world = await setUp({ state: 'running', settings });
    const order: string[] = world.executions.calls;
    const works = world.fake.replies[resume];
    assert(typeof works === 'function');
    world.fake.replies[resume] = (request) => {
      order.push('resume');
      return works(request);
    };
    world.context.clock.advance(481);
    assert.equal((await look(world)).lock, 'repaired');
    assert.deepEqual(
      order.map((call) => call.split(' ')[0]),
      ['state', 'stop', 'state', 'resume'],
    );
    assert.match(order[1] ?? '', /Exporting is paused for 10 min 01 s by the run .*longer than `maxPause`$/);
    const left = await world.context.ledger.readManifest('production', 7);
    assert.equal(left?.failure?.error, 'PausedTooLong');
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
    assert.match(world.context.told[0]?.reason ?? '', /the run was stopped\. Exporting is resumed/);
  });

  test('is asked for again where Step Functions says for some seconds more that it runs', async () => {
    const world = await setUp({ state: 'running', settings });
    world.context.clock.advance(481);
    const stoppedAt = world.context.clock.now();
    const answers: ('running' | 'gone')[] = ['running', 'running', 'running', 'running', 'gone'];
    world.executions.executions.state = async () => answers.shift() ?? 'gone';
    assert.equal((await look(world)).lock, 'repaired');
    assert.deepEqual(answers, []);
    assert.equal(world.broker.phase, 'EXPORTING');
    assert((world.context.clock.now() - stoppedAt) / 1000 <= 15);
  });

  test('that cannot be stopped is not resumed: it would pause again', async () => {
    const world = await setUp({ state: 'running', afterStop: 'running', settings });
    world.context.clock.advance(481);
    const error = await failureOf(look(world));
    assert.equal(world.executions.calls.filter((call) => call.startsWith('state')).length, 6);
    assert.equal(error.name, 'ServerTrouble');
    assert.match(error.message, /was stopped and still runs/);
    assert.deepEqual(world.fake.calls(), []);
    assert.equal(world.broker.phase, 'SOFT_PAUSED');
  });
});

describe('a run of the command line', () => {
  test('is not for the watchdog: whether it lives cannot be seen', async () => {
    const world = await setUp({ owner: someOwner });
    assert.equal((await look(world)).lock, 'not-ours');
    assert.deepEqual(world.executions.calls, []);
    assert.deepEqual(world.fake.calls(), []);
    assert.deepEqual(world.context.told, []);
    assert(await world.context.ledger.readLock('production'));
  });

  test('that keeps exporting paused for too long is told, and not touched', async () => {
    const world = await setUp({ owner: someOwner, settings: '    maxPause: 1h\n' });
    world.context.clock.advance(3600);
    assert.equal((await look(world)).lock, 'still-paused');
    assert.deepEqual(toldOf(world.context), ['exportingLeftPaused CRITICAL']);
    assert.deepEqual(world.fake.calls(), []);
    assert(await world.context.ledger.readLock('production'));
    assert.equal(figureOf(world.context, 'ExportingPausedSeconds')?.value, 3720);
  });
});

describe('a run of the command line that has had a heartbeat', () => {
  async function withHeartbeat(seconds: number) {
    const world = await setUp({ owner: someOwner, settings: '    maxPause: 1h\n' });
    const beat = {
      format: 1,
      cluster: 'production',
      runId: arn,
      beatAt: '2001-01-01T00:00:00.000Z',
    } as const;
    await world.context.ledger.beat(beat, { first: true });
    world.context.store.makeOlder('production/heartbeat.json', seconds);
    return world;
  }

  test('is put right after fifteen minutes without one, wherever it ran', async () => {
    const world = await withHeartbeat(901);
    assert.equal((await look(world)).lock, 'repaired');
    assert.equal(world.broker.phase, 'EXPORTING');
    assert.equal(await world.context.ledger.readLock('production'), undefined);
    assert.equal((await world.context.ledger.readManifest('production', 7))?.failure?.error, 'Abandoned');
    assert.deepEqual(toldOf(world.context), ['runAbandoned WARNING']);
    assert.match(world.context.told[0]?.reason ?? '', /process 4711 on test-host.*Exporting is resumed/);
    assert.deepEqual(world.executions.calls, []);
  });

  test('is put right also where it had paused for longer than maxPause, and was not stopped for it', async () => {
    const world = await withHeartbeat(901);
    world.context.clock.advance(3600);
    assert.equal((await look(world)).lock, 'repaired');
    assert.equal((await world.context.ledger.readManifest('production', 7))?.failure?.error, 'Abandoned');
    assert.equal(world.broker.phase, 'EXPORTING');
  });

  test('is left alone before', async () => {
    for (const { seconds, lock } of [
      { seconds: 30, lock: 'running' },
      { seconds: 900, lock: 'not-ours' },
    ] as const) {
      const world = await withHeartbeat(seconds);
      assert.equal((await look(world)).lock, lock);
      assert.deepEqual(world.fake.calls(), []);
      assert(await world.context.ledger.readLock('production'));
      assert.deepEqual(world.context.told, []);
    }
  });

  test('and that lives and keeps exporting paused for too long is told, with where it can be ended', async () => {
    const world = await withHeartbeat(30);
    world.context.clock.advance(3600);
    world.context.store.makeOlder('production/heartbeat.json', -3600);
    assert.equal((await look(world)).lock, 'still-paused');
    const [told] = world.context.told;
    assert.match(told?.reason ?? '', /by process 4711 on test-host, .*that run lives/);
    assert.match(told?.remedy ?? '', /End it where it runs/);
    assert.equal(world.broker.phase, 'SOFT_PAUSED');
  });
});

describe('an execution that nobody can be asked about', () => {
  test('is left alone, and told when it keeps exporting paused for too long', async () => {
    const world = await setUp({ settings: '    maxPause: 1h\n' });
    world.executions.executions.state = async () => 'unknown';
    assert.equal((await look(world)).lock, 'not-ours');
    world.context.clock.advance(3600);
    assert.equal((await look(world)).lock, 'still-paused');
    assert.deepEqual(toldOf(world.context), ['exportingLeftPaused CRITICAL']);
    assert.deepEqual(world.fake.calls(), []);
    assert(await world.context.ledger.readLock('production'));
  });
});

describe('completed backups that stay away', () => {
  const day = 24 * 3600;

  async function watched(settings = '    maxAge: 26h\n') {
    const yaml = `ledger: { folder: ./x }\nclusters:\n  production:\n    zeebe: { url: ${at.zeebe} }\n${settings}`;
    const { http } = fakeHttp(exportingOf(at.zeebe));
    const world = { context: testContext({ yaml, http }), executions: fakeExecutions('gone') };
    const complete = (backupId: number) =>
      world.context.ledger.writeManifest({
        ...manifest,
        backupId,
        state: 'COMPLETED',
        startedAt: new Date(world.context.clock.now()).toISOString(),
      });
    return { ...world, complete };
  }

  /** Looks every five minutes, as the schedule does. */
  async function lookFor(world: World, seconds: number) {
    for (let passed = 0; passed < seconds; passed += 300) {
      world.context.clock.advance(300);
      await look(world);
    }
  }

  test('are told once a day, however often it looks', async () => {
    const world = await watched();
    await world.complete(8);
    await lookFor(world, 26 * 3600);
    assert.equal(world.context.told.length, 0);
    await lookFor(world, day);
    assert.deepEqual(toldOf(world.context), ['noRecentBackup CRITICAL']);
    const [alert] = world.context.told;
    assert.equal(alert?.backupId, 8);
    assert.match(
      alert?.reason ?? '',
      /^The last completed backup, 8, began 26 h 05 min ago; 26 h 00 min are allowed$/,
    );
    await lookFor(world, 600);
    assert.equal(world.context.told.length, 2);
  });

  test('are forgotten with the next completed backup, and told anew when they stay away again', async () => {
    const world = await watched();
    await world.complete(8);
    await lookFor(world, 27 * 3600);
    assert.equal(world.context.told.length, 1);
    await world.complete(9);
    await lookFor(world, 300);
    assert.equal(world.context.told.length, 1);
    await lookFor(world, 26 * 3600);
    assert.equal(world.context.told.length, 2);
    assert.equal(world.context.told[1]?.backupId, 9);
  });

  test('count from the first look where there never was one', async () => {
    const world = await watched();
    await look(world);
    await lookFor(world, 26 * 3600);
    assert.equal(world.context.told.length, 0);
    await lookFor(world, 300);
    assert.deepEqual(toldOf(world.context), ['noRecentBackup CRITICAL']);
    assert.equal(world.context.told[0]?.backupId, undefined);
    assert.match(
      world.context.told[0]?.reason ?? '',
      /^There is no completed backup, and the cluster is watched for/,
    );
  });

  test('are told, and their age is not measured, when the last backup is dated in the future', async () => {
    const world = await watched();
    await world.context.ledger.createManifest({
      ...manifest,
      backupId: 8,
      state: 'COMPLETED',
      startedAt: '2027-11-21T09:00:00.000Z',
    });
    world.context.measured.length = 0;
    assert.equal((await look(world)).backupAgeSeconds, null);
    assert.deepEqual(toldOf(world.context), ['noRecentBackup CRITICAL']);
    assert.match(
      world.context.told[0]?.reason ?? '',
      /^The last completed backup, 8, is dated 87\d\d h .* in the future: a clock is wrong, or was/,
    );
    assert.equal(figureOf(world.context, 'BackupAgeSeconds'), undefined, 'the alarm is for what is missing');
    await look(world);
    assert.equal(world.context.told.length, 1, 'told once a day');
  });

  test('are not ended by a backup that failed or still runs', async () => {
    const world = await watched();
    await world.complete(8);
    world.context.clock.advance(27 * 3600);
    await world.context.ledger.createManifest({ ...manifest, backupId: 9, state: 'FAILED' });
    await world.context.ledger.createManifest({ ...manifest, backupId: 10, state: 'RUNNING' });
    await world.context.ledger.acquire({
      format: 1,
      cluster: 'production',
      runId: manifest.runId,
      owner: someOwner,
      reason: 'test',
      acquiredAt: new Date(world.context.clock.now()).toISOString(),
      backupId: 10,
    });
    await look(world);
    assert.deepEqual(toldOf(world.context), ['noRecentBackup CRITICAL']);
  });

  test('are told again at the next look when nobody could be told', async () => {
    const world = await watched();
    await world.complete(8);
    world.context.clock.advance(27 * 3600);
    const { tell } = world.context;
    world.context.tell = async () => {
      throw new Error('no topic');
    };
    await assert.rejects(look(world), /no topic/);
    world.context.tell = tell;
    await look(world);
    assert.equal(world.context.told.length, 1);
  });

  test('are nobody’s business without maxAge; their age is measured all the same', async () => {
    const world = await watched('');
    await world.complete(8);
    world.context.clock.advance(30 * day);
    assert.equal((await look(world)).backupAgeSeconds, 30 * day);
    assert.equal(world.context.told.length, 0);
    assert.equal(figureOf(world.context, 'BackupAgeSeconds')?.value, 30 * day);
  });

  test('write nothing into the ledger at a look that changes nothing', async () => {
    const world = await watched();
    await look(world);
    const writes = world.context.store.changes.length;
    await lookFor(world, 3600);
    assert.equal(world.context.store.changes.length, writes);
  });
});

test('a ledger that cannot be read is an error of the look, not a free lock', async () => {
  const world = await setUp();
  world.context.store.before = ledgerTrouble;
  assert.equal((await failureOf(look(world))).name, 'LedgerError');
  assert.deepEqual(world.fake.calls(), []);
});

test('Step Functions that cannot be asked are an error of the look: a run of which nothing is known is not touched', async () => {
  const world = await setUp();
  world.executions.executions.state = async () => {
    throw new BackupError('Unreachable', 'no answer from Step Functions');
  };
  assert.equal((await failureOf(look(world))).name, 'Unreachable');
  assert.equal(world.broker.phase, 'SOFT_PAUSED');
  assert(await world.context.ledger.readLock('production'));
});

test('no look ever starts a backup, takes a lock or pauses', async () => {
  const worlds = await Promise.all([
    setUp(),
    setUp({ state: 'running' }),
    setUp({ owner: someOwner }),
    setUp({ lock: {} }),
    setUp({ state: 'running', settings: '    maxPause: 1m\n    maxAge: 1m\n' }),
  ]);
  for (const world of worlds) {
    const before = world.context.store.changes.length;
    await look(world);
    await look(world);
    assert.deepEqual(
      posts(world.fake.calls()).filter((call) => call !== resume),
      [],
    );
    const changed = world.context.store.changes.slice(before);
    assert(
      !changed.some((change) => /^create (?!\S+\/alerts\.json)|\/backups\/(?!7\/)/.test(change)),
      changed.join(', '),
    );
  }
});

test('what it tells can be sent: every alert becomes a message', async () => {
  const world = await setUp({ settings: '    maxAge: 1m\n' });
  world.fake.replies[resume] = noAnswer();
  await look(world);
  world.context.clock.advance(61);
  await look(world);
  for (const alert of world.context.told)
    assert(messageOf(alert).subject.startsWith('CRITICAL: Camunda production: '));
  assert.deepEqual(toldOf(world.context), [
    'exportingLeftPaused CRITICAL',
    'exportingLeftPaused CRITICAL',
    'noRecentBackup CRITICAL',
  ]);
});
