import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { describe, test } from '@jest/globals';
import { repairHere } from '../../cli/repair/here.ts';
import { loadConfig } from '../../core/config/file.ts';
import { chooseCluster } from '../../core/config/schema.ts';
import { commands } from '../../deployment/commands.ts';
import { manifest } from '../core/backup/world.ts';
import { fakeHost } from '../support/host.ts';
import { written } from '../support/written.ts';
import { assertCode, type Bench, bench, foreignLock, foreignPause } from './harness.ts';

/** A cluster that a person has paused. */
async function paused(): Promise<Bench> {
  const on = await backedUp();
  on.simulator.setExporterPhase('SOFT_PAUSED');
  return on;
}

/** One of which the ledger knows. */
async function backedUp(): Promise<Bench> {
  const on = await bench();
  await on.ledger.createManifest({ ...manifest, cluster: 'test', state: 'COMPLETED' });
  return on;
}

/** `repair --resume-unexplained --json` on a terminal on which `typed` is typed. */
async function onTerminal(
  on: Bench,
  typed: string | (() => Promise<string>),
  flags: { dryRun?: boolean } = {},
) {
  const screen = written();
  const questions: string[] = [];
  const config = await loadConfig(on.configFile);
  const code = await repairHere({
    config,
    commands: commands({ program: 'camunda-backup' }),
    cluster: chooseCluster(config, undefined),
    force: false,
    dryRun: false,
    deleteLeftovers: false,
    resumeUnexplained: true,
    offline: false,
    yes: true,
    json: true,
    ...flags,
    ask: async (question) => {
      questions.push(question);
      return typeof typed === 'string' ? typed : typed();
    },
    host: fakeHost([], {}, screen),
  });
  const { ok, exporting, problems } = JSON.parse(screen.stdout());
  return { code, questions, text: screen.stderr(), ok, exporting, problems };
}

const resumes = (on: Bench) => on.simulator.calls({ operation: 'zeebe.resume' }).length;

describe('repair --resume-unexplained', () => {
  test('`--resume-unexplained` ends the pause when the name of the cluster is typed, reads it back and writes down who did it', async () => {
    const on = await paused();
    const { code, questions, text, ok, exporting, problems } = await onTerminal(on, 'test');
    assert.equal(code, 0, text);
    assert.deepEqual(questions, ['Type the name of the cluster to resume exporting: ']);
    assert.match(
      text,
      /Exporting of test is paused, and no run of this ledger has paused it: partition 1 is SOFT_PAUSED/,
    );
    assert.match(
      text,
      /Exporting is resumed \(read back on every partition\)\. A record of who resumed it is in \//,
    );
    assert.deepEqual([ok, problems], [true, []]);
    assert.deepEqual([exporting.state, exporting.pause, exporting.resumed], ['EXPORTING', null, 'proven']);
    const record = JSON.parse(await readFile(exporting.record, 'utf8'));
    assert.equal(record.user, userInfo().username);
    await on.assertAllIsWell();
  });

  for (const typed of ['', 'yes', 'Test', 'production']) {
    test(`\`--resume-unexplained\` leaves the pause where ${JSON.stringify(typed)} is typed, although --yes is given`, async () => {
      const on = await paused();
      const { code, text, problems } = await onTerminal(on, typed);
      assert.equal(code, 1);
      assert.match(text, /Nothing was resumed\./);
      assert.equal(problems[0].error, 'ExportingAlreadyPaused');
      assert.equal(resumes(on), 0);
      assert.equal(await on.lock(), undefined);
    });
  }

  test('`--resume-unexplained` is refused where there is no terminal, before anything is asked; --yes does not replace it', async () => {
    const on = await paused();
    const ended = await on.repair('--resume-unexplained', '--yes').ended;
    assertCode(ended, 2);
    assert.match(ended.stderr, /there is no terminal to ask on\n.*--yes does not replace it/);
    assert.deepEqual(on.simulator.calls(), []);
  });

  test('`--resume-unexplained` is refused with --offline', async () => {
    const on = await paused();
    assertCode(await on.repair('--resume-unexplained', '--offline').ended, 2);
  });

  test('`--resume-unexplained` only says in a dry run what it would do', async () => {
    const on = await paused();
    const { code, questions, text } = await onTerminal(on, 'test', { dryRun: true });
    assert.equal(code, 1, 'it is still paused');
    assert.match(text, /The command would resume it after you typed the name of the cluster\./);
    assert.deepEqual(questions, []);
    assert.equal(resumes(on), 0);
  });

  test('`--resume-unexplained` is refused where the ledger has nothing of the cluster: a run of another ledger may have paused', async () => {
    const on = await bench();
    on.simulator.setExporterPhase('SOFT_PAUSED');
    const { code, questions, text } = await onTerminal(on, 'test');
    assert.equal(code, 1);
    assert.match(text, /it may be a run whose ledger is another one\.\nBy hand: curl -X POST/);
    assert.doesNotMatch(text, /--resume-unexplained/);
    assert.deepEqual(questions, []);
    assert.equal(resumes(on), 0);
  });

  test('`--resume-unexplained` does nothing where exporting is not paused', async () => {
    const on = await backedUp();
    const { code, questions, text } = await onTerminal(on, 'test');
    assert.equal(code, 0);
    assert.match(text, /Exporting is not paused: there is nothing to resume\./);
    assert.deepEqual(questions, []);
    assert.equal(resumes(on), 0);
  });

  test('`--resume-unexplained` is refused while a component takes a backup, whoever started it', async () => {
    const on = await paused();
    on.simulator.seedBackup('optimize', 41, 'IN_PROGRESS');
    const { code, questions, problems } = await onTerminal(on, 'test');
    assert.equal(code, 1);
    assert.deepEqual(questions, []);
    assert.match(problems[0].message, /Optimize is taking the backup 41/);
    assert.equal(resumes(on), 0);
  });

  test('`--resume-unexplained` is refused while the cluster changes', async () => {
    const on = await paused();
    on.simulator.setPendingChange(true);
    const { code, problems } = await onTerminal(on, 'test');
    assert.equal(code, 1);
    assert.match(problems[0].message, /is changing its cluster/);
    assert.equal(resumes(on), 0);
  });

  test('`--resume-unexplained` is refused while a run holds the lock', async () => {
    const on = await paused();
    await on.ledger.acquire(foreignLock());
    const { code, questions } = await onTerminal(on, 'test');
    assert.equal(code, 3);
    assert.deepEqual(questions, []);
    assert.equal(resumes(on), 0);
  });

  test('`--resume-unexplained` is refused where a run began while the name was typed', async () => {
    const on = await paused();
    const { code, problems } = await onTerminal(on, async () => {
      await on.ledger.acquire(foreignLock({ ...foreignPause(on) }));
      return 'test';
    });
    assert.equal(code, 3);
    assert.equal(problems[0].error, 'LockHeld');
    assert.equal(resumes(on), 0);
    assert.equal((await on.lock())?.runId, 'local-another-run');
  });

  test('`--resume-unexplained` is refused where a component began a backup while the name was typed', async () => {
    const on = await paused();
    const { code, problems } = await onTerminal(on, async () => {
      on.simulator.seedBackup('zeebe', 41, 'IN_PROGRESS');
      return 'test';
    });
    assert.equal(code, 1);
    assert.match(problems[0].message, /Zeebe is taking the backup 41/);
    assert.equal(resumes(on), 0);
    assert.equal(await on.lock(), undefined);
  });

  test('`--resume-unexplained` says so where the resume does not work, and gives the lock back', async () => {
    const on = await paused();
    on.simulator.order({
      operation: 'zeebe.resume',
      times: 'always',
      kind: { recorded: 'exporting-500-wrapper' },
    });
    const { code, problems, exporting } = await onTerminal(on, 'test');
    assert.equal(code, 1);
    assert.equal(problems[0].error, 'ResumeFailed');
    assert.equal(exporting.resumed, null);
    assert.equal(await on.lock(), undefined);
  });
});

test('A backup that starts while a pause is being ended is SKIPPED, and says why', async () => {
  const on = await paused();
  on.simulator.order({ operation: 'zeebe.resume', kind: { slow: 3000 } });
  const ending = onTerminal(on, 'test');
  await on.asked('zeebe.resume');
  const skipped = await on.run().ended;
  assertCode(skipped, 3);
  assert.match(skipped.stderr, /The lock of test is held by a run \(resume-/);
  assert.equal((await ending).code, 0);
  await on.assertAllIsWell();
});
