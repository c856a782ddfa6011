import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { startBackup } from '../../../core/backup/start.ts';
import { application } from '../../../core/components/applications/backup.ts';
import { failureOf, fakeServer, json, type Reply, testContext } from '../fakes.ts';
import { operate as operateAnswers } from '../recorded.ts';
import { holdLock, limits, run } from './world.ts';

const target = {
  kind: 'application',
  component: 'operate',
  url: 'http://operate:9600',
  path: 'backups',
} as const;
const busy = operateAnswers.anotherRunning;
const listOf = (...states: string[]) =>
  json(
    200,
    states.map((state, index) => ({ backupId: index + 1, state })),
  );
const takenAnew = json(200, { scheduledSnapshots: ['camunda_operate_7_8.6.0_part_1_of_1'] });

/** Operate that says what it is told; `start` asks it once, as the state machine does, which repeats ComponentBusy. */
async function setUp(replies: Record<string, Reply>) {
  const context = testContext();
  await holdLock(context);
  const unknown = { 'GET backups/7': operateAnswers.unknownNull };
  const operate = fakeServer('Operate', { ...unknown, ...replies });
  const component = application(operate.server, target);
  return {
    start: () => startBackup(component, { run, target, limits }, context),
    calls: operate.calls,
    entry: () => context.ledger.readEntry('production', 7, 'operate'),
  };
}

describe('An application that says that another backup is running', () => {
  test('An application that twice lists no backup at work is stuck: only a restart helps', async () => {
    const { start, entry } = await setUp({
      'POST backups': busy,
      'GET backups': listOf('COMPLETED', 'FAILED', 'INCOMPLETE'),
    });
    assert.equal((await failureOf(start())).name, 'ComponentBusy');
    const error = await failureOf(start());
    assert.equal(error.name, 'ComponentStuck');
    assert.match(
      error.message,
      /^Operate says that another backup is running, .* twice shown none at work: /,
    );
    assert.match(error.message, /Another backup is running at the moment/);
    assert.match(error.remedy ?? '', /^Restart every replica of Operate/);
    assert.equal((await entry())?.state, 'REQUESTED');
  });

  test('An application that lists a backup at work is busy, however often it is asked', async () => {
    const { start } = await setUp({ 'POST backups': busy, 'GET backups': listOf('IN_PROGRESS') });
    for (let turn = 0; turn < 3; turn += 1) assert.equal((await failureOf(start())).name, 'ComponentBusy');
  });

  test('An application that lists a backup between two of its parts in one look of two is busy', async () => {
    const lists = [listOf('INCOMPLETE'), listOf('IN_PROGRESS'), listOf('INCOMPLETE'), listOf('IN_PROGRESS')];
    const { start } = await setUp({ 'POST backups': busy, 'GET backups': lists });
    for (let turn = 0; turn < 4; turn += 1) assert.equal((await failureOf(start())).name, 'ComponentBusy');
  });

  test('An application that cannot list its backups is busy: nothing is known against it', async () => {
    const { start } = await setUp({ 'POST backups': busy, 'GET backups': json(502, { message: 'no' }) });
    for (let turn = 0; turn < 3; turn += 1) assert.equal((await failureOf(start())).name, 'ComponentBusy');
  });

  test('An application takes the backup when the other has ended between two looks', async () => {
    const { start, entry } = await setUp({
      'POST backups': [busy, takenAnew],
      'GET backups': listOf('COMPLETED'),
    });
    await failureOf(start());
    assert.equal((await start()).state, 'IN_PROGRESS');
    const written = await entry();
    assert.equal(written?.state, 'STARTED');
    assert.deepEqual([written.refused, written.nothingAtWork], [undefined, undefined]);
  });
});
