import assert from 'node:assert/strict';
import { afterAll, beforeAll, it, jest } from '@jest/globals';
import * as z from 'zod';
import {
  type Application,
  type ApplicationName,
  type ApplicationOptions,
  applicationInstances,
  camundaExporter,
  instancesOfOrder,
  recordExporter,
  startApplication,
} from '../../simulator/applications/index.ts';
import { realClock } from '../../simulator/clock.ts';
import type { LogRecord } from '../../simulator/zeebe/exporter.ts';
import { unless } from '../support/unless.ts';
import { askSearch, isSoon } from './search-acts.ts';
import { type RealSearchEngine, searchEngineAvailable, startRealSearchEngine } from './servers/index.ts';

/** The simulated applications on a real OpenSearch: what they write, show and take is read from the engine. */
const available = await searchEngineAvailable();
const skip = available.available ? false : available.reason;

jest.setTimeout(10 * 60_000);

const day = '2026-11-27';
let nextId = 1000;

unless(skip).describe('the simulated applications on a real OpenSearch', () => {
  let engine: RealSearchEngine;
  const running: Application[] = [];

  beforeAll(async () => {
    engine = await startRealSearchEngine();
  });

  afterAll(async () => {
    await Promise.all(running.map((application) => application.close()));
    await engine?.close();
  });

  async function start(name: ApplicationName, options: Partial<ApplicationOptions> = {}) {
    const application = startApplication({
      name,
      search: { url: engine.urls.search },
      repository: engine.repository,
      version: name === 'webApplications' ? '8.8.0' : '8.6.0',
      ...options,
    });
    running.push(application);
    await application.ready;
    return application;
  }

  const shownBy = (name: ApplicationName, prefix = '') =>
    applicationInstances({ url: engine.urls.search }, name, prefix);

  it('import the records of the exporter, so that each shows each process instance once', async () => {
    const exporter = recordExporter({ search: { url: engine.urls.search }, version: '8.6.0' });
    await Promise.all([start('operate'), start('tasklist'), start('optimize')]);
    const records = [...ordersOf(1, 1, 20), ...ordersOf(2, 1, 20)];
    await exporter.export(records);
    await exporter.export(records);
    for (const name of ['operate', 'tasklist', 'optimize'] as const) {
      await isSoon(async () => (await shownBy(name)).length === 40);
      const shown = await shownBy(name);
      assert.deepEqual(new Set(shown.map(({ state }) => state)), new Set(['COMPLETED']));
      assert.equal(await instancesOfOrder({ url: engine.urls.search }, name, 'order-2-20'), 1);
    }
    const index = `zeebe-record_process-instance_8.6.0_${day}`;
    const { [index]: found } = await read('zeebe-record-process-instance', aliases);
    assert.deepEqual(Object.keys(found?.aliases ?? {}), ['zeebe-record-process-instance']);
    const { index_templates: templates } = await read('_index_template/*', indexTemplates);
    const names = templates.map(({ name }) => name);
    for (const name of ['zeebe-record_process-instance_8.6.0', 'operate-list-view-8.3.0_template']) {
      assert.ok(names.includes(name), `${name} in ${names.join(', ')}`);
    }
    const { 'operate-list-view-8.3.0_': view } = await read('operate-list-view-8.3.0_alias', aliases);
    assert.ok(view);
  });

  it('go on importing after the position in their index when they are started again', async () => {
    const exporter = recordExporter({
      search: { url: engine.urls.search },
      version: '8.6.0',
      prefix: 'again',
    });
    const pacing = { importBatch: 7, importIntervalMs: 10 };
    const before = await start('operate', { prefix: 'again', pacing });
    await exporter.export(ordersOf(1, 1, 20));
    await isSoon(async () => (await shownBy('operate', 'again')).length === 20);
    await before.close();
    // What was imported before the position is not imported again, even if it is missing.
    const removed = ordersOf(1, 1, 1)[0]?.key ?? '';
    await askSearch(engine, 'DELETE', `again-operate-list-view-8.3.0_/_doc/${removed}?refresh=true`);
    await exporter.export(ordersOf(1, 21, 5));
    await start('operate', { prefix: 'again', pacing });
    await isSoon(async () => (await shownBy('operate', 'again')).length === 24);
    const shown = await shownBy('operate', 'again');
    assert.ok(!shown.some(({ key }) => key === removed));
  });

  it("take Operate's parts one after another, with the names and the metadata that were recorded", async () => {
    const { backups } = await start('operate', { pacing: { partIntervalMs: 400 } });
    const id = ++nextId;
    const names = await backups.start(id, undefined);
    assert.equal(backups.isBusy, true);
    const states = new Set<string | undefined>();
    await isSoon(async () => {
      states.add((await backups.info(id))?.state);
      return states.has('COMPLETED');
    });
    assert.ok(states.has('INCOMPLETE'), `${[...states]}`);
    assert.equal(backups.isBusy, false);
    const taken = await snapshotsOf(`camunda_operate_${id}_*`);
    assert.deepEqual(
      names,
      [1, 2, 3, 4, 5, 6].map((part) => `camunda_operate_${id}_8.6.0_part_${part}_of_6`),
    );
    assert.deepEqual(
      taken.map(({ snapshot, include_global_state, metadata }) => [snapshot, include_global_state, metadata]),
      names.map((name, part) => [
        name,
        true,
        { backupId: id, version: '8.6.0', partNo: part + 1, partCount: 6 },
      ]),
    );
    assert.deepEqual(
      taken.slice(0, 3).map(({ indices }) => indices),
      [['operate-import-position-8.3.0_'], ['operate-list-view-8.3.0_'], []],
    );
    assert.match(
      await backups.foundSnapshots(id),
      new RegExp(`^camunda_operate_${id}_8.6.0_part_1_of_6/\\S+, `),
    );
    assert.equal((await backups.list())[0]?.details[0]?.snapshotName, names[5]);
    assert.equal(await backups.delete(id), true);
    await isSoon(async () => (await backups.info(id)) === undefined);
    assert.equal(await backups.delete(id), false);
  });

  it('take no later part when their process dies, so that the backup is INCOMPLETE', async () => {
    const dying = await start('operate', { pacing: { partIntervalMs: 60_000 } });
    const id = ++nextId;
    await dying.backups.start(id, undefined);
    await isSoon(async () => (await dying.backups.info(id))?.details[0]?.state === 'SUCCESS');
    await dying.close();
    const { backups } = await start('operate');
    assert.equal(backups.isBusy, false);
    const info = await backups.info(id);
    assert.deepEqual([info?.state, info?.details.length], ['INCOMPLETE', 1]);
  });

  it('show from 8.8 on what their own exporter wrote, and a missing part after five minutes only', async () => {
    const exporter = camundaExporter({
      search: { url: engine.urls.search },
      version: '8.8.0',
      prefix: 'acme',
    });
    await exporter.export(ordersOf(3, 1, 10));
    let ahead = 0;
    const clock = { ...realClock, now: () => Date.now() + ahead };
    const pacing = { partIntervalMs: 60_000 };
    const { backups, close } = await start('webApplications', { prefix: 'acme', clock, pacing });
    assert.equal((await shownBy('webApplications', 'acme')).length, 10);
    const id = ++nextId;
    await backups.start(id, undefined);
    await isSoon(async () => (await backups.info(id))?.details[0]?.state === 'SUCCESS');
    assert.equal((await backups.info(id))?.state, 'IN_PROGRESS');
    await close();
    const after = await start('webApplications', { prefix: 'acme', clock });
    ahead = 301_000;
    assert.equal((await after.backups.info(id))?.state, 'INCOMPLETE');
  });

  it.each<{ engine: 'opensearch' | 'elasticsearch'; how: string }>([
    { engine: 'opensearch', how: 'at once' },
    { engine: 'elasticsearch', how: 'one after another' },
  ])("take Optimize's two parts $how as on $engine", async ({ engine: like }) => {
    const { backups } = await start('optimize', { engine: like, pacing: { partIntervalMs: 100 } });
    const id = ++nextId;
    await backups.start(id, undefined);
    assert.equal(backups.isBusy, like === 'elasticsearch');
    await isSoon(async () => (await backups.info(id))?.state === 'COMPLETED');
    const [first, second] = await snapshotsOf(`camunda_optimize_${id}_*`);
    assert.ok(first?.indices.includes('optimize-position-based-import-index_v3'));
    assert.ok(second?.indices.includes('optimize-process-instance-order_v8'));
  });

  it('have a FAILED backup after a part with a shard that no node has, and take no later part', async () => {
    const { backups } = await start('tasklist');
    const id = ++nextId;
    await backups.start(id, { failed: { partition: 2 } });
    await isSoon(async () => (await backups.info(id))?.state === 'FAILED');
    const info = await backups.info(id);
    assert.deepEqual(
      info?.details.map(({ state, failures }) => [state, failures]),
      [
        ['SUCCESS', []],
        ['PARTIAL', ['primary shard is not allocated']],
      ],
    );
    assert.match(info?.failureReason ?? '', /^Some of the snapshots are partial: camunda_tasklist_/);
    assert.equal(await backups.hasShardWithoutNode(id), true);
    await isSoon(async () => !backups.isBusy);
  });

  it('tell a missing repository from an engine that is down, and accept what a readonly one refuses', async () => {
    const { backups } = await start('operate');
    assert.equal(await backups.availability(), 'available');
    const repository = `_snapshot/${engine.repository}`;
    const { [engine.repository]: registered } = await read(repository, repositories);
    const settings = { ...registered?.settings, readonly: true };
    await askSearch(engine, 'PUT', repository, { ...registered, settings });
    const id = ++nextId;
    assert.equal((await backups.start(id, undefined)).length, 6);
    await isSoon(async () => !backups.isBusy);
    assert.equal(await backups.info(id), undefined);
    await engine.removeRepository();
    assert.equal(await backups.availability(), 'repository missing');
    await engine.registerRepository();
    await engine.kill('search');
    assert.equal(await backups.availability(), 'engine down');
  });

  async function snapshotsOf(names: string) {
    return (await read(`_snapshot/${engine.repository}/${names}`, snapshots)).snapshots;
  }

  async function read<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return schema.parse(await (await fetch(`${engine.urls.search}/${path}`)).json());
  }
});

const aliases = z.record(z.string(), z.object({ aliases: z.record(z.string(), z.unknown()) }));
const indexTemplates = z.object({ index_templates: z.array(z.object({ name: z.string() })) });
const repositories = z.record(
  z.string(),
  z.object({ type: z.string(), settings: z.record(z.string(), z.unknown()) }),
);
const snapshots = z.object({
  snapshots: z.array(
    z.object({
      snapshot: z.string(),
      indices: z.array(z.string()),
      include_global_state: z.boolean(),
      metadata: z.record(z.string(), z.unknown()),
    }),
  ),
});

/** The records of some process instances of a partition, each begun, with a job and a variable, and completed. */
function ordersOf(partition: number, first: number, count: number): LogRecord[] {
  return Array.from({ length: count }, (_, index) => recordsOf(partition, first + index)).flat();
}

function recordsOf(partition: number, number: number): LogRecord[] {
  const keyOf = (key: number) => String(2n ** 51n * BigInt(partition) + BigInt(key));
  const instance = keyOf(number * 3);
  const common = (ahead: number) => ({
    partition,
    position: number * 5 + ahead,
    timestamp: Date.parse(`${day}T12:00:00Z`) + number,
  });
  const ofInstance = { processInstanceKey: instance, order: `order-${partition}-${number}` };
  const order = {
    ...ofInstance,
    bpmnProcessId: 'order',
    elementId: 'order',
    bpmnElementType: 'PROCESS' as const,
    jobs: 1,
  };
  const variable = { ...ofInstance, scopeKey: instance, name: 'order', value: '"x"' };
  const job = { ...ofInstance, type: 'work', elementId: 'task-1', step: 1 };
  return [
    { ...common(0), key: instance, valueType: 'PROCESS_INSTANCE', intent: 'ELEMENT_ACTIVATED', value: order },
    { ...common(1), key: keyOf(number * 3 + 1), valueType: 'VARIABLE', intent: 'CREATED', value: variable },
    { ...common(2), key: keyOf(number * 3 + 2), valueType: 'JOB', intent: 'CREATED', value: job },
    { ...common(3), key: keyOf(number * 3 + 2), valueType: 'JOB', intent: 'COMPLETED', value: job },
    { ...common(4), key: instance, valueType: 'PROCESS_INSTANCE', intent: 'ELEMENT_COMPLETED', value: order },
  ];
}
