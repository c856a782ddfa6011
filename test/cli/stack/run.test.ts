import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { executionName, runOnStack, type StackRunOptions } from '../../../cli/stack/run.ts';
import { secondsToNextLook } from '../../../cli/stack/until-end.ts';
import { watch } from '../../../cli/stack/watch.ts';
import { ledger } from '../../../core/ledger/ledger.ts';
import type { Manifest } from '../../../core/ledger/manifest.ts';
import { failureOf, typed } from '../../core/fakes.ts';
import { memoryStore } from '../../core/memory-store.ts';
import { refusal } from '../../support/mock-aws.ts';
import { written } from '../../support/written.ts';
import { fakeAws, fakeSignals, laterClock, recorded } from './fakes.ts';

function bench(name: Parameters<typeof recorded>[0], change: Partial<StackRunOptions> = {}) {
  const recording = recorded(name);
  const aws = fakeAws(recording);
  const books = ledger(memoryStore(), typed);
  const screen = written();
  const signals = fakeSignals();
  const common = {
    stack: 'camunda-backup',
    at: { program: 'camunda-backup' },
    json: true,
    output: screen.output,
    onSignal: signals.onSignal,
    aws,
    openLedger: () => books,
    clock: laterClock(),
  };
  return {
    recording,
    aws,
    books,
    signals,
    ...screen,
    run: () => runOnStack({ cluster: name, reason: 'manual', ...common, ...change }),
    watch: (execution?: string) => watch({ ...common, ...(execution ? { execution } : {}) }),
  };
}

const unknownExecution = refusal({ name: 'ExecutionDoesNotExist', message: 'Execution Does Not Exist' });

type Result = Record<'state' | 'backupId' | 'pausedSeconds' | 'manifest' | 'durationSeconds', unknown> & {
  failure: { error: string; message: string; remedy?: string } | null;
  components: unknown[];
  execution: string | null;
};
const resultOf = ({ json }: { json(): unknown }) => json() as Result;

function manifestOf(runId: string, rest: Partial<Manifest> = {}): Manifest {
  return {
    format: 1,
    backupId: 1795252000,
    cluster: 'production',
    runId,
    reason: 'manual',
    state: 'COMPLETED',
    startedAt: '2026-11-21T09:25:00.000Z',
    endedAt: '2026-11-21T09:25:20.000Z',
    order: 'PAUSE_FIRST',
    expectedComponents: ['zeebe'],
    components: [
      {
        component: 'zeebe',
        runId,
        state: 'COMPLETED',
        url: 'http://zeebe:9600',
        requestedAt: '2026-11-21T09:25:00.000Z',
        parts: [{ name: '1', state: 'COMPLETED' }],
      },
    ],
    exporting: {
      pausedAt: '2026-11-21T09:25:01.000Z',
      resumedAt: '2026-11-21T09:25:18.000Z',
      resumeProof: 'proven',
      leftPaused: false,
    },
    warnings: ['one broker has no address'],
    ...rest,
  };
}

describe('camunda-backup run --stack', () => {
  it('`run --stack` starts an execution and ends as it ends', async () => {
    const t = bench('production', { backupId: 1795252000 });
    await t.books.createManifest(manifestOf(t.recording.executionArn));
    assert.equal(await t.run(), 0, t.stderr());
    const [started] = t.aws.started;
    assert.deepEqual(JSON.parse(started?.input ?? ''), {
      cluster: 'production',
      reason: 'manual',
      backupId: 1795252000,
    });
    assert.match(started?.name ?? '', /^production-20261121T120000Z-[0-9a-f]{4}$/);
    const result = resultOf(t);
    assert.equal(result.state, 'COMPLETED');
    assert.equal(result.backupId, 1795252000);
    assert.equal(result.manifest, 'memory:production/backups/1795252000/manifest.json');
    assert.equal(result.components.length, 1);
    assert.equal(result.execution, t.recording.executionArn);
    const { events } = t.recording;
    const took = ((events.at(-1)?.timestamp?.getTime() ?? 0) - (events[0]?.timestamp?.getTime() ?? 0)) / 1000;
    assert.equal(result.durationSeconds, took);
    assert(Number(result.pausedSeconds) > 0 && Number(result.pausedSeconds) < took);
    assert.match(t.stderr(), /Backup 1795252000 of production is complete\. It took /);
    assert.match(t.stderr(), /console\.aws\.amazon\.com\/states\/home\?region=us-east-1/);
    assert.match(t.stderr(), /is resumed \(read back on every partition\)/);
    assert.match(t.stderr(), /one broker has no address/);
  });

  it('`run --stack` prints what happened with the moment at which it happened', async () => {
    const t = bench('production');
    await t.run();
    const paused = t.recording.events
      .find(({ id }) => id === 12)
      ?.timestamp?.toISOString()
      .slice(0, 19);
    assert.ok(t.stderr().includes(`${paused}Z Exporting is paused (soft)`), t.stderr());
    assert.match(t.stderr(), /did not work, trying again in \d\.\d s: POST http:\/\/zeebe:9600/);
  });

  it('`run --stack` ends with 1 and the reason where the backup failed', async () => {
    const t = bench('failing');
    assert.equal(await t.run(), 1);
    const { state, failure } = resultOf(t);
    assert.equal(state, 'FAILED');
    assert.deepEqual(failure, {
      error: 'ComponentBackupFailed',
      message: 'Optimize says that its backup is FAILED: No space left on device',
      remedy: 'Free some space.',
    });
  });

  it('`run --stack` ends with 2 and the reason where the request was wrong', async () => {
    const t = bench('unknown');
    assert.equal(await t.run(), 2);
    assert.equal(resultOf(t).failure?.message, 'There is no cluster unknown; there are: production');
  });

  it('`run --stack` ends with 3 where another run holds the lock, and says how to watch that one', async () => {
    const t = bench('busy');
    assert.equal(await t.run(), 3);
    const { state, failure } = resultOf(t);
    assert.equal(state, 'SKIPPED');
    assert.match(failure?.remedy ?? '', /camunda-backup watch --stack camunda-backup --execution other/);
  });

  it('`run --stack` ends with 1 where the run was stopped, and says that exporting may be paused', async () => {
    const t = bench('stuck');
    assert.equal(await t.run(), 1);
    const { failure, pausedSeconds } = resultOf(t);
    assert.equal(failure?.error, 'PausedTooLong');
    assert.equal(pausedSeconds, null);
    assert.match(t.stderr(), /EXPORTING MAY STILL BE PAUSED/);
    assert.match(t.stderr(), /watchdog of the stack resumes it within five minutes/);
  });

  it('`run --stack` believes the manifest that somebody has resumed since', async () => {
    const t = bench('stuck');
    const { executionArn } = t.recording;
    await t.books.createManifest(manifestOf(executionArn, { cluster: 'stuck', state: 'FAILED' }));
    assert.equal(await t.run(), 1);
    assert.equal(resultOf(t).pausedSeconds, 17);
    assert.doesNotMatch(t.stderr(), /MAY STILL BE PAUSED/);
  });

  it('`run --stack` ends at a signal without ending the backup', async () => {
    const t = bench('production');
    t.aws.visible = () => 40;
    t.aws.before = () => {
      if (t.aws.looks.length === 3) t.signals.send({ kind: 'signal', signal: 'SIGINT' });
    };
    assert.equal(await t.run(), 130);
    const again = `camunda-backup watch --stack camunda-backup --execution ${t.recording.executionArn.split(':').at(-1)}`;
    assert.ok(t.stderr().includes('the backup goes on'), t.stderr());
    assert.ok(t.stderr().includes(again));
    assert.equal(resultOf(t).state, 'INTERRUPTED');
    assert.equal(t.signals.listeners.size, 0);
  });

  it('`run --stack` starts nothing after a signal', async () => {
    const t = bench('production');
    t.aws.beforeDescribing = () => t.signals.send({ kind: 'signal', signal: 'SIGTERM' });
    assert.equal(await t.run(), 130);
    assert.deepEqual(t.aws.started, []);
    const { state, execution, pausedSeconds } = resultOf(t);
    assert.deepEqual([state, execution, pausedSeconds], ['INTERRUPTED', null, 0]);
  });

  it('`run --stack` lives through throttling, an outage, and an execution that is not known yet', async () => {
    const t = bench('production');
    const troubles = [
      unknownExecution,
      refusal({ name: 'ThrottlingException', message: 'Rate exceeded' }),
      Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    ];
    t.aws.before = () => {
      const trouble = troubles.shift();
      if (trouble) throw trouble;
    };
    assert.equal(await t.run(), 0, t.stderr());
    assert.equal(t.stderr().match(/No answer, trying again/g)?.length, 1);
  });

  it('`run --stack` says that the backup goes on where the credentials run out, and that its state is not known', async () => {
    const t = bench('production');
    t.aws.visible = () => 40;
    t.aws.before = () => {
      if (t.aws.looks.length < 3) return;
      const message = 'The security token included in the request is expired';
      throw refusal({ name: 'ExpiredTokenException', message });
    };
    assert.equal(await t.run(), 1);
    const { state, execution, pausedSeconds, failure } = resultOf(t);
    assert.deepEqual(
      [state, execution, pausedSeconds],
      ['UNKNOWN', t.recording.executionArn, null],
      'a backup that goes on is neither failed nor known not to pause',
    );
    assert.match(failure?.message ?? '', /the backup goes on: .*expired/);
    assert.match(failure?.remedy ?? '', /AWS_PROFILE[\s\S]*camunda-backup watch --stack/);
    assert.match(t.stderr(), /Error: This command cannot watch the backup any longer[\s\S]*What to do: /);
  });

  it('`run --stack` gives up where AWS gives no answer for ten minutes', async () => {
    const t = bench('production');
    t.aws.before = () => {
      throw new Error('no route to host');
    };
    assert.equal(await t.run(), 1);
    assert.equal(resultOf(t).state, 'UNKNOWN');
    assert.match(
      resultOf(t).failure?.message ?? '',
      /the backup goes on: Cannot read the history .*: no route to host/,
    );
  });

  it('`run --stack` chooses the only cluster of the stack, and refuses one that it does not have', async () => {
    const t = bench('production', { reason: 'before the upgrade' });
    t.aws.outputs['Clusters'] = '["production"]';
    await runOnStack({
      stack: 'camunda-backup',
      at: { program: 'camunda-backup' },
      reason: 'x',
      json: false,
      output: t.output,
      onSignal: t.signals.onSignal,
      aws: t.aws,
      openLedger: () => t.books,
      clock: laterClock(),
    });
    assert.deepEqual(JSON.parse(t.aws.started[0]?.input ?? ''), { cluster: 'production', reason: 'x' });
    t.aws.outputs['Clusters'] = '["staging"]';
    assert.match(
      (await failureOf(t.run())).message,
      /does not back up a cluster production; it has: staging/,
    );
  });
});

describe('The name of an execution', () => {
  it('The name of an execution has at most 80 legal characters, and is another one each time', () => {
    const name = executionName(`${'long'.repeat(20)}/*`, 0);
    assert.match(name, /^[A-Za-z0-9_-]{80}$/);
    assert.match(executionName('a b/c', 0), /^a_b_c-19700101T000000Z-[0-9a-f]{4}$/);
    assert.notEqual(name, executionName(`${'long'.repeat(20)}/*`, 0));
  });
});

describe('The pace of the looks', () => {
  it('The pace of the looks begins with a second, slows down in long runs, and more where there is trouble', () => {
    assert.deepEqual(
      [0, 60, 300, 900, 86_400].map((seconds) => secondsToNextLook(seconds, 0)),
      [1, 1, 5, 15, 15],
    );
    assert.deepEqual(
      [1, 2, 5, 50].map((failures) => secondsToNextLook(0, failures)),
      [2, 4, 30, 30],
    );
  });
});

describe('camunda-backup watch --stack', () => {
  it('`watch --stack` watches the newest execution that runs', async () => {
    const t = bench('production');
    t.aws.running = ['running'];
    t.aws.newest = ['newest'];
    assert.equal(await t.watch(), 0);
    assert.match(t.aws.looks[0]?.executionArn ?? '', /:execution:camunda-backup:running$/);
    // Which cluster it is stands in the execution.
    assert.match(t.stderr(), /Backup 1795252000 of production is complete/);
    assert.deepEqual(t.aws.started, []);
  });

  it('`watch --stack` watches the newest execution of all where none runs, and ends as it has ended', async () => {
    const t = bench('failing');
    t.aws.newest = ['newest'];
    assert.equal(await t.watch(), 1);
    assert.match(t.aws.looks[0]?.executionArn ?? '', /:execution:camunda-backup:newest$/);
  });

  it('`watch --stack` takes the name of an execution, or its ARN', async () => {
    for (const { given, expected } of [
      {
        given: 'some-name',
        expected: 'arn:aws:states:us-east-1:000000000000:execution:camunda-backup:some-name',
      },
      { given: 'arn:aws:states:x', expected: 'arn:aws:states:x' },
    ]) {
      const t = bench('busy');
      assert.equal(await t.watch(given), 3);
      assert.equal(t.aws.looks[0]?.executionArn, expected);
    }
  });

  it('`watch --stack` answers with one JSON object where it is interrupted before it saw the backup', async () => {
    const t = bench('production');
    t.aws.beforeDescribing = () => {
      t.signals.send({ kind: 'signal', signal: 'SIGTERM' });
      throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
    };
    assert.equal(await t.watch(), 130);
    const { state, execution, pausedSeconds } = resultOf(t);
    assert.deepEqual([state, execution, pausedSeconds], ['INTERRUPTED', null, null]);
  });

  it('`watch --stack` says that there was no run yet, and refuses a name that none has', async () => {
    const t = bench('production');
    assert.match((await failureOf(t.watch())).message, /has not run a backup yet/);
    t.aws.before = () => {
      throw unknownExecution;
    };
    const error = await failureOf(t.watch('nobody'));
    assert.equal(error.name, 'ConfigurationError');
  });
});
