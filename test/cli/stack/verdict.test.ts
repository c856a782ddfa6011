import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { runOnStack } from '../../../cli/stack/run.ts';
import { ledger } from '../../../core/ledger/ledger.ts';
import { typed } from '../../core/fakes.ts';
import { memoryStore } from '../../core/memory-store.ts';
import { written } from '../../support/written.ts';
import {
  answering,
  fakeAws,
  fakeSignals,
  laterClock,
  ofNewerStack,
  type Recorded,
  recorded,
} from './fakes.ts';

interface Result {
  state: string;
  backupId: number | null;
  pausedSeconds: number | null;
  failure: { error: string; message: string; remedy?: string } | null;
}

async function run(recording: Recorded) {
  const screen = written();
  const code = await runOnStack({
    stack: 'camunda-backup',
    at: { program: 'camunda-backup' },
    cluster: 'production',
    reason: 'manual',
    json: true,
    output: screen.output,
    onSignal: fakeSignals().onSignal,
    aws: fakeAws(recording),
    openLedger: () => ledger(memoryStore(), typed),
    clock: laterClock(),
  });
  return { code, stderr: screen.stderr(), ...(screen.json() as Result) };
}

const complete = { backupId: 1795252000, cluster: 'production', state: 'COMPLETED' };

describe('What a run on a stack came to', () => {
  it('The answer of a run that was skipped is read of a newer stack as of an older one', async () => {
    const [older, newer] = [await run(recorded('busy')), await run(ofNewerStack(recorded('busy')))];
    assert.deepEqual([newer.code, newer.state, newer.backupId], [3, 'SKIPPED', null]);
    assert.equal(newer.failure?.message, older.failure?.message);
    assert.match(
      newer.failure?.remedy ?? '',
      /camunda-backup watch --stack camunda-backup --execution other/,
    );
  });

  it('The answer of a run whose backup is complete is read of a newer stack as of an older one', async () => {
    const [older, newer] = [
      await run(recorded('production')),
      await run(ofNewerStack(recorded('production'))),
    ];
    assert.deepEqual([newer.code, newer.state, newer.backupId], [0, 'COMPLETED', 1795252000]);
    assert.equal(newer.pausedSeconds, older.pausedSeconds);
    assert(Number(newer.pausedSeconds) > 0);
    const parts = (text: string) => text.match(/done, \d+ parts? in/g);
    assert.deepEqual(parts(newer.stderr), parts(older.stderr));
    assert.equal(parts(newer.stderr)?.length, 4);
  });

  it('A run stays SKIPPED when the lock in its answer cannot be read at all', async () => {
    const answer = { outcome: 'SKIPPED', because: 'another run holds the lock', heldBy: { format: 2 } };
    const { code, state, failure } = await run(answering(recorded('busy'), answer));
    assert.deepEqual([code, state], [3, 'SKIPPED']);
    assert.equal(failure?.message, 'another run holds the lock');
  });

  it('A run is UNKNOWN, with exit code 1, when its answer says neither COMPLETED nor SKIPPED', async () => {
    for (const answer of [
      null,
      {},
      { ...complete, state: 'FAILED' },
      { ...complete, state: undefined },
      { outcome: 'DEFERRED', heldBy: { runId: 'run-1' } },
    ]) {
      const { code, state, failure, stderr } = await run(answering(recorded('production'), answer));
      assert.deepEqual([code, state], [1, 'UNKNOWN'], JSON.stringify(answer));
      assert.match(failure?.message ?? '', /says neither COMPLETED nor SKIPPED/);
      assert.match(stderr, /its result is NOT KNOWN/);
    }
  });

  it('A run leaves open whether exporting is paused when neither its plan nor its answer is understood', async () => {
    const { state, pausedSeconds } = await run(answering(recorded('busy'), { outcome: 'DEFERRED' }));
    assert.equal(state, 'UNKNOWN');
    assert.equal(pausedSeconds, null);
  });
});
