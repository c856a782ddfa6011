import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { nowSeconds, oldManifest, planned, setUp } from '../backup/prepare-world.ts';
import { at } from '../fake-cluster.ts';
import { failureOf, fakeSearch, json, snapshotNamed } from '../fakes.ts';

const zeebeList = (...ids: number[]) =>
  json(
    200,
    ids.map((backupId) => ({ backupId, state: 'COMPLETED', details: [] })),
  );

describe('The id of a new backup', () => {
  test('The id of a backup is the seconds since 1970', async () => {
    assert.equal((await planned(setUp().context)).run.backupId, nowSeconds);
  });

  test('The id of a backup is above the ids of the ledger, also above that of a backup that failed', async () => {
    const { context } = setUp();
    await context.ledger.createManifest(oldManifest(nowSeconds + 10, { state: 'FAILED' }));
    assert.equal((await planned(context)).run.backupId, nowSeconds + 11);
  });

  for (const { where, url } of [
    { where: 'Zeebe', url: `${at.zeebe}/actuator/backupRuntime` },
    { where: 'the web applications', url: `${at.zeebe}/actuator/backupHistory` },
    { where: 'Optimize', url: `${at.optimize}/actuator/backups` },
  ] as const) {
    test(`The id of a backup is above an id that ${where} lists, wherever in the list it stands`, async () => {
      const { context, fake } = setUp();
      fake.replies[`GET ${url}`] = zeebeList(20_251_121_090_000, 7);
      assert.equal((await planned(context)).run.backupId, 20_251_121_090_001);
    });
  }

  test('The id of a backup is above that of a snapshot of the records', async () => {
    const search = fakeSearch([snapshotNamed(`camunda_zeebe_records_backup_${nowSeconds + 5}`)]);
    const { context } = setUp({ search });
    assert.equal((await planned(context)).run.backupId, nowSeconds + 6);
  });

  test('An id that is asked for is taken when it is above all others', async () => {
    assert.equal((await planned(setUp().context, { backupId: 42 })).run.backupId, 42);
  });

  test('An id that is used already is refused, and the error says where it is used', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.zeebe}/actuator/backupRuntime`] = zeebeList(42, 41);
    const error = await failureOf(planned(context, { backupId: 41 }));
    assert.equal(error.name, 'BackupIdRefused');
    assert.equal(error.message, 'The backup id 41 is used already (Zeebe)');
    assert.match(error.remedy ?? '', /above 42/);
  });

  test('An id that is below a known one is refused, and the error says which one and whose it is', async () => {
    const { context, fake } = setUp();
    fake.replies[`GET ${at.zeebe}/actuator/backupRuntime`] = zeebeList(42);
    const error = await failureOf(planned(context, { backupId: 40 }));
    assert.equal(error.name, 'BackupIdRefused');
    assert.equal(error.message, 'The backup id 40 is not above 42, which Zeebe has');
  });
});
