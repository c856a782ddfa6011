import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { entryOf, manifest, pauseOf } from '../../core/backup/world.ts';
import { at, cluster88, exportingOf, yaml88 } from '../../core/fake-cluster.ts';
import { failureOf, json, testContext } from '../../core/fakes.ts';
import { type Asked, stackOf } from './repair-world.ts';

const arn = 'arn:aws:states:us-east-1:000000000000:execution:camunda-backup:run-1';
const resume = `POST ${at.zeebe}/actuator/exporting/resume`;

/** A cluster of 8.8 that is paused, and a ledger with a COMPLETED backup. */
async function paused() {
  const state = { phase: 'SOFT_PAUSED' };
  const fake = cluster88();
  Object.assign(fake.replies, exportingOf(at.zeebe, state));
  const context = testContext({ yaml: yaml88, http: fake.http });
  await context.ledger.createManifest({ ...manifest, backupId: 3, runId: 'older', state: 'COMPLETED' });
  return {
    state,
    fake,
    context,
    repair: stackOf(context),
    resumes: () => fake.calls().filter((call) => call === resume).length,
  };
}

/** The same, paused by an execution that holds the lock. */
async function heldByExecution() {
  const world = await paused();
  const { context } = world;
  await context.ledger.acquire({
    format: 2,
    cluster: 'production',
    runId: arn,
    purpose: 'backup',
    owner: { kind: 'execution', arn },
    reason: 'test',
    acquiredAt: '2026-11-21T09:00:00.000Z',
    backupId: 7,
    ...pauseOf({ pausedAt: '2026-11-21T09:00:02.000Z' }),
  });
  await context.ledger.createManifest({ ...manifest, runId: arn });
  context.clock.advance(600);
  return world;
}

describe('repair --stack: a dead run', () => {
  test('A dead execution is repaired without --force, because the function asks Step Functions', async () => {
    const { repair, context, state } = await heldByExecution();
    const { code, stdout, stderr, steps } = await repair();
    assert.equal(code, 0, stderr);
    assert.equal(state.phase, 'EXPORTING');
    assert.match(
      stdout,
      /^The run arn:.*:run-1 is repaired\. Exporting is resumed \(read back on every partition\)\. Its backup 7 is marked FAILED\. The lock is free\.$/m,
    );
    assert.equal(await context.ledger.readLock('production'), undefined);
    assert.equal((await context.ledger.readManifest('production', 7))?.state, 'FAILED');
    assert.deepEqual(steps, ['lock', 'orphans', 'leftovers', 'exporting']);
  });

  test('An execution that lives is left alone also with --force, and the exit code is 3', async () => {
    const { repair, context, resumes } = await heldByExecution();
    const { code, stderr } = await repair({ execution: 'running', flags: { force: true } });
    assert.equal(code, 3);
    assert.equal(resumes(), 0);
    assert.match(stderr, /The lock of production is held by the backup 7/);
    assert.equal((await context.ledger.readLock('production'))?.runId, arn);
  });

  test('A dry run calls the same steps, and changes nothing', async () => {
    const { repair, context, fake } = await heldByExecution();
    const before = [...context.store.documents];
    const { code, stdout } = await repair({ flags: { dryRun: true } });
    assert.equal(code, 0);
    assert.match(stdout, /would be repaired\. Exporting would be resumed: /);
    assert.match(stdout, /Nothing was changed: this was a dry run\./);
    assert.deepEqual([...context.store.documents], before);
    assert.deepEqual(
      fake.requests.filter(({ method }) => method !== 'GET'),
      [],
    );
  });

  test('After an answer that was lost, the person is told to repeat the command, which then finds everything in order', async () => {
    const { repair, resumes } = await heldByExecution();
    const lost: Asked['answering'] = () => ({
      thrown: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 230.00 seconds' },
    });
    const error = await failureOf(repair({ answering: lost }));
    assert.match(error.message, /^The function RepairCluster did not end within its time limit$/);
    assert.match(error.remedy ?? '', /The command can be repeated\.$/);
    const again = await repair();
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /There is no lock of production/);
    assert.equal(resumes(), 1);
  });

  // The first change of the lock is the claim, the second is the resume, the third is the release.
  for (const { died, changes } of [
    { died: 'after it resumed exporting and before it wrote that down', changes: 1 },
    { died: 'after it wrote that exporting is resumed and before it freed the lock', changes: 2 },
  ]) {
    test(`Where the function died ${died}, the next one finishes its work`, async () => {
      const { repair, context, state } = await heldByExecution();
      let made = 0;
      context.store.before = (call) => {
        if (!call.startsWith('replace production/lock.json')) return;
        made += 1;
        // A function that dies writes nothing more.
        if (made > changes) throw new Error('killed');
      };
      await assert.rejects(repair(), /RepairCluster failed: Error killed/);
      assert.equal(state.phase, 'EXPORTING');
      context.store.before = () => undefined;
      context.clock.advance(301);
      const { code, stderr } = await repair();
      assert.equal(code, 0, stderr);
      assert.equal(await context.ledger.readLock('production'), undefined);
    });
  }

  test('While the watchdog repairs the same lock, the function changes nothing, and the exit code is 3', async () => {
    const { repair, context, resumes } = await heldByExecution();
    await context.ledger.changeLock('production', arn, () => ({
      repair: { startedAt: new Date(context.clock.now()).toISOString() },
    }));
    const { code, stderr } = await repair({ flags: { force: true } });
    assert.equal(code, 3);
    assert.match(stderr, /is being repaired by the watchdog since/);
    assert.equal(resumes(), 0);
  });

  test('A step whose function fails is a problem, and the next steps are done', async () => {
    const { repair } = await heldByExecution();
    const { code, stderr, steps } = await repair({
      answering: (step, answer) =>
        step === 'orphans'
          ? { thrown: { errorType: 'Runtime.ExitError', errorMessage: 'killed' } }
          : { answer },
    });
    assert.equal(code, 1);
    assert.match(stderr, /The function RepairCluster failed: Runtime\.ExitError killed/);
    assert.deepEqual(steps, ['lock', 'orphans', 'leftovers', 'exporting']);
  });

  test('A stack of an older version has no such function, and nothing is called', async () => {
    const { repair } = await heldByExecution();
    const error = await failureOf(repair({ outputs: {} }));
    assert.match(error.message, /^The stack camunda-backup has no function RepairCluster: an older version/);
  });
});

describe('repair --stack: leftovers', () => {
  async function withLeftovers() {
    const world = await paused();
    world.state.phase = 'EXPORTING';
    const { fake, context } = world;
    await context.ledger.createManifest({
      ...manifest,
      state: 'FAILED',
      failure: { error: 'ComponentTimedOut', message: 'late' },
    });
    await context.ledger.createEntry('production', 7, entryOf('zeebe', { state: 'STARTED' }));
    const list = `GET ${at.zeebe}/actuator/backupRuntime`;
    const call = `DELETE ${at.zeebe}/actuator/backupRuntime/7`;
    fake.replies[list] = json(200, [{ backupId: 7, state: 'FAILED', details: [] }]);
    fake.replies[call] = () => {
      fake.replies[list] = json(200, []);
      return { status: 204, contentType: '', text: '' };
    };
    return { ...world, deletions: () => fake.calls().filter((one) => one === call).length };
  }

  test('Leftovers are shown with a command that can be typed here, and are deleted only after a yes', async () => {
    const world = await withLeftovers();
    const shown = await world.repair({ flags: { deleteLeftovers: true }, typed: 'n' });
    assert.equal(shown.code, 0, shown.stderr);
    assert.deepEqual(shown.questions, ['Delete the backup 7 (Zeebe)? [y/N] ']);
    assert.match(shown.stdout, /Nothing was deleted\./);
    assert.equal(world.deletions(), 0);
    const deleted = await world.repair({ flags: { deleteLeftovers: true }, typed: 'y' });
    assert.match(deleted.stdout, /Deleted: the backup 7 \(Zeebe\)\./);
    assert.deepEqual(deleted.called.at(3)?.input, {
      cluster: 'production',
      parts: [{ component: 'zeebe', backupId: 7 }],
    });
    assert.equal(world.deletions(), 1);
  });

  test('A second call of the same deletion deletes nothing more, and is no failure', async () => {
    const world = await withLeftovers();
    const agreed = { flags: { deleteLeftovers: true, yes: true, json: true } };
    const first = await world.repair(agreed);
    assert.deepEqual(
      (first.json() as { leftovers: { deleted: boolean }[] }).leftovers.map(({ deleted }) => deleted),
      [true],
    );
    const again = await world.repair(agreed);
    assert.equal(again.code, 0, again.stderr);
    assert.equal(world.deletions(), 1);
  });

  test('Without a terminal and without --yes, nothing is called', async () => {
    const world = await withLeftovers();
    const error = await failureOf(world.repair({ flags: { deleteLeftovers: true } }));
    assert.match(error.message, /^--delete-leftovers asks before it deletes/);
    assert.deepEqual(world.fake.calls(), []);
  });
});

describe('repair --stack --resume-unexplained', () => {
  test('The pause ends when the name of the cluster is typed, and the record names the person and a function', async () => {
    const { repair, state, context } = await paused();
    const { code, stderr, stdout, steps } = await repair({
      flags: { resumeUnexplained: true },
      typed: 'production',
    });
    assert.equal(code, 0, stderr);
    assert.equal(state.phase, 'EXPORTING');
    assert.match(
      stdout,
      /Exporting is resumed \(read back on every partition\)\. A record of who resumed it is in /,
    );
    assert.deepEqual(steps.slice(-4), ['exporting', 'pause', 'resume', 'exporting']);
    const [, text = '{}'] =
      [...context.store.documents].find(([key]) => key.startsWith('production/interventions/')) ?? [];
    const record: unknown = JSON.parse(text);
    assert.match(JSON.stringify(record), /"host":"RepairCluster on AWS \(/);
    assert.match(JSON.stringify(record), /"user":"/);
    assert.equal(await context.ledger.readLock('production'), undefined);
  });

  test('The pause stays where another name is typed, and the command says how to end it on this stack', async () => {
    const { repair, resumes } = await paused();
    const { code, stdout, stderr } = await repair({ flags: { resumeUnexplained: true }, typed: 'no' });
    assert.equal(code, 1);
    assert.match(stdout, /Nothing was resumed\./);
    assert.match(stderr, /If nobody needs the pause, end it: camunda-backup repair .*--resume-unexplained/);
    assert.equal(resumes(), 0);
  });
});
