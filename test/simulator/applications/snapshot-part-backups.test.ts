import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from '@jest/globals';
import { EngineClient } from '../../../simulator/applications/engine-client.ts';
import { layouts } from '../../../simulator/applications/layout.ts';
import { SnapshotPartBackups } from '../../../simulator/applications/snapshot-part-backups.ts';
import { type Simulator, type SimulatorClock, startSimulator } from '../../../simulator/index.ts';
import { call, TestClock } from '../harness.ts';

/** Each look is a request, during which the backup goes on. */
const MOST_LOOKS = 1000;

describe("an application's backups in a search engine", () => {
  let simulator: Simulator;
  let clock: TestClock;
  let url: string;
  let log: string[];

  beforeEach(async () => {
    clock = new TestClock();
    log = [];
    simulator = await startSimulator({ camunda: '8.6', components: { search: 'opensearch' }, clock });
    url = simulator.urls.search ?? '';
  });

  afterEach(() => simulator.close());

  function backupsOf(name: keyof typeof layouts, sleeper: SimulatorClock = clock) {
    // The simulated engine does not know the exclusions with which the dated copies of indices are chosen.
    const parts = layouts[name].parts.filter((indices) => indices.length > 0);
    return new SnapshotPartBackups(
      new EngineClient({ url }),
      { ...layouts[name], parts },
      {
        repository: simulator.repository,
        version: '8.6.0',
        prefix: '',
        partIntervalMs: 60_000,
        concurrent: false,
        clock: sleeper,
        log: (line) => log.push(line),
      },
    );
  }

  async function completed(backups: SnapshotPartBackups, id: number) {
    backups.start(id, undefined);
    for (let look = 1; look < MOST_LOOKS; look += 1) {
      const info = await backups.info(id);
      if (info?.state === 'COMPLETED') return info;
    }
    throw new Error(`the backup ${id} is not completed: ${log.join('\n')}`);
  }

  it('are taken part after part, each at its time', async () => {
    const backups = backupsOf('operate');
    const names = [1, 2, 3, 4].map((part) => `camunda_operate_7_8.6.0_part_${part}_of_4`);
    const info = await completed(backups, 7);
    assert.deepEqual(
      info.details.map(({ snapshotName }) => snapshotName),
      names,
    );
    const starts = info.details.map(({ startTime }) => Date.parse(startTime));
    assert.deepEqual(
      starts.map((start) => start - (starts[0] ?? 0)),
      [0, 60_000, 120_000, 180_000],
    );
  });

  it('are never complete when their process dies between two parts', async () => {
    let died: () => void = () => {};
    const sleeps = new Promise<void>((resolve) => {
      died = resolve;
    });
    const stopped: SimulatorClock = {
      now: () => clock.now(),
      sleep: (ms, signal) => {
        if (ms === 0) return Promise.resolve();
        died();
        return new Promise((resolve) => signal?.addEventListener('abort', () => resolve()));
      },
    };
    const dying = backupsOf('operate', stopped);
    dying.start(7, undefined);
    await sleeps;
    await dying.close();
    const restarted = backupsOf('operate');
    assert.equal(restarted.isBusy, false);
    const info = await restarted.info(7);
    assert.deepEqual([info?.state, info?.details.length], ['INCOMPLETE', 1]);
  });

  it('are accepted and never appear if the repository is readonly', async () => {
    const body = { type: 's3', settings: { bucket: 'camunda-snapshots', readonly: true } };
    await call(url, 'PUT', `/_snapshot/${simulator.repository}`, { body });
    const backups = backupsOf('operate');
    assert.equal(backups.start(7, undefined).length, 4);
    while (backups.isBusy) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await backups.info(7), undefined);
    assert.match(log.join('\n'), /part_1_of_4 was not taken: .*readonly/);
    assert.equal(log.length, 1);
  });

  it.each([
    { what: 'the engine', stop: () => simulator.stopSearch(), availability: 'engine down' },
    { what: 'the repository', stop: () => simulator.removeRepository(), availability: 'repository missing' },
  ])('are not available without $what', async ({ stop, availability }) => {
    const backups = backupsOf('operate');
    assert.equal(await backups.availability(), 'available');
    stop();
    assert.equal(await backups.availability(), availability);
  });

  it('are those of one application and one id', async () => {
    for (const name of ['operate', 'tasklist'] as const) {
      for (const id of [1, 11]) await completed(backupsOf(name), id);
    }
    const backups = backupsOf('operate');
    assert.deepEqual(await backups.ids(), [1, 11]);
    assert.deepEqual(
      (await backups.list()).map(({ backupId, details }) => [backupId, details[0]?.snapshotName]),
      [
        [11, 'camunda_operate_11_8.6.0_part_4_of_4'],
        [1, 'camunda_operate_1_8.6.0_part_4_of_4'],
      ],
    );
    assert.equal((await backups.foundSnapshots(1)).split(', ').length, 4);
    assert.equal(await backups.delete(1), true);
    assert.equal(await backups.delete(2), false);
  });
});
