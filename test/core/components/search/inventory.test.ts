import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { inventory } from '../../../../core/components/search/inventory.ts';
import { readRepository } from '../../../../core/components/search/repository.ts';
import { searchError } from '../../../../core/components/search/search-error.ts';
import { readSnapshots } from '../../../../core/components/search/snapshot-answers.ts';
import { opensearch, opensearch3 } from '../../../../recordings/index.ts';
import { failureOf, json } from '../../fakes.ts';

const url = 'http://os:9200';
const facts = opensearch['restore-facts'];
const facts3 = opensearch3['restore-facts'];
const bodyOf = (title: string): unknown => JSON.parse(facts.answer(title).text);

/** An engine that gives one answer, and notes what it was asked. */
function answering(status: number, body: unknown, engine: 'elasticsearch' | 'opensearch' = 'opensearch') {
  const asked: string[] = [];
  const read = inventory({ engine, url }, async (path, query) => {
    asked.push(`${path}?${new URLSearchParams(query)}`);
    if (status === 200) return body;
    const thrown = Object.assign(new Error('refused'), { name: 'ResponseError', statusCode: status, body });
    throw await searchError('Engine', { url }, `GET ${path}`, thrown);
  });
  return { read, asked };
}

/** Answers as a real OpenSearch 2.19.1 did. */
const recorded = (title: string) => answering(facts.answer(title).status, bodyOf(title));

const job = 'zeebe-record_job_8.8.0_2026-11-26';
const hidden = 'zeebe-record_variable_8.8.0_2026-11-26';

async function countsIn(title: string, index: string) {
  return (await recorded(title).read.counts('zeebe-record*')).find((one) => one.index === index)?.shards;
}

describe('How far each shard is', () => {
  test('The engine is asked for hidden indices too, and not for closed ones, which would refuse the answer', async () => {
    const { read, asked } = recorded('stats_before');
    const counts = await read.counts('*operate-*,zeebe-record*');
    assert(counts.some(({ index }) => index === hidden));
    assert.match(
      asked[0] ?? '',
      /^\/\*operate-\*%2Czeebe-record\*\/_stats\/docs\?level=shards&expand_wildcards=open%2Chidden&/,
    );
    const error = await failureOf(recorded('stats_all_with_closed').read.counts('zeebe-record*'));
    assert.match(error.message, /index_closed_exception/);
  });

  test('Before a snapshot the commit of a shard is older than its operations, and after it the commit is what the snapshot holds', async () => {
    const before = await countsIn('stats_before', job);
    const after = await countsIn('stats_after', job);
    assert.deepEqual(
      before?.map(({ committed }) => committed),
      [
        { documents: 0, maxSeqNo: -1 },
        { documents: 0, maxSeqNo: -1 },
      ],
    );
    assert.deepEqual(
      after?.map(({ shard }) => shard),
      [0, 1],
    );
    for (const [position, { maxSeqNo, committed }] of (after ?? []).entries()) {
      assert.equal(committed.maxSeqNo, before?.[position]?.maxSeqNo);
      assert.deepEqual(committed, { documents: maxSeqNo + 1, maxSeqNo });
    }
  });

  test('While writing goes on the commit stays what the snapshot holds, until the next flush', async () => {
    const after = await countsIn('stats_after', job);
    const writing = await countsIn('stats_while_writing', job);
    const flushed = await countsIn('stats_after_flush', job);
    const commits = (shards: typeof after) => shards?.map(({ committed }) => committed);
    const sum = (shards: typeof after) => shards?.reduce((all, { maxSeqNo }) => all + maxSeqNo, 0) ?? 0;
    assert.deepEqual(commits(writing), commits(after));
    assert.equal(sum(writing), sum(after) + 9);
    assert.notDeepEqual(commits(flushed), commits(after));
  });

  test('A replica is not counted, and a shard without a primary is not there', async () => {
    const shard = (primary: boolean, max: number) => ({
      routing: { primary },
      seq_no: { max_seq_no: max },
      commit: { num_docs: 1, user_data: { max_seq_no: '0' } },
    });
    const shards = { '0': [shard(false, 7), shard(true, 8)], '1': [shard(false, 9)] };
    const counts = await answering(200, { indices: { i: { shards } } }).read.counts('i');
    assert.deepEqual(counts, [
      { index: 'i', shards: [{ shard: 0, maxSeqNo: 8, committed: { documents: 1, maxSeqNo: 0 } }] },
    ]);
  });

  test('An answer in which shards failed is refused, because the engine omits them', async () => {
    const { read, asked } = answering(200, { _shards: { failed: 2 }, indices: {} });
    const error = await failureOf(read.counts('i'));
    assert.equal(error.name, 'UnexpectedAnswer');
    assert.match(error.message, /without 2 shards that failed/);
    assert.match(asked[0] ?? '', /_shards\.failed/);
  });

  test('A pattern that matches nothing gives nothing', async () => {
    assert.deepEqual(await recorded('stats_nothing').read.counts('nothing-*'), []);
  });

  for (const { what, seqNo, committed } of [
    { what: 'that a number would round', seqNo: 2 ** 53, committed: '0' },
    { what: 'in the commit that a number would round', seqNo: 0, committed: '9007199254740993' },
    { what: 'in the commit that is no number', seqNo: 0, committed: 'many' },
  ]) {
    test(`A sequence number ${what} is refused and not rounded`, async () => {
      const copy = {
        routing: { primary: true },
        seq_no: { max_seq_no: seqNo },
        commit: { num_docs: 1, user_data: { max_seq_no: committed } },
      };
      const body = { indices: { i: { shards: { '0': [copy] } } } };
      const error = await failureOf(answering(200, body).read.counts('i'));
      assert.equal(error.name, 'UnexpectedAnswer');
      assert.match(error.message, /max_seq_no/);
    });
  }
});

describe('What a snapshot holds', () => {
  test('Files and bytes are those that a restore brings back, shard by shard', async () => {
    const { read, asked } = recorded('snapshot_status');
    const { indices } = await read.snapshotFiles('camunda', 'camunda_zeebe_records_backup_3000');
    const shards = indices.flatMap((one) => one.shards);
    assert.deepEqual(
      indices.find(({ index }) => index === job)?.shards.map(({ shard }) => shard),
      [0, 1],
    );
    assert.equal(
      shards.reduce((sum, { files }) => sum + files, 0),
      16,
    );
    assert.equal(
      shards.reduce((sum, { bytes }) => sum + bytes, 0),
      17_166,
    );
    assert.match(asked[0] ?? '', /^\/_snapshot\/camunda\/camunda_zeebe_records_backup_3000\/_status\?/);
  });

  test('A snapshot has its uuid and the version of the engine that took it', () => {
    const [snapshot] = readSnapshots(url, bodyOf('snapshot_get'));
    assert.equal(snapshot?.uuid, 'ErEVbvJ4SmGTtENKw2OydA');
    assert.equal(snapshot.version, '2.19.1');
  });

  test('A repository has its type and settings, as texts', () => {
    assert.deepEqual(readRepository(url, bodyOf('repo_get_with_settings'), 'with-settings').definition, {
      type: 'fs',
      settings: {
        location: '/srv/repo/camunda/more',
        readonly: 'false',
        compress: 'true',
        max_snapshot_bytes_per_sec: '40mb',
      },
      omittedSettings: [],
    });
  });
});

describe('What an engine is', () => {
  test('Every node has its name, version and roles', async () => {
    assert.deepEqual(await recorded('nodes').read.nodes(), [
      { name: 'search-1', version: '2.19.1', roles: ['cluster_manager', 'data'] },
    ]);
    const { status, text } = facts3.answer('nodes');
    assert.deepEqual(await answering(status, JSON.parse(text)).read.nodes(), [
      { name: 'search-1', version: '3.8.0', roles: ['cluster_manager', 'data'] },
      { name: 'search-2', version: '3.8.0', roles: ['data'] },
    ]);
  });

  test('Nodes are listed by their names, because the engine lists them by random ids', async () => {
    const node = { version: '3.8.0', roles: ['data'] };
    const nodes = { nNz: { name: 'search-2', ...node }, x3B: { name: 'search-1', ...node } };
    assert.deepEqual(
      (await answering(200, { nodes }).read.nodes()).map(({ name }) => name),
      ['search-1', 'search-2'],
    );
  });

  test('Templates of indices and of components have their names', async () => {
    const read = inventory({ engine: 'opensearch', url }, async (path) =>
      bodyOf(path === '/_index_template' ? 'index_templates' : 'component_templates'),
    );
    assert.deepEqual(await read.indexTemplates(), ['zeebe-record_job_8.8.0']);
    assert.deepEqual(await read.componentTemplates(), ['zeebe-record']);
    assert.deepEqual(await answering(200, {}).read.indexTemplates(), []);
    assert.deepEqual(await answering(200, {}).read.componentTemplates(), []);
  });

  test('Policies have their names', async () => {
    const ilm = { operate_delete_archived_indices: { version: 1 }, 'camunda-history': { version: 2 } };
    const names = ['camunda-history', 'operate_delete_archived_indices'];
    assert.deepEqual(await answering(200, ilm, 'elasticsearch').read.policies(), names);
    const ism = { policies: [{ _id: 'zeebe-record-retention', policy: {} }], total_policies: 1 };
    assert.deepEqual(await answering(200, ism).read.policies(), ['zeebe-record-retention']);
  });

  for (const [version, { answer }] of Object.entries({ '2.19.1': facts, '3.8.0': facts3 })) {
    for (const title of ['ism_without_plugin', 'ilm']) {
      test(`An engine without policies has none: ${title}, as recorded of OpenSearch ${version}`, async () => {
        const { status, text } = answer(title);
        assert.equal(await answering(status, JSON.parse(text)).read.policies(), undefined);
      });
    }
  }

  test('Shards and files of a snapshot are read of OpenSearch 3.8.0 as of 2.19.1', async () => {
    const bodyOf3 = (title: string): unknown => JSON.parse(facts3.answer(title).text);
    const [after] = await answering(200, bodyOf3('stats_after')).read.counts('zeebe-record*');
    const total = after?.shards.reduce((all, { committed }) => all + committed.documents, 0);
    assert.equal(total, 20);
    for (const { maxSeqNo, committed } of after?.shards ?? []) assert.equal(committed.maxSeqNo, maxSeqNo);
    const files = await answering(200, bodyOf3('snapshot_status')).read.snapshotFiles('camunda', 'x');
    assert.deepEqual(
      files.indices.map(({ index, shards }) => [index, shards.map(({ shard }) => shard)]),
      [[after?.index, [0, 1]]],
    );
    assert(files.indices[0]?.shards.every(({ files: count, bytes }) => count > 0 && bytes > 0));
  });

  for (const { status, name } of [
    { status: 403, name: 'RequestRefused' },
    { status: 503, name: 'ServerTrouble' },
  ]) {
    test(`That policies could not be read is an error and not the absence of policies: ${status}`, async () => {
      const { text } = json(status, { error: { type: 'security_exception', reason: 'no' }, status });
      const error = await failureOf(answering(status, JSON.parse(text)).read.policies());
      assert.equal(error.name, name);
      assert.equal(error.status, status);
    });
  }
});
