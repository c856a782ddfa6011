import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { showBackup } from '../../../core/inventory/show.ts';
import { entryOf, holdLock } from '../backup/world.ts';
import { folderWith } from '../components/zeebe/store/store-world.ts';
import { forms } from '../components/zeebe/store/written-by-hand.ts';
import { at, yaml88 } from '../fake-cluster.ts';
import { json, snapshotNamed } from '../fakes.ts';
import { failed } from '../repair/leftovers-world.ts';
import { completed, names, snapshotsOf, world } from './world.ts';

/** The world of a list, whose components also show one backup. */
async function setUp(options: Parameters<typeof world>[0], id = 7) {
  const set = await world(options);
  const replies = set.fake.replies;
  const parts = (name: (id: number, part: number) => string) =>
    [1, 2].map((part) => ({
      snapshotName: name(id, part),
      state: 'SUCCESS',
      startTime: '2026-11-21T08:00:20.000+0000',
    }));
  const partitions = [1, 2].map((partitionId) => ({
    partitionId,
    state: 'COMPLETED',
    createdAt: '2026-11-21T08:02:00Z',
    lastUpdatedAt: '2026-11-21T08:03:00Z',
    brokerVersion: '8.8.3',
    checkpointPosition: 71,
  }));
  replies[`GET ${at.zeebe}/actuator/backupRuntime/${id}`] = json(200, {
    backupId: id,
    state: 'COMPLETED',
    details: partitions,
  });
  replies[`GET ${at.zeebe}/actuator/backupHistory/${id}`] = json(200, {
    backupId: id,
    state: 'COMPLETED',
    details: parts(names.webApplications),
  });
  replies[`GET ${at.optimize}/actuator/backups/${id}`] = json(200, {
    backupId: id,
    state: 'INCOMPLETE',
    failureReason: 'a snapshot is missing',
    details: parts(names.optimize).slice(0, 1),
  });
  return { ...set, show: (one = id) => showBackup('production', one, set.config, set.context) };
}

const notThere = json(404, { message: 'no backup with id 9' });

describe('One backup of the ledger', () => {
  async function recorded() {
    const whole = completed(7);
    const components = (whole.components ?? []).map((entry) =>
      entry.component === 'optimize'
        ? {
            ...entry,
            startedAt: '2026-11-21T08:00:20.000Z',
            endedAt: '2026-11-21T08:01:00.000Z',
            parts: [1, 2].map((part) => ({ name: names.optimize(7, part), state: 'SUCCESS' })),
          }
        : entry,
    );
    return setUp({
      manifests: [{ ...whole, components, warnings: ['Optimize was slow'] }],
      snapshots: snapshotsOf(7),
    });
  }

  test('Its parts are shown as they were recorded and as they are now, and what is gone has no state now', async () => {
    const { show } = await recorded();
    const { shown, sources } = await show();
    assert.ok(sources.every(({ answered }) => answered));
    assert.equal(shown?.backup.state, 'INCOMPLETE');
    const optimize = shown.components.find(({ component }) => component === 'optimize');
    assert.deepEqual(
      [optimize?.state, optimize?.now, optimize?.says, optimize?.failure],
      ['COMPLETED', 'INCOMPLETE', 'Optimize says INCOMPLETE', 'a snapshot is missing'],
    );
    assert.deepEqual(
      optimize?.parts.map(({ name, state, now }) => [name, state, now]),
      [
        [names.optimize(7, 1), 'SUCCESS', 'SUCCESS'],
        [names.optimize(7, 2), 'SUCCESS', undefined],
      ],
    );
    const zeebe = shown.components.find(({ component }) => component === 'zeebe');
    assert.deepEqual(
      zeebe?.parts.map(({ name, now, brokerVersion, checkpointPosition }) => [
        name,
        now,
        brokerVersion,
        checkpointPosition,
      ]),
      [
        ['partition 1', 'COMPLETED', '8.8.3', 71],
        ['partition 2', 'COMPLETED', '8.8.3', 71],
      ],
    );
    const records = shown.components.find(({ component }) => component === 'records');
    assert.deepEqual(
      records?.parts.map(({ name, now }) => [name, now]),
      [[names.records(7), 'SUCCESS']],
    );
  });

  test('The timeline is in order, and marks what happened while exporting was paused', async () => {
    const { show } = await recorded();
    const { timeline } = (await show()).shown ?? {};
    assert.deepEqual(
      timeline
        ?.filter(({ at: moment }) => moment >= '2026-11-21T08')
        .map(({ at: moment, says, paused }) => [moment.slice(11, 19), paused ? '|' : '', says]),
      [
        ['08:00:00', '', 'The backup began'],
        ['08:00:10', '|', 'Exporting was paused'],
        ['08:00:20', '|', 'Optimize began'],
        ['08:01:00', '|', 'Optimize was COMPLETED'],
        ['08:03:10', '', 'Exporting was resumed'],
        ['08:04:00', '', 'The backup was COMPLETED'],
        ['09:00:00', '', 'Web applications was asked for its backup'],
        ['09:00:00', '', 'Zeebe records was asked for its backup'],
        ['09:00:00', '', 'Zeebe was asked for its backup'],
      ],
    );
  });

  test('What a restore needs, what was noticed and the sizes are shown as the ledger has them', async () => {
    const { show, context } = await recorded();
    const head = { format: 2 as const, cluster: 'production', backupId: 7, runId: 'run-1' };
    const finding = {
      name: 'exporters',
      severity: 'warning' as const,
      subject: 'zeebe',
      says: 'One is disabled',
    };
    const gap = { what: 'policies', why: 'not allowed' };
    await context.ledger.createRestoreFacts({
      ...head,
      findings: [finding],
      zeebe: { version: '8.8.3', partitions: 2, clusterSize: 3, brokerIds: ['0', '1', '2'] },
      applications: [{ component: 'optimize', version: '8.8.1' }],
      unknown: [gap],
    });
    const snapshots = [
      { name: names.records(7), repository: 'camunda', shards: 2, files: 8, bytes: 99, indices: [] },
    ];
    await context.ledger.createSnapshots({
      ...head,
      component: 'records',
      snapshots,
      after: [],
      unknown: [],
    });
    await context.ledger.writeVerification({
      format: 1,
      cluster: 'production',
      backupId: 7,
      verifiedAt: '2026-11-21T08:30:00.000Z',
      verdict: 'unknown',
      required: ['store'],
      judgements: [],
    });
    const { shown } = await show();
    assert.deepEqual([shown?.findings, shown?.warnings], [[finding], ['Optimize was slow']]);
    assert.deepEqual(shown?.restore?.unknown, [gap]);
    assert.equal(shown?.restore?.zeebe?.clusterSize, 3);
    assert.equal(shown?.verification?.verdict, 'unknown');
    assert.match(
      shown?.timeline.find(({ at: moment }) => moment.includes('08:30'))?.says ?? '',
      /^A verification found nothing wrong, and could not see everything that it must$/,
    );
    const [part] = shown?.components.find(({ component }) => component === 'records')?.parts ?? [];
    assert.deepEqual([part?.shards, part?.files, part?.bytes], [2, 8, 99]);
  });

  test('A document that cannot be read is noted, and the rest is shown', async () => {
    const { show, context } = await recorded();
    context.store.documents.set('production/backups/7/restore.json', '{}');
    const { shown, sources } = await show();
    assert.equal(shown?.restore, undefined);
    const [ledger] = sources;
    assert.deepEqual([ledger?.name, ledger?.answered], ['ledger', true]);
    assert.match(ledger?.says ?? '', /restore\.json is not a document of this version/);
  });

  test('A backup that is being made is shown by the entries of its components', async () => {
    const { show, context } = await setUp({
      manifests: [{ backupId: 7, expectedComponents: ['optimize', 'zeebe'] }],
      entries: [[7, entryOf('optimize', { state: 'STARTED', startedAt: '2026-11-21T08:00:20.000Z' })]],
    });
    await holdLock(context);
    const { shown } = await show();
    assert.deepEqual([shown?.backup.state, shown?.backup.problem], ['RUNNING', undefined]);
    assert.deepEqual(
      shown?.components.map(({ component, state }) => [component, state]),
      [
        ['optimize', 'STARTED'],
        ['zeebe', undefined],
      ],
    );
  });

  test('A backup that failed is shown with its reason, and with what to do', async () => {
    const failure = { error: 'ComponentTimedOut', message: 'late', remedy: 'Look at its log.' };
    const { show } = await setUp({ manifests: [{ ...completed(7), ...failed, failure }] });
    const { shown } = await show();
    assert.deepEqual([shown?.backup.problem, shown?.remedy], ['late', 'Look at its log.']);
  });
});

describe('One backup from elsewhere', () => {
  test('It is shown by what the components say of it', async () => {
    const { show } = await setUp({ snapshots: snapshotsOf(7) });
    const { shown } = await show();
    assert.deepEqual([shown?.backup.madeBy, shown?.backup.state], ['elsewhere', 'INCOMPLETE']);
    assert.equal(shown?.backup.createdAt, '2026-11-21T06:00:00.000Z');
    assert.deepEqual(
      shown?.timeline
        .filter(({ says }) => says.includes('Zeebe') && !says.includes('records'))
        .map(({ at: moment, says }) => [moment, says]),
      [
        ['2026-11-21T08:02:00.000Z', 'Zeebe began'],
        ['2026-11-21T08:03:00.000Z', 'The last part of Zeebe ended'],
      ],
    );
  });

  test('It is shown by repository and store alone, if nothing of Camunda answers', async () => {
    const write = forms.at(-1)?.write;
    assert(write);
    const yaml = yaml88.replace('zeebe: { url:', `zeebe: { store: { folder: ${folderWith(write(7))} }, url:`);
    const { show, stopCamunda, context } = await setUp({
      yaml,
      snapshots: [...snapshotsOf(7), snapshotNamed(names.records(71))],
    });
    stopCamunda();
    // Files take real time.
    context.clock.sleep = () => new Promise(() => {});
    const { shown, sources } = await show();
    assert.equal(shown?.backup.state, 'COMPLETED');
    assert.deepEqual(
      shown.components.map(({ component, parts }) => [component, parts.length]),
      [
        ['zeebe', 2],
        ['webApplications', 2],
        ['optimize', 2],
        ['records', 1],
      ],
    );
    assert.deepEqual(
      sources.filter(({ answered }) => !answered).map(({ name }) => name),
      ['zeebe', 'webApplications', 'optimize'],
    );
  });

  test('A backup that no source knows is not shown', async () => {
    const { show, fake } = await setUp({ manifests: [completed(7)], snapshots: snapshotsOf(7) });
    for (const call of ['backupRuntime', 'backupHistory'])
      fake.replies[`GET ${at.zeebe}/actuator/${call}/9`] = notThere;
    fake.replies[`GET ${at.optimize}/actuator/backups/9`] = notThere;
    const { shown, sources } = await show(9);
    assert.equal(shown, undefined);
    assert.ok(sources.every(({ answered }) => answered));
  });
});
