import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { prepareBackup } from '../../../core/backup/prepare.ts';
import { backupRequest } from '../../../core/backup/request.ts';
import { findLeftovers } from '../../../core/repair/leftovers.ts';
import { at } from '../fake-cluster.ts';
import { failureOf, fakeSearch, snapshotNamed } from '../fakes.ts';
import { oldManifest, request, setUp } from './prepare-world.ts';

/** A time stamp of 17 digits: an int64, and beyond what a number holds. */
const large = 20_260_101_120_000_123n;
const largest = 2 ** 53 - 1;

const list = (...ids: (number | bigint)[]) => ({
  status: 200,
  contentType: 'application/json',
  text: `[${ids.map((id) => `{"backupId":${id},"state":"COMPLETED","details":[]}`).join(',')}]`,
});

const lists = {
  Zeebe: `${at.zeebe}/actuator/backupRuntime`,
  'Web applications': `${at.zeebe}/actuator/backupHistory`,
  Optimize: `${at.optimize}/actuator/backups`,
};

describe('An id that a component has and above which there is none', () => {
  for (const [title, url] of Object.entries(lists)) {
    test(`An id above which there is none, of ${title}, refuses the backup before the lock names an id`, async () => {
      const { context, fake } = setUp({ replies: { [`GET ${url}`]: list(7, large) } });
      const error = await failureOf(prepareBackup(request, 'run-1', context));
      assert.equal(error.name, 'BackupIdRefused');
      assert.equal(
        error.message,
        `${title} at ${url} has the backup ${large}, and ids must grow: camunda-backup makes none above ${largest}`,
      );
      assert.ok(error.remedy?.includes(`curl -X DELETE ${url}/${large}`), error.remedy);
      const lock = await context.ledger.readLock('production');
      assert.deepEqual([lock?.backupId, lock?.pause], [undefined, undefined]);
      assert.deepEqual(await context.ledger.backupIds('production'), []);
      assert.deepEqual(
        fake.requests.filter(({ method }) => method !== 'GET'),
        [],
      );
    });
  }

  test('An id above which there is none refuses the backup also where only a part of the list could be had', async () => {
    const { context, fake } = setUp({
      replies: {
        [`GET ${lists.Zeebe}`]: {
          status: 500,
          contentType: 'application/json',
          text: '{"message":"too many"}',
        },
      },
    });
    const { http } = fake;
    context.http = async (request) => (request.url.endsWith('*') ? list(large) : http({ ...request }));
    const error = await failureOf(prepareBackup(request, 'run-1', context));
    assert.match(error.message, new RegExp(`^Zeebe at .* has the backup ${large}`));
  });

  test('An id above which there is none, in Zeebe, comes with the word that a deletion need not help', async () => {
    const { context } = setUp({ replies: { [`GET ${lists.Zeebe}`]: list(large) } });
    const { remedy } = await failureOf(prepareBackup(request, 'run-1', context));
    assert.match(remedy ?? '', /accept only higher ids from then on, even after the backup is deleted/);
  });

  test('An id above which there is none refuses the backup also in the name of a snapshot of the records', async () => {
    const name = `camunda_zeebe_records_backup_${large}`;
    const { context } = setUp({ search: fakeSearch([snapshotNamed(name)]) });
    const error = await failureOf(prepareBackup(request, 'run-1', context));
    assert.equal(error.name, 'BackupIdRefused');
    assert.match(
      error.message,
      new RegExp(`The repository camunda has, as the snapshot ${name}, the backup`),
    );
    assert.match(error.remedy ?? '', new RegExp(`DELETE _snapshot/camunda/${name}`));
  });

  test('A name of a snapshot with more digits than a server can have names no id', async () => {
    const name = `camunda_zeebe_records_backup_${'9'.repeat(19)}`;
    const { context } = setUp({ search: fakeSearch([snapshotNamed(name)]) });
    const plan = await prepareBackup(request, 'run-1', context);
    assert.equal(plan.outcome, 'PLANNED');
  });

  test('An id above which there is none refuses the backup also when every check is only a warning', async () => {
    const checks = '    checks: { backupStore: warn, components: warn, repository: warn, records: warn }\n';
    for (const url of Object.values(lists)) {
      const { context } = setUp({ replies: { [`GET ${url}`]: list(large) }, settings: checks });
      assert.equal((await failureOf(prepareBackup(request, 'run-1', context))).name, 'BackupIdRefused');
    }
  });

  test('An id above which there is none refuses the backup also when an id was asked for', async () => {
    const { context } = setUp({ replies: { [`GET ${lists.Zeebe}`]: list(large) } });
    const error = await failureOf(prepareBackup({ ...request, backupId: 42 }, 'run-1', context));
    assert.match(error.message, new RegExp(`has the backup ${large}`));
  });

  test('The largest id that a number holds refuses the backup; the one before it can be gone on from', async () => {
    const there = setUp({ replies: { [`GET ${lists.Zeebe}`]: list(largest - 1) } });
    const plan = await prepareBackup(request, 'run-1', there.context);
    assert.equal(plan.outcome === 'PLANNED' && plan.run.backupId, largest);
    const { context } = setUp({ replies: { [`GET ${lists.Zeebe}`]: list(largest) } });
    assert.equal((await failureOf(prepareBackup(request, 'run-1', context))).name, 'BackupIdRefused');
  });

  test('An id above which there is none is told with everything else that keeps the cluster from being backed up', async () => {
    const { context } = setUp({
      replies: {
        [`GET ${lists.Zeebe}`]: list(large),
        [`GET ${lists.Optimize}`]: { status: 404, contentType: 'application/json', text: '{"error":"x"}' },
      },
    });
    const { message } = await failureOf(prepareBackup(request, 'run-1', context));
    assert.match(message, new RegExp(`Zeebe at .* has the backup ${large}`));
    assert.match(message, /Optimize answered/);
  });

  test('An id above which there is none hides no leftover of a failed backup from a repair', async () => {
    const { context } = setUp({
      replies: {
        [`GET ${lists.Optimize}`]: list(large),
        [`GET ${lists.Optimize}/7`]: {
          status: 200,
          contentType: 'application/json',
          text: '{"backupId":7,"state":"COMPLETED","details":[]}',
        },
      },
    });
    await context.ledger.createManifest(oldManifest(7, { state: 'FAILED' }));
    await context.ledger.createEntry('production', 7, {
      component: 'optimize',
      runId: 'run-0',
      state: 'STARTED',
      url: at.optimize,
      requestedAt: '2026-11-20T09:00:00.000Z',
    });
    const config = (await context.config()).clusters['production'];
    assert(config);
    const { leftovers, unasked } = await findLeftovers('production', config, context);
    assert.deepEqual(
      leftovers.map(({ component, backupId, kind }) => [component, backupId, kind]),
      [['optimize', 7, 'ours']],
    );
    assert.match(unasked[0]?.problem.message ?? '', new RegExp(`has the backup ${large}`));
  });
});

describe('The id of a request', () => {
  for (const id of [2 ** 53, Number(large), largest, 0, -1, 1.5]) {
    test(`The id of a request is refused when there could be none above it, or it is none: ${id}`, () => {
      assert.equal(backupRequest.safeParse({ ...request, backupId: id }).success, false);
    });
  }

  test('The id of a request is taken when the next one can be above it', () => {
    assert.equal(backupRequest.parse({ ...request, backupId: largest - 1 }).backupId, largest - 1);
  });
});

describe('The ids of the ledger', () => {
  test('The ids of the ledger are gone on from until there is none any more', async () => {
    const { context } = setUp();
    await context.ledger.createManifest(oldManifest(largest));
    const error = await failureOf(prepareBackup(request, 'run-1', context));
    assert.equal(error.name, 'BackupIdRefused');
    assert.match(error.message, new RegExp(`^The ledger has the backup ${largest}, and ids must grow`));
  });
});
