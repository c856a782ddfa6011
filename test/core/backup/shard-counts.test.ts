import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { countingShards } from '../../../core/backup/shard-counts.ts';
import type { Component, ComponentStatus } from '../../../core/components/component.ts';
import type { SearchEngine } from '../../../core/components/search/engine.ts';
import { BackupError } from '../../../core/errors.ts';
import { yaml87 } from '../fake-cluster.ts';
import { fakeSearch, type TestContext, testContext } from '../fakes.ts';
import { ledgerTrouble } from '../memory-store.ts';
import { fakeComponent, run } from './world.ts';

const shard = (last: number, committed: number) => ({
  shard: 0,
  maxSeqNo: last,
  committed: { documents: committed + 1, maxSeqNo: committed },
});

function contextWith(overrides: Partial<SearchEngine> = {}, yaml = yaml87) {
  return testContext({ yaml, search: fakeSearch([], overrides) });
}

/** Replaces the engine by one that notes whoever asks it for counts. A failed assertion in it would be a mere gap. */
function refusingEngine(context: TestContext): string[] {
  const asked: string[] = [];
  const counts = (pattern: string) => {
    asked.push(pattern);
    return Promise.reject(new Error('It was asked'));
  };
  context.search = async () => fakeSearch([], { counts });
  return asked;
}

/** Operate, which is counted or not, as the handlers of its states have it. */
async function counted(
  context: TestContext,
  use: (component: Component) => Promise<unknown>,
  { partsDone, seen }: { partsDone?: number; seen?: ComponentStatus } = {},
) {
  const { component } = fakeComponent({ ...(seen ? { seen } : {}) });
  await using one = await countingShards(
    component,
    { run, target: { component: 'operate' }, ...(partsDone === undefined ? {} : { partsDone }) },
    context,
  );
  return await use(one);
}

const noted = (context: TestContext) => context.ledger.readSnapshots('production', run.backupId, 'operate');
const part = (number: number, state = 'SUCCESS') => ({ name: `part_${number}`, state });
const start = (component: Component) => component.start(run.backupId, run.runId);
const check = (component: Component) => component.check(run.backupId);

describe('How far the shards are before a start', () => {
  test('They are counted before the component is asked, by the pattern of its indices', async () => {
    const order: string[] = [];
    const context = contextWith({
      counts: async (pattern) => {
        order.push(pattern);
        return [{ index: 'operate-list-view-8.3.0_', shards: [shard(49, -1)] }];
      },
    });
    await counted(context, async (component) => {
      await start(component);
      order.push('asked');
    });
    assert.deepEqual(order, ['*operate-*', 'asked']);
    assert.deepEqual((await noted(context))?.before, {
      at: '2026-11-21T09:00:00.000Z',
      counts: { 'operate-list-view-8.3.0_': [[0, 49, 0, -1]] },
    });
  });

  test('What was counted before the first request stays, because that one may have begun a snapshot', async () => {
    let last = 10;
    const context = contextWith({ counts: async () => [{ index: 'i', shards: [shard(last, 0)] }] });
    await counted(context, start);
    last = 20;
    await counted(context, start);
    assert.equal((await noted(context))?.before?.counts['i']?.[0]?.[1], 10);
  });

  test('A start that is called again does not wait for a slow engine, because it was counted already', async () => {
    const context = contextWith();
    await counted(context, start);
    context.search = async () => fakeSearch([], { counts: () => new Promise(() => {}) });
    const began = context.clock.now();
    assert.deepEqual(await counted(context, start), { answer: 'accepted' });
    assert.equal(context.clock.now(), began);
    assert.deepEqual((await noted(context))?.unknown, []);
  });

  test('A ledger that answers only while the engine counts takes none of its time', async () => {
    const context = contextWith();
    const order: string[] = [];
    const { read } = context.store;
    context.store.read = async (key) => {
      await Promise.resolve();
      order.push('ledger');
      return read(key);
    };
    context.search = async () => {
      order.push('engine');
      return fakeSearch([]);
    };
    await counted(context, start);
    assert.equal(order[0], 'engine');
  });

  test('An engine that does not answer is waited for half a second, and is a gap', async () => {
    const context = contextWith({ counts: () => new Promise(() => {}) });
    const began = context.clock.now();
    const started = await counted(context, start);
    assert.deepEqual(started, { answer: 'accepted' });
    assert.equal(context.clock.now() - began, 500);
    const { before, unknown } = (await noted(context)) ?? {};
    assert.equal(before, undefined);
    assert.deepEqual(unknown, [
      {
        what: 'the shards of Operate before the snapshots',
        why: 'The search engine did not count them within 0.5 s',
        late: true,
      },
    ]);
  });

  test('A user that may not count is told which privilege that needs', async () => {
    const refused = new BackupError('RequestRefused', 'GET …/_stats was answered with 403', { status: 403 });
    const context = contextWith({ counts: () => Promise.reject(refused) });
    await counted(context, start);
    assert.equal(
      (await noted(context))?.unknown[0]?.needs,
      'the index privilege monitor on the indices of Camunda',
    );
  });

  test('A ledger that does not take it is a warning, and the start goes on', async () => {
    const context = contextWith();
    context.store.create = async () => ledgerTrouble('PUT');
    assert.deepEqual(await counted(context, start), { answer: 'accepted' });
    assert.match(
      context.warnings.join(),
      /counts of the shards of Operate before the snapshots could not be recorded/,
    );
  });

  for (const { what, yaml } of [
    { what: 'without a search engine', yaml: yaml87.replace(/ {4}(search|records):.*\n/g, '') },
    { what: 'that is not in the configuration any more', yaml: yaml87.replace('production:', 'another:') },
  ]) {
    test(`Nothing is counted of a cluster ${what}`, async () => {
      const context = contextWith({ counts: () => assert.fail('counted') }, yaml);
      assert.deepEqual(await counted(context, start), { answer: 'accepted' });
      assert.equal(await noted(context), undefined);
    });
  }
});

describe('How far the shards are after a snapshot', () => {
  test('They are counted when more snapshots have ended, and each snapshot keeps its first count', async () => {
    let last = 10;
    const context = contextWith({ counts: async () => [{ index: 'i', shards: [shard(last, last)] }] });
    const look = (partsDone: number, ...parts: ComponentStatus['parts']) =>
      counted(context, check, { partsDone, seen: { state: 'IN_PROGRESS', parts } });
    await look(0, part(1, 'IN_PROGRESS'));
    assert.equal(await noted(context), undefined);
    await look(0, part(1), part(2, 'IN_PROGRESS'));
    last = 20;
    await look(1, part(1), part(2, 'IN_PROGRESS'));
    // The same call, delivered once more.
    await look(0, part(1), part(2, 'IN_PROGRESS'));
    last = 30;
    await look(1, part(1), part(2));
    const after = (await noted(context))?.after.map(({ snapshots, counts }) => [
      snapshots,
      counts['i']?.[0]?.[1],
    ]);
    assert.deepEqual(after, [
      [['part_1'], 10],
      [['part_2'], 30],
    ]);
  });

  test('A check says what the component said, whatever comes of the count', async () => {
    const context = contextWith({ counts: () => new Promise(() => {}) });
    const seen: ComponentStatus = { state: 'COMPLETED', parts: [part(1)] };
    const began = context.clock.now();
    assert.deepEqual(await counted(context, check, { partsDone: 0, seen }), seen);
    assert(context.clock.now() - began <= 4000);
    assert.match(
      context.warnings.join() + JSON.stringify(await noted(context)),
      /shards of Operate after the snapshots/,
    );
  });
});

describe('A search engine that counts too slowly', () => {
  const never = () => new Promise<never>(() => {});
  const ended = (...parts: ComponentStatus['parts']): ComponentStatus => ({ state: 'IN_PROGRESS', parts });
  const lateGap = { what: 'the shards of another component', why: 'It took too long', late: true } as const;
  const stopped = {
    what: 'the shards of Operate after the snapshots',
    why: 'No more shards are counted in this backup, because an earlier count took too long',
  };

  test('It is waited for once in a backup, and each gap is recorded once', async () => {
    const context = contextWith({ counts: never });
    await counted(context, start);
    const asked = refusingEngine(context);
    const began = context.clock.now();
    await counted(context, check, { partsDone: 0, seen: ended(part(1)) });
    await counted(context, check, { partsDone: 1, seen: ended(part(1), part(2)) });
    assert.deepEqual(asked, []);
    await counted(context, start);
    assert.equal(context.clock.now(), began);
    const { unknown = [] } = (await noted(context)) ?? {};
    assert.deepEqual(
      unknown.map(({ what, late }) => [what, late]),
      [
        ['the shards of Operate before the snapshots', true],
        ['the shards of Operate after the snapshots', undefined],
      ],
    );
  });

  test('It is not asked by one component after it was late for another one', async () => {
    const context = contextWith({ counts: () => assert.fail('counted') });
    await context.ledger.createSnapshots({
      format: 2,
      ...run,
      component: 'records',
      after: [],
      unknown: [lateGap],
    });
    await counted(context, check, { partsDone: 0, seen: ended(part(1)) });
    assert.deepEqual((await noted(context))?.unknown, [stopped]);
  });

  for (const { what, counts } of [
    { what: 'does not answer', counts: () => never },
    {
      what: 'answers with an error that comes as late',
      counts: (context: TestContext) => async () => {
        await context.clock.sleep(900);
        throw new BackupError('ServerTrouble', 'GET …/_stats was answered with 503', { status: 503 });
      },
    },
  ]) {
    test(`The gap says that it was late if it ${what} after a snapshot, also where an earlier gap was not late`, async () => {
      const context = contextWith();
      const { ledger } = context;
      const { late: _, ...early } = { ...lateGap, what: stopped.what };
      await ledger.createSnapshots({ format: 2, ...run, component: 'operate', after: [], unknown: [early] });
      context.search = async () => fakeSearch([], { counts: counts(context) });
      await counted(context, check, { partsDone: 0, seen: ended(part(1)) });
      await counted(context, check, { partsDone: 1, seen: ended(part(1), part(2)) });
      assert.deepEqual(
        (await noted(context))?.unknown.map(({ what, late }) => [what, late]),
        [[stopped.what, true]],
      );
      assert.deepEqual(context.warnings, []);
    });
  }

  test('It is asked again after an error that came at once, which is one gap', async () => {
    let asked = 0;
    const context = contextWith({
      counts: () => {
        asked++;
        return Promise.reject(new BackupError('ServerTrouble', 'answered with 503', { status: 503 }));
      },
    });
    await counted(context, check, { partsDone: 0, seen: ended(part(1)) });
    await counted(context, check, { partsDone: 1, seen: ended(part(1), part(2)) });
    assert.equal(asked, 2);
    assert.equal((await noted(context))?.unknown.length, 1);
  });

  test('A ledger that does not say whether to count is named, and not the search engine', async () => {
    const context = contextWith();
    context.store.read = never;
    await counted(context, start);
    const text = [...context.store.documents.values()].join();
    assert.match(text, /The ledger did not answer within 0.5 s whether they may be counted/);
  });

  test('A count that ends after the snapshots were described changes nothing', async () => {
    const context = contextWith({ counts: async () => [{ index: 'i', shards: [shard(1, 1)] }] });
    const described = {
      format: 2,
      ...run,
      component: 'operate',
      after: [],
      snapshots: [],
      unknown: [],
    } as const;
    await context.ledger.createSnapshots({ ...described, after: [], snapshots: [], unknown: [] });
    await counted(context, check, { partsDone: 0, seen: ended(part(1)) });
    assert.deepEqual(await noted(context), described);
  });
});
