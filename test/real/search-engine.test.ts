import assert from 'node:assert/strict';
import { afterAll, beforeAll, it, jest } from '@jest/globals';
import * as z from 'zod';
import { type Simulator, startSimulator } from '../../simulator/index.ts';
import { shortWaitsOfProcess } from '../support/command.ts';
import { unless } from '../support/unless.ts';
import { type Configured, configureWith, recordsIn } from './configured.ts';
import { askSearch, fill, holdDeletions, isSoon, slowDown } from './search-acts.ts';
import {
  type RealSearchEngine,
  type RealStore,
  realStoreAvailable,
  type SearchNode,
  type SearchVersion,
  searchEngineAvailable,
  startRealSearchEngine,
  startRealStore,
} from './servers/index.ts';

/**
 * The records' backup in real search engines, beside a simulated Zeebe: judged by the engines' own answers. One line has
 * one node and all in folders, as on one machine. The other has two nodes, and its snapshots and the ledger in S3.
 */
interface Line {
  version: SearchVersion;
  nodes: SearchNode[];
  snapshots: 'fs' | 's3';
}

const lines: Line[] = [
  { version: '2.19.1', nodes: ['search'], snapshots: 'fs' },
  { version: '3.8.0', nodes: ['search', 'search2'], snapshots: 's3' },
];

const indices = ['zeebe-record_job_8.8.0_2026-11-27', 'zeebe-record_process-instance_8.8.0_2026-11-27'];

// Each test may take so long.
jest.setTimeout(10 * 60_000);

for (const line of lines) {
  unless(await obstacle(line)).describe(`the records in a real OpenSearch ${line.version}`, () => {
    let store: RealStore | undefined;
    let engine: RealSearchEngine<SearchNode>;
    let simulator: Simulator;
    let configured: Configured;
    let impatient: Configured;
    let watchful: Configured;

    beforeAll(async () => {
      if (line.snapshots === 's3') store = await startRealStore();
      engine = await startRealSearchEngine({
        version: line.version,
        nodes: line.nodes,
        snapshots: store ? { store, basePath: 'snapshots' } : 'folder',
      });
      simulator = await startSimulator({
        camunda: '8.8',
        components: { search: false },
        durations: { zeebe: 0.5 },
      });
      for (const index of [...indices, 'somebody-elses']) {
        await askSearch(engine, 'PUT', index, { settings: { number_of_replicas: 0 } });
        for (let position = 0; position < 10; position++) {
          await askSearch(engine, 'POST', `${index}/_doc?refresh=true`, { position });
        }
      }
      const cluster = {
        zeebe: { url: simulator.urls.zeebe },
        ...recordsIn(engine.urls.search, engine.repository),
      };
      configured = await configureWith(cluster, {}, store);
      impatient = await configureWith(cluster, shortWaitsOfProcess, store);
      // It looks every other second whether the deletions have ended: the waits as written grow to half a minute.
      const looking = { NODE_OPTIONS: `${shortWaitsOfProcess.NODE_OPTIONS}?retries=2` };
      watchful = await configureWith(cluster, looking, store);
    });

    afterAll(async () => {
      await simulator?.close();
      await engine?.close();
      await configured?.remove();
      await impatient?.remove();
      await watchful?.remove();
      await store?.close();
    });

    const run = (...args: string[]) => configured.run(...args);
    const recordsOf = async (backupId: number | null) => {
      const name = `camunda_zeebe_records_backup_${backupId}`;
      return (await engine.snapshots()).find((snapshot) => snapshot.name === name);
    };
    const assertResumed = async ({ ledger } = configured) => {
      assert.equal(simulator.pausedSince(), undefined);
      assert.equal(await ledger.readLock('real'), undefined);
    };

    it('The records in a real OpenSearch are backed up completely, and nothing else is', async () => {
      const ended = await run().ended;
      assert.equal(ended.code, 0, ended.stderr);
      const snapshot = await recordsOf(ended.json().backupId);
      assert.equal(snapshot?.state, 'SUCCESS');
      assert.deepEqual(snapshot.indices.toSorted(), indices);
      const manifest = await configured.readManifest(ended);
      const entry = manifest.components.find(({ component }) => component === 'records');
      assert.deepEqual(entry?.indices?.toSorted(), indices);
      assert.equal(entry?.version, `opensearch ${line.version}`);
      assert.equal(new Set(await nodesOf(engine, 'zeebe-record*')).size, line.nodes.length);
      await assertResumed();
    });

    it('What is noted of each shard is what a restore of the snapshot brings back, and nothing is left unknown', async () => {
      const [job = '', process = ''] = indices;
      // They are in no count until a refresh, and in the snapshot all the same.
      for (let position = 0; position < 7; position++) {
        await askSearch(engine, 'POST', `${job}/_doc`, { position });
      }
      const ended = await run().ended;
      assert.equal(ended.code, 0, ended.stderr);
      const { backupId, warnings } = await configured.readManifest(ended);
      assert.deepEqual(warnings, []);
      const { snapshots = [] } = (await configured.ledger.readSnapshots('real', backupId, 'records')) ?? {};
      const [snapshot] = snapshots;
      assert.deepEqual(
        snapshot?.indices.map(({ index, shards }) => ({
          index,
          shards: shards.map(({ files: _, bytes: __, ...counts }) => counts),
        })),
        [
          { index: job, shards: [{ shard: 0, documents: 17, maxSeqNo: 16, before: 16, after: 16 }] },
          { index: process, shards: [{ shard: 0, documents: 10, maxSeqNo: 9, before: 9, after: 9 }] },
        ],
      );

      const name = `camunda_zeebe_records_backup_${backupId}`;
      await askSearch(
        engine,
        'POST',
        `_snapshot/${engine.repository}/${name}/_restore?wait_for_completion=true`,
        {
          indices: '*',
          rename_pattern: '(.+)',
          rename_replacement: 'proof-$1',
        },
      );
      try {
        for (const { index, shards } of snapshot?.indices ?? []) {
          const restored = await readSearch(engine, `proof-${index}/_count`, z.object({ count: z.number() }));
          assert.equal(restored.count, shards[0]?.documents, index);
          const { [`proof-${index}`]: found } = await readSearch(
            engine,
            `proof-${index}/_recovery`,
            recoveries,
          );
          const { files, size } = found?.shards[0]?.index ?? {};
          assert.equal(files?.total, shards[0]?.files, index);
          assert.equal(size?.total_in_bytes, shards[0]?.bytes, index);
        }
      } finally {
        for (const index of indices) await askSearch(engine, 'DELETE', `proof-${index}`);
      }
    });

    it('What is noted of a real OpenSearch is its version, nodes, repository and that it has no policies', async () => {
      const { backupId } = await configured.readManifest(await run().ended);
      const facts = await configured.ledger.readRestoreFacts('real', backupId);
      assert.deepEqual(facts?.unknown, []);
      assert.deepEqual(facts.search, {
        engine: 'opensearch',
        version: `opensearch ${line.version}`,
        nodes: [
          { name: 'search-1', version: line.version, roles: ['cluster_manager', 'data'] },
          ...(line.nodes.length === 1 ? [] : [{ name: 'search-2', version: line.version, roles: ['data'] }]),
        ],
        repository: {
          name: engine.repository,
          ...engine.definition,
          omittedSettings: [],
        },
        templates: { index: [], component: [] },
        policies: 'absent',
        prefixes: { records: ['zeebe-record'] },
      });
    });

    it('A backup id that the snapshots of OpenSearch use is refused before exporting is paused', async () => {
      const used = (await run().ended).json().backupId;
      const pauses = simulator.pauseHistory().length;
      const ended = await run('--id', String(used)).ended;
      assert.equal(ended.code, 2, ended.stderr);
      assert.match(ended.stderr, new RegExp(`The backup id ${used} is used already \\(.*Zeebe records\\)`));
      assert.equal(simulator.pauseHistory().length, pauses);
    });

    it('A run is refused before exporting is paused when the snapshot repository of OpenSearch is gone', async () => {
      const pauses = simulator.pauseHistory().length;
      await engine.removeRepository();
      try {
        const ended = await run().ended;
        assert.equal(ended.code, 1, ended.stderr);
        assert.match(ended.stderr, /The snapshot repository camunda is not registered at http:/);
        assert.equal(simulator.pauseHistory().length, pauses);
      } finally {
        await engine.registerRepository();
      }
    });

    it('A run fails with a clear message and resumes exporting when OpenSearch dies in the pause', async () => {
      // The pause takes its time, so that OpenSearch is gone when it is asked for the snapshot.
      const slow = simulator.order({ operation: 'zeebe.pause', kind: { slow: 500 } });
      const pauses = simulator.pauseHistory().length;
      const command = impatient.run();
      await command.printed(/Backup \d+ of real/);
      await engine.kill('search');
      try {
        const ended = await command.ended;
        assert.equal(ended.code, 1, ended.stderr);
        assert.match(ended.stderr, /OpenSearch did not answer .*_snapshot\/camunda/);
        assert.equal(ended.json().state, 'FAILED');
        assert.equal(simulator.pauseHistory().length, pauses + 1);
        await assertResumed(impatient);
      } finally {
        slow.cancel();
        await engine.start('search');
      }
      const next = await run().ended;
      assert.equal(next.code, 0, next.stderr);
    });

    if (line.nodes.includes('search2')) {
      it('A run fails and resumes exporting when a node of OpenSearch dies while its shards are read', async () => {
        for (const index of indices) await fill(engine, index, 20);
        const asBefore = await slowDown(engine);
        const command = impatient.run();
        const backupId = Number((await command.printed(/Backup (\d+) of real/))[1]);
        await isSoon(async () => (await recordsOf(backupId))?.state === 'IN_PROGRESS');
        await engine.kill('search2');
        try {
          const ended = await command.ended;
          assert.equal(ended.code, 1, ended.stderr);
          assert.match(ended.stderr, /the snapshot is PARTIAL, 1 of 2 shards failed: .*node shutdown/);
          assert.equal(ended.json().state, 'FAILED');
          assert.equal((await recordsOf(backupId))?.state, 'PARTIAL');
          await assertResumed(impatient);
        } finally {
          await engine.start('search2');
          await asBefore();
        }
        const next = await run().ended;
        assert.equal(next.code, 0, next.stderr);
      });
    }

    it('A run waits until OpenSearch has deleted older snapshots, and completes at the first try', async () => {
      const older = (await run().ended).json().backupId;
      const release = await holdDeletions(engine, 'somebody-elses');
      let deleted: Promise<void> | undefined;
      try {
        const snapshot = `camunda_zeebe_records_backup_${older}`;
        deleted = askSearch(engine, 'DELETE', `_snapshot/${engine.repository}/${snapshot}`);
        const command = watchful.run();
        await command.printed(/Check repository: .* is deleting snapshots from camunda/);
        await release();
        const ended = await command.ended;
        assert.equal(ended.json().state, 'COMPLETED', ended.stderr);
        assert.equal((await watchful.readManifest(ended)).attempt, 1);
        assert.equal((await recordsOf(ended.json().backupId))?.state, 'SUCCESS');
        await assertResumed(watchful);
      } finally {
        await deleted;
      }
      assert.equal(await recordsOf(older), undefined);
    });
  });
}

const recoveries = z.record(
  z.string(),
  z.object({
    shards: z.array(
      z.object({
        index: z.object({
          files: z.object({ total: z.number() }),
          size: z.object({ total_in_bytes: z.number() }),
        }),
      }),
    ),
  }),
);

async function readSearch<T>({ urls }: RealSearchEngine, path: string, schema: z.ZodType<T>): Promise<T> {
  return schema.parse(await (await fetch(`${urls.search}/${path}`)).json());
}

/** Why a line cannot be started here. */
async function obstacle({ version, snapshots }: Line): Promise<string | false> {
  const needed = [await searchEngineAvailable(version)];
  if (snapshots === 's3') needed.push(await realStoreAvailable());
  for (const available of needed) if (!available.available) return available.reason;
  return false;
}

/** Of the shards of a pattern of indices. */
async function nodesOf(engine: RealSearchEngine, pattern: string): Promise<string[]> {
  const rows = z.array(z.object({ node: z.string() }));
  const shards = await readSearch(engine, `_cat/shards/${pattern}?format=json&h=node`, rows);
  return shards.map(({ node }) => node);
}
