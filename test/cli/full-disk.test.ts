import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { shortWaitsOfProcess } from '../support/command.ts';
import { assertCode, bench, order } from './harness.ts';

const preload = new URL('../support/full-disk.ts', import.meta.url).href;
const withFullDisk = (sign: string) => ({
  FULL_DISK: sign,
  NODE_OPTIONS: `${shortWaitsOfProcess.NODE_OPTIONS} --import=${preload}`,
});

describe('A ledger whose disk is full', () => {
  test('A run on a full disk fails at once, says what is to be freed, and touches nothing', async () => {
    const on = await bench();
    const sign = join(on.folder, 'disk-is-full');
    await writeFile(sign, '');
    const ended = await on.spawnRun(withFullDisk(sign)).ended;
    assertCode(ended, 1);
    const { failure } = ended.json();
    assert.equal(failure?.error, 'LedgerUnusable');
    assert.match(failure?.message ?? '', /ENOSPC/);
    assert.match(failure?.remedy ?? '', /^Free some space on the file system of/);
    assert.doesNotMatch(ended.stderr, /trying again/);
    assert.deepEqual(on.simulator.calls(), []);
  });

  test('A disk that becomes full in the pause ends the run at once: exporting is resumed first, and the lines say so', async () => {
    // With patience, exporting would stay paused for as long as this test may take.
    const on = await bench({}, (cluster) => ({ ...cluster, patience: '1h' }));
    const sign = join(on.folder, 'disk-is-full');
    const running = on.spawnRun(withFullDisk(sign));
    await on.asked('zeebe.start');
    await writeFile(sign, '');
    const ended = await running.ended;
    assertCode(ended, 1);
    assert.equal(on.simulator.pausedSince(), undefined);
    assert.equal(order(on).at(-1), 'zeebe.resume');
    const { stderr } = ended;
    assert.match(
      stderr,
      /Resume exporting: could not be recorded, trying again in .*: Exporting is resumed \(read back on every partition\), but the ledger could not record it yet: Cannot replace .*lock\.json: ENOSPC/,
    );
    assert.match(stderr, /Resume exporting: what to do: Free some space on the file system of/);
    assert.doesNotMatch(stderr, /Resume exporting: did not work/);
    assert.match(
      stderr,
      /The end of this run could not be recorded, and is tried again for a while: .*ENOSPC/,
    );
    assert.match(stderr, /The end of this run could not be recorded in the ledger\. Its lock stays/);
    assert.match(stderr, /Exporting was paused for .* and is resumed\./);
    const result = ended.json();
    assert.equal(result.failure?.error, 'LedgerUnusable');
    assert.match(result.failure?.remedy ?? '', /^Free some space/);
    assert.equal(typeof result.pausedSeconds, 'number');

    await rm(sign);
    assertCode(await on.run().ended, 0);
    const [first = 0, second = 0] = await on.backupIds();
    const failed = await on.ledger.readManifest('test', first);
    assert.equal(failed?.state, 'FAILED');
    assert.equal(failed.exporting.leftPaused, false);
    assert.equal((await on.ledger.readManifest('test', second))?.state, 'COMPLETED');
    await on.assertAllIsWell();
  });
});
