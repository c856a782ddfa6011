import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { testContext } from '../fakes.ts';

const key = 'production/heartbeat.json';
const cluster = 'production';

function setUp() {
  const { ledger, store, clock } = testContext();
  const beat = (runId: string, first = false) => {
    const beatAt = new Date(clock.now()).toISOString();
    return ledger.beat({ format: 1, cluster, runId, beatAt }, { first });
  };
  const age = (runId: string) => ledger.secondsWithoutBeat({ cluster, runId });
  const writer = () => /"runId": "([^"]+)"/.exec(store.documents.get(key) ?? '')?.[1];
  return { store, clock, beat, age, writer };
}

describe('The heartbeat of a run', () => {
  test('A heartbeat has its age by the clock of the ledger, from its last renewal', async () => {
    const { beat, age, clock } = setUp();
    assert.equal(await age('run-1'), undefined);
    assert.equal(await beat('run-1', true), true);
    clock.advance(40);
    assert.equal(await age('run-1'), 40);
    assert.equal(await beat('run-1'), true);
    assert.equal(await age('run-1'), 0);
  });

  test('A heartbeat is of one run: no other has an age by it', async () => {
    const { beat, age } = setUp();
    await beat('run-1', true);
    assert.equal(await age('run-2'), undefined);
  });

  test('A heartbeat of a run that begins takes the place of that of an earlier run', async () => {
    const { beat, age } = setUp();
    await beat('run-1', true);
    assert.equal(await beat('run-2', true), true);
    assert.equal(await age('run-1'), undefined);
    assert.equal(await age('run-2'), 0);
  });

  test('A heartbeat of an earlier run never takes the place of that of the run after it', async () => {
    const { beat, writer } = setUp();
    await beat('run-1', true);
    await beat('run-2', true);
    assert.equal(await beat('run-1'), false);
    assert.equal(writer(), 'run-2');
  });

  test('A heartbeat of an earlier run loses also where the next run writes between its look and its write', async () => {
    const { beat, store, writer } = setUp();
    await beat('run-1', true);
    let next: Promise<boolean> | undefined;
    store.before = (call) => {
      if (next || call !== `replace ${key}`) return;
      next = beat('run-2', true);
      // The next run was faster.
      store.touch(key);
    };
    const late = await beat('run-1');
    assert.equal(await next, true);
    assert.equal(writer(), 'run-2');
    assert.equal(late, false);
  });

  test('A heartbeat that this version cannot read is of no run, and is overwritten by a run that begins', async () => {
    const { beat, age, store, writer } = setUp();
    for (const text of ['{', '{"format":2,"runId":"run-1"}']) {
      store.documents.set(key, text);
      assert.equal(await age('run-1'), undefined);
      assert.equal(await beat('run-1'), false);
    }
    assert.equal(await beat('run-1', true), true);
    assert.equal(writer(), 'run-1');
  });

  test('A heartbeat that was removed is written again', async () => {
    const { beat, age, store } = setUp();
    await beat('run-1', true);
    await store.remove(key);
    assert.equal(await beat('run-1'), true);
    assert.equal(await age('run-1'), 0);
  });
});
