import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, it } from '@jest/globals';
import * as z from 'zod';
import { assertComplete, assertExporting, readManifest } from '../real/account.ts';
import { type Configured, configure } from '../real/configured.ts';
import { type RealCluster, realServersAvailable, startRealCluster } from '../real/servers/index.ts';
import { say } from '../support/say.ts';
import { unless } from '../support/unless.ts';

/**
 * Backups of a real Camunda 8.6 (three partitions, Operate, Tasklist, OpenSearch, S3 store), where CAMUNDA_HOME names a
 * distribution: taken by the command line and judged by the servers' own answers.
 */
const available = await realServersAvailable();
const skip = available.available ? false : available.reason;

unless(skip).describe('a real cluster', () => {
  let cluster: RealCluster;
  let configured: Configured;

  beforeAll(async () => {
    cluster = await startRealCluster({ partitions: 3 });
    await cluster.deploy();
    await cluster.startInstances(20);
    await cluster.waitUntilExported(20, 60_000);
    configured = await configure(cluster);
  });

  afterAll(async () => {
    await cluster?.close();
    await configured?.remove();
  });

  const run = (...args: string[]) => configured.run(...args);

  it('A real cluster is backed up completely, by the servers’ own account', async () => {
    const ended = await run().ended;
    assert.equal(ended.code, 0, ended.stderr);
    const { backupId, state, components } = ended.json();
    assert.equal(state, 'COMPLETED');
    assert.deepEqual(
      components.map(({ component, parts }) => `${component} ${parts}`),
      ['operate 6', 'tasklist 6', 'records 1', 'zeebe 3'],
    );
    await assertComplete(cluster, backupId ?? 0);
    await assertExporting(cluster);
  });

  it('A real cluster exports new instances after a backup', async () => {
    const before = await cluster.exportedRecordCount();
    await cluster.startInstances(5);
    await cluster.waitUntilExported(before + 5, 60_000);
  });

  it('The manifest of a real backup names every snapshot and partition', async () => {
    const ended = await run().ended;
    const manifest = await readManifest(ended);
    const snapshots = manifest.components.flatMap(({ component, parts }) =>
      component === 'zeebe' ? [] : (parts ?? []),
    );
    const there = await cluster.snapshots();
    for (const { name } of snapshots)
      assert.ok(
        there.some((one) => one.name === name && one.state === 'SUCCESS'),
        name,
      );
    const zeebe = manifest.components.find(({ component }) => component === 'zeebe');
    assert.equal(zeebe?.partitions, 3);
    assert.deepEqual(
      zeebe?.parts?.map(({ name, state, brokerVersion }) => `${name} ${state} ${brokerVersion}`),
      [1, 2, 3].map((partition) => `partition ${partition} COMPLETED ${cluster.camundaVersion}`),
    );
    assert.equal(manifest.camundaVersion, cluster.camundaVersion);
    assert.equal(manifest.exporting.resumeProof, 'proven');
    assert.equal(manifest.exporting.leftPaused, false);
  });

  it('A backup completes beside the documented loop, and the times of both are shown', async () => {
    const loop = await documentedLoop(cluster);
    const ours = (await run().ended).json();
    say(
      `documented loop: ${loop.totalSeconds.toFixed(1)} s, exporting paused for ${loop.pausedSeconds.toFixed(1)} s`,
    );
    say(
      `camunda-backup:  ${ours.durationSeconds.toFixed(1)} s, exporting paused for ${ours.pausedSeconds?.toFixed(1)} s`,
    );
    assert.equal(ours.state, 'COMPLETED');
  });

  it('A second backup is SKIPPED while the first one runs, which completes', async () => {
    const first = run();
    await first.printed(/Operate: started/);
    const second = await run().ended;
    assert.equal(second.code, 3, second.stderr);
    assert.match(second.stderr, /The lock of real is held by the backup \d+ .*process \d+/);
    assert.equal(second.json().state, 'SKIPPED');
    const ended = await first.ended;
    assert.equal(ended.code, 0, ended.stderr);
    await assertExporting(cluster);
  });

  it('A backup id that was used is refused before exporting is paused', async () => {
    const used = (await run().ended).json().backupId;
    const ended = await run('--id', String(used)).ended;
    assert.equal(ended.code, 2, ended.stderr);
    assert.match(
      ended.stderr,
      new RegExp(
        `The backup id ${used} is used already \\(the ledger, Zeebe, Operate, Tasklist, Zeebe records\\)`,
      ),
    );
    assert.match(ended.stderr, /Exporting was not paused/);
    await assertExporting(cluster);
  });

  it('A backup is refused before exporting is paused when the snapshot repository is gone', async () => {
    await cluster.removeRepository();
    try {
      const ended = await run().ended;
      assert.equal(ended.code, 1, ended.stderr);
      assert.match(ended.stderr, /The snapshot repository camunda is not registered at http:/);
      assert.match(ended.stderr, /Exporting was not paused/);
      await assertExporting(cluster);
    } finally {
      await cluster.registerRepository();
    }
  });

  it('A run that is ended by SIGTERM in the middle resumes exporting, and its backup is FAILED', async () => {
    const command = run();
    await command.printed(/Exporting is paused/);
    command.child.kill('SIGTERM');
    const ended = await command.ended;
    assert.equal(ended.code, 130, ended.stderr);
    await assertExporting(cluster);
    const manifest = await readManifest(ended);
    assert.equal(manifest.state, 'FAILED');
    assert.equal(manifest.failure?.error, 'Interrupted');
    assert.equal(manifest.exporting.leftPaused, false);
  });

  it('The next run puts right what a killed process has left paused', async () => {
    const command = run();
    await command.printed(/Exporting is paused/);
    command.child.kill('SIGKILL');
    await command.ended;
    assert.deepEqual(new Set(Object.values(await cluster.exporterPhases())), new Set(['SOFT_PAUSED']));
    const next = await run().ended;
    assert.equal(next.code, 0, next.stderr);
    assert.match(next.stderr, /That run is dead: this command repairs what it left/);
    await assertComplete(cluster, next.json().backupId ?? 0);
    await assertExporting(cluster);
  });

  it('A run fails with a clear message and resumes exporting when the search engine stops in the middle', async () => {
    const command = run();
    await command.printed(/Exporting is paused/);
    await cluster.kill('search');
    try {
      const ended = await command.ended;
      assert.equal(ended.code, 1, ended.stderr);
      assert.match(
        ended.stderr,
        /OpenSearch did not answer .*_snapshot\/camunda\/camunda_zeebe_records_backup_\d+ at http:/,
      );
      assert.match(ended.stderr, /is resumed \(read back on every partition\)/);
      await assertExporting(cluster);
    } finally {
      await cluster.start('search');
    }
  });
});

/** The documentation's own loop, with a look every 5 s. */
async function documentedLoop({ urls, repository }: RealCluster) {
  const script = new URL('../../bench/documented-loop.sh', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)('bash', [script], {
    env: {
      ...process.env,
      ORDER: '8.7',
      ZEEBE_URL: urls.zeebe,
      OPERATE_URL: urls.operate,
      TASKLIST_URL: urls.tasklist,
      SEARCH_URL: urls.search,
      REPOSITORY: repository,
    },
  });
  const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  return z.object({ totalSeconds: z.number(), pausedSeconds: z.number() }).parse(last);
}
