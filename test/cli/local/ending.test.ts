import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { exitCodeOf } from '../../../cli/exit-codes.ts';
import { localRunResult } from '../../../cli/local/ending.ts';
import { typed } from '../../core/fakes.ts';

const measured = { durationSeconds: 1, pausedSeconds: 0, location: null };
const endOf = async (output: unknown) => {
  const ended = { status: 'SUCCEEDED', output } as const;
  const result = await localRunResult(ended, 'production', undefined, typed, measured, async () => 'unknown');
  return { state: result.state, code: exitCodeOf(result), message: result.failure?.message };
};

describe('What a run in this process came to', () => {
  test('A run is COMPLETED when its last state says so', async () => {
    const answer = { backupId: 7, cluster: 'production', state: 'COMPLETED', manifest: 'somewhere' };
    assert.deepEqual(await endOf(answer), { state: 'COMPLETED', code: 0, message: undefined });
  });

  test('A run is SKIPPED when the backup of this moment was made before, and no lock is in the answer', async () => {
    const because = 'the backup 7 was made for this moment';
    const skipped = { outcome: 'SKIPPED', cluster: 'production', because };
    assert.deepEqual(await endOf(skipped), { state: 'SKIPPED', code: 3, message: because });
  });

  test('A run is UNKNOWN when its last state says neither COMPLETED nor SKIPPED', async () => {
    const { state, code, message } = await endOf({ outcome: 'PLANNED' });
    assert.deepEqual([state, code], ['UNKNOWN', 1]);
    assert.match(message ?? '', /neither COMPLETED nor SKIPPED: \{"outcome":"PLANNED"\}/);
  });
});
