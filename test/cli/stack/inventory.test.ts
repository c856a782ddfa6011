import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { listResult, showResult } from '../../../cli/inventory/result.ts';
import { listOfStack, showOfStack } from '../../../cli/stack/inventory.ts';
import type { Inventory, ListedBackup } from '../../../core/inventory/backup.ts';
import type { ShownBackup } from '../../../core/inventory/shown.ts';
import { ledger } from '../../../core/ledger/ledger.ts';
import { failureOf, typed } from '../../core/fakes.ts';
import { memoryStore } from '../../core/memory-store.ts';
import { refusal } from '../../support/mock-aws.ts';
import { written } from '../../support/written.ts';
import { manifest } from '../status/world.ts';
import { type FakeAws, fakeAws, laterClock, recorded } from './fakes.ts';

const InventoryFunctionArn = 'arn:aws:lambda:us-east-1:000000000000:function:inventory';
const sources = ['ledger', 'zeebe'].map((name) => ({ name, answered: true }));
const seen: ListedBackup = {
  backupId: 7,
  madeBy: 'elsewhere',
  state: 'COMPLETED',
  usable: false,
  components: { complete: 1, expected: 1 },
};
const inventory: Inventory = {
  cluster: 'production',
  newestUsable: null,
  newestVerified: null,
  backups: [seen],
  more: false,
  sources,
};
const shown: ShownBackup = { backup: seen, components: [], findings: [], warnings: [], timeline: [] };

/** A stack whose ledger has the backup 9, and whose function answers as told. */
async function world(answer?: FakeAws['functions'][string], outputs: object = { InventoryFunctionArn }) {
  const aws = fakeAws(recorded('busy'));
  Object.assign(aws.outputs, { Clusters: '["production"]', ...outputs });
  if (answer) aws.functions[InventoryFunctionArn] = answer;
  const books = ledger(memoryStore(), typed);
  await books.createManifest(manifest(9, '2026-11-21T09:30:00.000Z', { cluster: 'production' }));
  const screen = written();
  const common = {
    stack: 'camunda-backup',
    at: { program: 'camunda-backup' },
    json: true,
    output: screen.output,
    aws,
    openLedger: () => books,
    clock: laterClock(),
  };
  return {
    ...screen,
    called: aws.called,
    list: (limit = 20) => listOfStack({ ...common, limit }),
    listAsText: () => listOfStack({ ...common, json: false, limit: 20 }),
    show: (backupId?: number) => showOfStack({ ...common, backupId }),
  };
}

describe('camunda-backup list --stack', () => {
  test('The function of the stack is asked, and its answer is printed as without a stack', async () => {
    const { list, json, called } = await world(() => ({ answer: inventory }));
    assert.equal(await list(), 0);
    const { backups, sources: asked } = listResult.parse(json());
    assert.deepEqual(backups, [seen]);
    assert.deepEqual(asked, sources);
    assert.deepEqual(called, [
      { arn: InventoryFunctionArn, input: { look: 'list', cluster: 'production', limit: 20 } },
    ]);
  });

  test('No more is asked for than an answer of Lambda has room for', async () => {
    const { list, called } = await world(() => ({ answer: inventory }));
    await list(100_000);
    assert.deepEqual(called[0]?.input, { look: 'list', cluster: 'production', limit: 1000 });
  });
});

describe('Without the function, what the ledger has is shown, and what could not be asked is said', () => {
  for (const { what, answer, outputs, says } of [
    {
      what: 'an older stack',
      answer: undefined,
      outputs: {},
      says: /has no function LookAtBackups: an older version/,
    },
    {
      what: 'a missing permission',
      answer: () => {
        throw refusal({ name: 'AccessDeniedException', message: 'not authorized', status: 403 });
      },
      outputs: undefined,
      says: /lambda:InvokeFunction.*not authorized/,
    },
    {
      what: 'a function that fails',
      answer: () => ({ thrown: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out' } }),
      outputs: undefined,
      says: /LookAtBackups did not end within its time limit/,
    },
  ]) {
    test(what, async () => {
      const forList = await world(answer, outputs);
      assert.equal(await forList.list(), 0);
      const listed = listResult.parse(forList.json());
      assert.deepEqual(
        listed.backups.map(({ backupId, madeBy }) => ({ backupId, madeBy })),
        [{ backupId: 9, madeBy: 'ledger' }],
      );
      assert.deepEqual(
        listed.sources.map(({ name, answered }) => ({ name, answered })),
        [
          { name: 'ledger', answered: true },
          { name: 'stack', answered: false },
        ],
      );
      assert.match(listed.sources[1]?.says ?? '', says);

      const forShow = await world(answer, outputs);
      assert.equal(await forShow.show(), 0);
      const { backup, sources } = showResult.parse(forShow.json());
      assert.equal(backup?.backupId, 9);
      assert.match(sources[1]?.says ?? '', says);
    });
  }

  test('On a screen, the note stands below the list, with what to do', async () => {
    const { listAsText, stderr } = await world(undefined, {});
    assert.equal(await listAsText(), 0);
    assert.match(
      stderr(),
      /^Not asked: what the stack reaches beside the ledger: The stack camunda-backup has no function .*\n {2}What to do: Deploy the stack again/,
    );
  });
});

describe('camunda-backup show --stack', () => {
  test('The function of the stack is asked for one backup', async () => {
    const { show, json, called } = await world(() => ({ answer: { shown, sources } }));
    assert.equal(await show(7), 0);
    assert.deepEqual(showResult.parse(json()).backup, seen);
    assert.deepEqual(called[0]?.input, { look: 'show', cluster: 'production', backupId: 7 });
  });

  test('The newest backup is that of the ledger, which is asked from here', async () => {
    const { show, called } = await world(() => ({ answer: { shown, sources } }));
    assert.equal(await show(), 0);
    assert.deepEqual(called[0]?.input, { look: 'show', cluster: 'production', backupId: 9 });
  });

  test('A backup that no source knows is a mistake of the user', async () => {
    const { show, json } = await world(() => ({ answer: { sources } }));
    assert.equal(await show(5), 2);
    const { backup, failure } = showResult.parse(json());
    assert.equal(backup, null);
    assert.match(failure?.message ?? '', /No source that answered knows a backup 5 of production/);
  });

  test('An answer of another form is no answer, and the ledger is shown', async () => {
    const { show, json } = await world(() => ({ answer: { backups: 7 } }));
    assert.equal(await show(9), 0);
    assert.match(showResult.parse(json()).sources[1]?.says ?? '', /cannot be read by this version/);
  });
});

test('A cluster that the stack does not back up is refused', async () => {
  const { output } = written();
  const aws = fakeAws(recorded('busy'));
  Object.assign(aws.outputs, { Clusters: '["production"]' });
  const common = { stack: 'camunda-backup', at: { program: 'camunda-backup' }, json: false, output, aws };
  const error = await failureOf(listOfStack({ ...common, cluster: 'other', limit: 20 }));
  assert.equal(error.name, 'ConfigurationError');
});
