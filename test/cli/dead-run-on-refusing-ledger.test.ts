import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, test } from '@jest/globals';
import type { Owner } from '../../core/ledger/lock/lock.ts';
import { thisProcess } from '../../core/ledger/lock/owner.ts';
import { cleanUp } from '../support/clean-up.ts';
import { commandProcess } from '../support/command-process.ts';
import { assertCode, bench, foreignLock, foreignPause, goneProcess } from './harness.ts';

/** As long as this file is there, the commands find a ledger that takes nothing. */
let sign: string;
let commands: ReturnType<typeof commandProcess>;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-test-'));
  cleanUp(() => rm(folder, { recursive: true, force: true }));
  sign = join(folder, 'takes-nothing');
  commands = commandProcess(new URL('../support/full-disk.ts', import.meta.url).href, { FULL_DISK: sign });
});

/** How the home of a ledger refuses every write: a full disk, a read-only one, and another user's folder. */
const refusals = ['ENOSPC', 'EROFS', 'EACCES'] as const;
const elsewhere: Owner = { kind: 'process', host: 'elsewhere', pid: 4711 };

/** A run has paused exporting and has given a sign of life a moment ago; from then on the ledger takes nothing. */
async function pausedBy(owner: Owner, code: (typeof refusals)[number]) {
  const on = await bench();
  const lock = foreignLock({ owner, ...foreignPause(on) });
  await on.ledger.acquire(lock);
  const beatAt = new Date().toISOString();
  await on.ledger.beat({ format: 1, cluster: 'test', runId: lock.runId, beatAt }, { first: true });
  on.simulator.setExporterPhase('SOFT_PAUSED');
  await writeFile(sign, code);
  return {
    ...on,
    ended: (...args: string[]) => commands.ended(args, on.folder),
    isPaused: () => on.simulator.exporterPhases().some(({ phase }) => phase !== 'EXPORTING'),
    takesAgain: () => rm(sign),
  };
}

const resumed = (code: string) =>
  new RegExp(
    `Exporting is resumed \\(read back on every partition\\), but the ledger could not record it yet: Cannot replace .*lock\\.json: ${code}`,
  );
const call = /By hand: curl -X POST \S+\/actuator\/exporting\/resume/;

describe('A ledger that takes nothing', () => {
  for (const code of refusals) {
    for (const command of ['run', 'repair', 'repair --force', 'watchdog']) {
      test(`\`${command}\` resumes what a dead run has paused also where the ledger takes nothing (${code})`, async () => {
        const on = await pausedBy(goneProcess, code);
        const { stdout, stderr, ...rest } = await on.ended(...command.split(' '));
        assertCode({ stdout, stderr, ...rest }, 1);
        assert.equal(on.isPaused(), false);
        assert.match(stdout + stderr, resumed(code));
        assert.doesNotMatch(stdout + stderr, /STILL (BE )?PAUSED|LEFT PAUSED/);
        await on.takesAgain();
        assertCode(await on.repair().ended, 0);
        await on.assertAllIsWell();
      });
    }

    test(`\`status\` shows that a dead run left exporting paused, and how it ends, also where the ledger takes nothing (${code})`, async () => {
      const on = await pausedBy(goneProcess, code);
      const ended = await on.ended('status');
      assertCode(ended, 1);
      assert.match(ended.stdout, /NOT OK: exporting is left paused/);
      assert.match(ended.stdout, /DEAD, and its lock is left/);
      assert.match(ended.stdout, /SOFT_PAUSED: partitions 1, 2, 3/);
      assert.match(ended.stdout, call);
      assert.equal(ended.stderr, '');
      assert.ok(on.isPaused());
    });
  }

  test('`status` sees on a ledger that takes nothing that a run lives, and says why the age of its heartbeat is not known', async () => {
    const on = await pausedBy(thisProcess(), 'EACCES');
    const { stdout } = await on.ended('status');
    assert.match(stdout, /at work: backup 41/);
    assert.match(stdout, /the age of its heartbeat is not known: Cannot read the age of .*: EACCES/);
    assert.doesNotMatch(stdout, /whether the run that holds the lock lives/);
    assertCode(await on.ended('repair', '--force'), 3);
    assert.ok(on.isPaused());
  });

  test('A ledger that takes nothing makes no run elsewhere gone: its pause is told with the call, and resumed with --force', async () => {
    const on = await pausedBy(elsewhere, 'EROFS');
    const seen = await on.ended('status');
    assertCode(seen, 1);
    assert.match(seen.stdout, /NOT OK: whether the run that holds the lock lives is not known/);
    assert.match(seen.stdout, /the age of its heartbeat is not known: Cannot read the age of .*: EROFS/);
    assert.match(seen.stdout, call);
    const looked = await on.ended('watchdog');
    assertCode(looked, 1);
    assert.match(looked.stdout, /NOT OK: Whether the run .* lives is not known: .*EROFS/);
    assert.match(looked.stdout, /Exporting may be paused on its behalf since/);
    assert.match(looked.stdout, call);
    assertCode(await on.ended('repair'), 3);
    assertCode(await on.ended('run'), 3);
    assert.ok(on.isPaused());
    const forced = await on.ended('repair', '--force');
    assertCode(forced, 1);
    assert.match(forced.stderr, resumed('EROFS'));
    assert.equal(on.isPaused(), false);
  });
});
