import assert from 'node:assert/strict';
import { mkdir, readFile, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { heartbeat } from '../../../core/ledger/heartbeat.ts';
import type { Spawned } from '../../support/command.ts';
import { assertCode, type Bench, bench, foreignLock, foreignPause, until } from '../harness.ts';
import { killedTogether } from '../kill.ts';

const support = (file: string) => new URL(`../../support/${file}`, import.meta.url).href;
const preload = (file: string) => ({ NODE_OPTIONS: `--import ${support(file)}` });

const fileOf = ({ folder }: Bench) => join(folder, 'ledger', 'test', 'heartbeat.json');
const heartbeatOf = async (on: Bench) => heartbeat.parse(JSON.parse(await readFile(fileOf(on), 'utf8')));

async function makeOlder(on: Bench, seconds: number): Promise<void> {
  const then = (await stat(fileOf(on))).mtimeMs / 1000 - seconds;
  await utimes(fileOf(on), then, then);
}

/**
 * A cluster whose applications are at work, with exporting paused, until they are told to be ready. They answer that
 * they cannot say, or do not answer at all.
 */
async function held({ silent = false } = {}) {
  const on = await bench({}, (cluster) => ({ ...cluster, patience: '1h' }));
  const kind = silent ? 'hang' : { answer: { status: 503 } };
  const busy = (['webApplications.check', 'optimize.check'] as const).map((operation) =>
    on.simulator.order({ operation, times: 'always', kind }),
  );
  const isPaused = () => on.simulator.pausedSince() !== undefined;
  const resumes = () => on.simulator.calls({ operation: 'zeebe.resume' }).length;
  /** Starts a run, which comes to its pause. */
  const start = async (more: NodeJS.ProcessEnv = {}) => {
    const asked = on.simulator.calls({ operation: 'webApplications.check' }).length;
    const running = on.spawnRun(more);
    await on.asked('webApplications.check', asked + 1);
    await on.asked('optimize.check');
    assert(isPaused());
    const lock = await on.lock();
    assert(lock);
    return { running, lock };
  };
  const ready = () => {
    for (const one of busy) one.cancel();
  };
  return { on, ready, isPaused, resumes, start };
}

/** The next trouble of a run that was started with machine-in-trouble.ts. */
async function trouble({ child, printed }: Spawned, which: string): Promise<void> {
  child.kill('SIGUSR2');
  await printed(new RegExp(`In trouble: ${which}\\n`));
}

describe('The heartbeat of a run', () => {
  test('A run that holds the lock has a heartbeat that is its own, and fresh', async () => {
    const { on, ready, start } = await held();
    const { running, lock } = await start();
    const { runId, cluster } = await heartbeatOf(on);
    assert.deepEqual([runId, cluster], [lock.runId, 'test']);
    const seconds = await on.ledger.secondsWithoutBeat(lock);
    assert(seconds !== undefined && seconds < 60, `${seconds} s`);
    ready();
    assertCode(await running.ended, 0);
    await on.assertAllIsWell();
  });

  test('A run renews its heartbeat', async () => {
    const { on, ready, start } = await held();
    const { running, lock } = await start(preload('machine-in-trouble.ts'));
    await makeOlder(on, 600);
    await until('a renewal', async () => ((await on.ledger.secondsWithoutBeat(lock)) ?? 600) < 60);
    ready();
    assertCode(await running.ended, 0);
    await on.assertAllIsWell();
  });

  test('A run that cannot write its first heartbeat ends, and has paused nothing', async () => {
    const on = await bench();
    await mkdir(fileOf(on), { recursive: true });
    const { code, stderr } = await on.run().ended;
    assert.equal(code, 1, stderr);
    assert.match(stderr, /heartbeat\.json/);
    assert.equal(on.simulator.calls({ operation: 'zeebe.pause' }).length, 0);
    await on.assertAllIsWell();
  });
});

describe('A run that was killed in its pause on another machine', () => {
  const left = killedTogether(
    {
      'a fresh heartbeat': held,
      'repair by force': held,
      'the next run': held,
      repair: held,
      'the watchdog': held,
    },
    {
      sign: {
        waits: ({ simulator }) =>
          ['webApplications.check', 'optimize.check'].every((asked) =>
            simulator.calls().some(({ operation }) => operation === asked),
          ),
      },
      preloads: [support('another-machine.ts')],
    },
  );
  const killed = async (name: string) => {
    const world = left(name);
    const lock = await world.on.lock();
    assert(lock?.owner.kind === 'process');
    assert.equal(lock.owner.host, 'evicted-pod');
    assert(world.isPaused());
    return { ...world, lock };
  };

  test('As long as the heartbeat of a run killed elsewhere is fresh, the next run is SKIPPED, and `repair` refuses', async () => {
    const { on, isPaused } = await killed('a fresh heartbeat');
    const next = await on.run().ended;
    assertCode(next, 3);
    assert.equal(next.json().state, 'SKIPPED');
    assert.match(next.stderr, /on evicted-pod/);
    for (const flags of [[], ['--force']]) assertCode(await on.repair(...flags).ended, 3);
    assert(isPaused());
  });

  test('A run killed elsewhere may be repaired by force when its heartbeat is older than two minutes', async () => {
    const { on, isPaused } = await killed('repair by force');
    await makeOlder(on, 125);
    assertCode(await on.run().ended, 3);
    assertCode(await on.repair().ended, 3);
    assert(isPaused());
    assertCode(await on.repair('--force').ended, 0);
    await on.assertAllIsWell({ byKilled: true });
  });

  test('The next run puts right what a run killed elsewhere left fifteen minutes after its heartbeat, and goes on', async () => {
    const { on, ready, lock } = await killed('the next run');
    await makeOlder(on, 901);
    ready();
    const next = await on.run().ended;
    assertCode(next, 0);
    assert.match(next.stderr, /this command repairs what it left\.\n.*Exporting is resumed\./);
    assert.equal(next.json().state, 'COMPLETED');
    await on.assertAllIsWell({ byKilled: true });
    const left = await on.ledger.readManifest('test', lock.backupId ?? 0);
    assert.equal(left?.failure?.error, 'Abandoned');
  });

  test('`repair` puts right what a run killed elsewhere left fifteen minutes after its heartbeat', async () => {
    const { on } = await killed('repair');
    await makeOlder(on, 901);
    const repaired = await on.repair().ended;
    assertCode(repaired, 0);
    assert.match(repaired.stdout, /Exporting is resumed/);
    await on.assertAllIsWell({ byKilled: true });
  });
  test('The watchdog leaves a run killed elsewhere alone as long as its heartbeat is fresh, and puts it right after fifteen minutes', async () => {
    const { on, isPaused, lock } = await killed('the watchdog');
    const early = await on.watchdog().ended;
    assertCode(early, 0);
    assert.match(early.stdout, /^test: ok \(a run is at work\)\.$/m);
    assert(isPaused());

    await makeOlder(on, 901);
    const late = await on.watchdog().ended;
    assertCode(late, 0);
    assert.match(late.stdout, /^test: ok \(what a dead run left was repaired\)\.$/m);
    assert.match(late.stderr, /a dead run was repaired\. .*evicted-pod.*Exporting is resumed \(proven\)\./);
    await on.assertAllIsWell({ byKilled: true });
    const left = await on.ledger.readManifest('test', lock.backupId ?? 0);
    assert.equal(left?.failure?.error, 'Abandoned');

    const again = await on.watchdog().ended;
    assertCode(again, 0);
    assert.match(again.stdout, /^test: ok \(no run is at work\)\.$/m);
    assert.equal(again.stderr, '', 'people are told once');
  });
});

describe('A run whose heartbeat cannot be renewed', () => {
  test('A run whose heartbeat cannot be renewed ends itself in time: it resumes exporting, and writes down why', async () => {
    const { on, start, isPaused } = await held();
    const { running } = await start(preload('machine-in-trouble.ts?troubles=renewals-fail;215'));
    await trouble(running, 'renewals-fail;215');
    const ended = await running.ended;
    assertCode(ended, 1);
    assert(!isPaused());
    await on.assertAllIsWell();
    const { failure, exporting } = await on.manifest();
    assert.equal(failure?.error, 'HeartbeatLost');
    assert.equal(ended.json().failure?.error, 'HeartbeatLost');
    assert.match(failure.message, /could not renew its heartbeat .* for 3 min 3\d s/);
    assert.match(failure.remedy ?? '', /ledger/);
    assert.equal(exporting.resumeProof, 'proven');
    assert.match(ended.stderr, /Before the end: resuming exporting/);
  });

  test('A run resumes exporting also where its ledger answers nothing at all, and then says what is left to do', async () => {
    const { on, start, isPaused, resumes } = await held();
    const { running, lock } = await start(preload('machine-in-trouble.ts?troubles=no-answer;215,90'));
    await trouble(running, 'no-answer;215');
    await until('a resume', () => resumes() > 0);
    assert(!isPaused());
    // The run has read it back, too: without that, it says rightly that exporting may be left paused.
    await running.printed(/Exporting is resumed \(read back on every partition\)/);
    const sent = resumes();
    await trouble(running, '90');
    const ended = await running.ended;
    assertCode(ended, 1);
    assert(resumes() <= sent + 1, 'it went on after it was to be silent');
    assert.match(ended.stderr, /gave no answer/);
    assert.match(ended.stderr, /Exporting of test is resumed, .*the lock stays\..* repair\n/);
    assert.doesNotMatch(ended.stderr, /PAUSED/);
    assert.equal((await on.lock())?.runId, lock.runId);
  });
});

describe('A run whose machine has stood still for longer than five minutes', () => {
  test('A run whose machine has stood still puts its own lock right as anybody may, and changes nothing else', async () => {
    const { on, ready, start, isPaused, resumes } = await held();
    const { running } = await start(preload('machine-in-trouble.ts?troubles=301'));
    const changes = () => on.simulator.calls().filter(({ method }) => method !== 'GET').length;
    const before = changes();
    await trouble(running, '301');
    ready();
    const ended = await running.ended;
    assertCode(ended, 1);
    assert.equal(ended.json().failure?.error, 'HeartbeatLost');
    assert(!isPaused());
    assert.equal(resumes(), 1);
    assert.equal(changes(), before + 1, 'only the resume');
    assert.equal((await on.manifest()).failure?.error, 'HeartbeatLost');
    await on.assertAllIsWell();
  });

  test('A run whose machine has stood still changes nothing at all where another run has its lock meanwhile', async () => {
    // The run waits for answers, and does not read its lock meanwhile.
    const { on, start, isPaused, resumes } = await held({ silent: true });
    const { running, lock } = await start(preload('machine-in-trouble.ts?troubles=1201'));
    running.child.kill('SIGSTOP');
    await makeOlder(on, 1201);
    // Another machine puts right what it left, and pauses for a backup of its own.
    assertCode(await on.repair().ended, 0);
    const theirs = foreignLock({ ...foreignPause(on) });
    await on.ledger.acquire(theirs);
    on.simulator.setExporterPhase('SOFT_PAUSED');
    const before = on.simulator.calls().filter(({ method }) => method !== 'GET').length;

    running.child.kill('SIGUSR2');
    running.child.kill('SIGCONT');
    const ended = await running.ended;
    assertCode(ended, 1);
    assert.match(ended.stderr, /not this run's any more/);
    assert(isPaused());
    assert.equal(resumes(), 1, 'only that of the repair');
    assert.equal(on.simulator.calls().filter(({ method }) => method !== 'GET').length, before);
    assert.deepEqual(await on.lock(), theirs);
    assert.equal((await on.ledger.readManifest('test', lock.backupId ?? 0))?.failure?.error, 'Abandoned');
  });

  test('A run whose machine has stood still says which call to make where it cannot put its lock right', async () => {
    const { on, start, isPaused, resumes } = await held();
    const { running, lock } = await start(preload('machine-in-trouble.ts?troubles=no-answer;301'));
    await trouble(running, 'no-answer;301');
    const ended = await running.ended;
    assertCode(ended, 1);
    assert(isPaused());
    assert.equal(resumes(), 0);
    assert.match(ended.stderr, /EXPORTING OF test MAY BE LEFT PAUSED/);
    assert.match(ended.stderr, /curl -X POST .*\/actuator\/exporting\/resume/);
    assert.equal((await on.lock())?.runId, lock.runId);
  });
});
