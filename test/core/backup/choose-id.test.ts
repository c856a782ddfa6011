import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { chooseId, nextId } from '../../../core/backup/choose-id.ts';
import type { BackupList } from '../../../core/checks/lists.ts';
import { BackupError } from '../../../core/errors.ts';
import { at } from '../fake-cluster.ts';
import { testContext } from '../fakes.ts';
import { nowSeconds } from './prepare-world.ts';

const context = testContext();

const zeebeHas = (...ids: number[]): BackupList => ({
  target: { kind: 'zeebe', component: 'zeebe', url: at.zeebe, path: 'backupRuntime' },
  backups: ids.map((backupId) => ({ backupId, state: 'COMPLETED' })),
});

const choose = (ledgerIds: number[], lists: BackupList[], backupId?: number) =>
  chooseId({ cluster: 'production', backupId }, ledgerIds, lists, context);

const refusalOf = (ledgerIds: number[], lists: BackupList[], backupId?: number): BackupError => {
  try {
    choose(ledgerIds, lists, backupId);
  } catch (error) {
    assert(error instanceof BackupError);
    return error;
  }
  throw new assert.AssertionError({ message: 'the id was not refused' });
};

describe('The id of a backup', () => {
  for (const { where, ledgerIds, lists, id } of [
    { where: 'no id is known', ledgerIds: [], lists: [], id: nowSeconds },
    { where: 'all ids are lower', ledgerIds: [3, 7], lists: [zeebeHas(5)], id: nowSeconds },
    {
      where: 'the ledger has that id or a higher one',
      ledgerIds: [3, nowSeconds],
      lists: [zeebeHas(5)],
      id: nowSeconds + 1,
    },
    {
      where: 'a component has a higher one than the ledger',
      ledgerIds: [nowSeconds],
      lists: [zeebeHas(5, nowSeconds + 9), zeebeHas()],
      id: nowSeconds + 10,
    },
  ]) {
    const what = id === nowSeconds ? 'the seconds since 1970' : 'one above the highest id';
    test(`The id of a backup is ${what} where ${where}`, () => {
      assert.equal(choose(ledgerIds, lists), id);
    });
  }

  test('An id that was asked for is taken where it is above all others, also far below the seconds since 1970', () => {
    assert.equal(choose([3], [zeebeHas(41)], 42), 42);
  });

  for (const { what, ledgerIds, lists, says } of [
    { what: 'the ledger has', ledgerIds: [42], lists: [], says: 'is used already (the ledger)' },
    {
      what: 'the ledger and a component have',
      ledgerIds: [42],
      lists: [zeebeHas(7, 42)],
      says: 'is used already (the ledger, Zeebe)',
    },
    {
      what: 'is below one of the ledger',
      ledgerIds: [43],
      lists: [zeebeHas(7)],
      says: 'is not above 43, which the ledger has',
    },
    {
      what: 'is below one of a component',
      ledgerIds: [41],
      lists: [zeebeHas(7, 99)],
      says: 'is not above 99, which Zeebe has',
    },
  ]) {
    test(`An id that ${what} is refused, with the command that takes the next one`, () => {
      const { name, message, remedy } = refusalOf(ledgerIds, lists, 42);
      assert.equal(name, 'BackupIdRefused');
      assert.equal(message, `The backup id 42 ${says}`);
      const next =
        Math.max(...ledgerIds, ...lists.flatMap(({ backups }) => backups.map((b) => b.backupId))) + 1;
      assert.match(remedy ?? '', new RegExp(`one above ${next - 1}: .*run .*--id ${next}$`));
    });
  }
});

describe('The id that comes next', () => {
  test('The id that comes next grows with time, and is above every id that the ledger has', () => {
    assert.equal(nextId([], context), nowSeconds);
    assert.equal(nextId([5, nowSeconds + 3], context), nowSeconds + 4);
  });

  test('No id comes next above the largest one that can be counted', () => {
    assert.throws(() => nextId([Number.MAX_SAFE_INTEGER], context), { name: 'BackupIdRefused' });
  });
});
