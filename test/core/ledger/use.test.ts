import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, test } from '@jest/globals';
import { ledger } from '../../../core/ledger/ledger.ts';
import type { Owner } from '../../../core/ledger/lock/lock.ts';
import { thisProcess } from '../../../core/ledger/lock/owner.ts';
import { folderStore } from '../../../core/ledger/store/folder.ts';
import type { Store } from '../../../core/ledger/store/store.ts';
import { useTimes } from '../../../core/ledger/use.ts';
import { failureOf, typed } from '../fakes.ts';
import { ledgerTrouble, memoryStore } from '../memory-store.ts';
import { open as openS3 } from './store/s3-world.ts';

const key = 'production/backups/7/use.json';
const elsewhere: Owner = { kind: 'process', host: 'another-host', pid: 1 };
const gone: Owner = { ...thisProcess(), pid: spawnSync(process.execPath, ['-e', '']).pid };
const execution: Owner = { kind: 'execution', arn: 'arn:aws:states:eu-central-1:1:execution:verify:v-1' };
const drill = { runId: 'drill-1', what: 'drill', owner: elsewhere, since: '2026-11-21T09:00:00.000Z' };
const verification = { ...drill, runId: 'verify-1', what: 'verification', owner: execution };

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function openFolder(): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-test-'));
  folders.push(folder);
  return folderStore(folder);
}

/** A store whose document of marks can be made older; one that is written anew is young again. */
function withAges(store: Store) {
  let older: { version: string | undefined; seconds: number } | undefined;
  const versionOf = async () => (await store.read(key))?.version;
  return {
    async makeOlder(seconds: number) {
      older = { version: await versionOf(), seconds };
    },
    store: {
      ...store,
      async ageOf(asked: string) {
        const age = await store.ageOf(asked);
        if (age === undefined || asked !== key || older?.version !== (await versionOf())) return age;
        return age + (older?.seconds ?? 0);
      },
    },
  };
}

for (const { home, open } of [
  { home: 'in a folder', open: openFolder },
  { home: 'in S3', open: async () => openS3() },
]) {
  describe(`The mark of a backup in use, ${home}`, () => {
    async function setUp() {
      const { store, makeOlder } = withAges(await open());
      const books = ledger(store, typed, () => undefined);
      const look = () => books.lookForUse('production', 7);
      const isInUse = async () => (await look()).inUse !== undefined;
      return { store, books, makeOlder, look, isInUse };
    }

    test(`A backup ${home} is in use from its mark until the last of those who use it has ended`, async () => {
      const { books, isInUse, look } = await setUp();
      assert.deepEqual(await look(), { inUse: undefined, stale: undefined });
      await books.markUse('production', 7, drill);
      await books.markUse('production', 7, verification);
      const { inUse } = await look();
      assert.equal(inUse?.name, 'BackupInUse');
      assert.match(
        inUse.message,
        /^The backup 7 of production is in use by a drill \(drill-1, process 1 on another-host\) since .* and by a verification \(verify-1, arn:/,
      );
      assert.match(inUse.remedy ?? '', /use\.json becomes void 1 h 00 min after its last renewal\./);
      assert.equal((await books.lookForUse('production', 8)).inUse, undefined);
      await books.endUse('production', 7, 'drill-1');
      assert.equal(await isInUse(), true);
      await books.endUse('production', 7, 'somebody-else');
      await books.endUse('production', 7, 'verify-1');
      assert.equal(await isInUse(), false);
    });

    test(`A mark ${home} holds as long as it is renewed, and for an hour after that; that it is void is said`, async () => {
      const { books, makeOlder, look, isInUse } = await setUp();
      await books.markUse('production', 7, drill);
      for (let times = 0; times < 3; times++) {
        await makeOlder(useTimes.goneAfter - 10);
        assert.equal(await isInUse(), true);
        assert.equal(await books.renewUse('production', 7, 'drill-1'), true);
      }
      await makeOlder(useTimes.goneAfter + 1);
      const { inUse, stale } = await look();
      assert.equal(inUse, undefined);
      assert.match(stale ?? '', /in use by a drill \(drill-1.*has not been renewed for 1 h 00 min/);
    });

    test(`A mark ${home} that is void is not revived: neither by its own run nor by another one`, async () => {
      const { books, makeOlder, isInUse, look } = await setUp();
      await books.markUse('production', 7, drill);
      await makeOlder(useTimes.goneAfter + 1);
      assert.equal(await books.renewUse('production', 7, 'drill-1'), false);
      assert.equal(await isInUse(), false);
      await books.markUse('production', 7, verification);
      assert.doesNotMatch((await look()).inUse?.message ?? '', /drill/);
      await books.endUse('production', 7, 'verify-1');
      assert.equal(await isInUse(), false);
    });

    test(`A mark ${home} of a process that is seen to be gone holds nothing, and one of somebody else beside it does`, async () => {
      const { books, isInUse } = await setUp();
      await books.markUse('production', 7, { ...drill, owner: gone });
      assert.equal(await isInUse(), false);
      await books.markUse('production', 7, { ...verification, owner: thisProcess() });
      assert.equal(await isInUse(), true);
    });

    test(`A mark ${home} that cannot be read counts, since a newer version may have made it, and not for ever`, async () => {
      for (const text of ['{', JSON.stringify({ format: 2, marks: [] })]) {
        const { store, makeOlder, look } = await setUp();
        await store.write(key, text);
        const { inUse } = await look();
        assert.equal(inUse?.name, 'BackupInUse');
        assert.match(inUse.message, /^It is not known whether the backup 7 of production is in use: /);
        await makeOlder(useTimes.goneAfter + 1);
        assert.equal((await look()).inUse, undefined);
        assert.match((await look()).stale ?? '', /does not count any more$/);
      }
    });

    test(`Marks ${home} that are made at once are all there`, async () => {
      const { books, look } = await setUp();
      const runs = ['drill-1', 'drill-2', 'drill-3'];
      await Promise.all(runs.map((runId) => books.markUse('production', 7, { ...drill, runId })));
      const { inUse } = await look();
      for (const runId of runs) assert.ok(inUse?.message.includes(runId), inUse?.message);
    });
  });
}

test('A ledger that cannot be asked does not say that a backup is free', async () => {
  const store = memoryStore();
  store.before = ledgerTrouble;
  const error = await failureOf(ledger(store, typed).lookForUse('production', 7));
  assert.equal(error.name, 'LedgerError');
});
