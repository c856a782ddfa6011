import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, it } from '@jest/globals';
import * as z from 'zod';
import { assertExporting } from '../real/account.ts';
import { backupContract } from '../real/backup-contract.ts';
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

  backupContract(() => ({ cluster, configured }), {
    components: ['operate 6', 'tasklist 6', 'records 1', 'zeebe 3'],
    names: ['Operate', 'Tasklist'],
  });

  it('A real cluster exports new instances after a backup', async () => {
    const before = await cluster.exportedRecordCount();
    await cluster.startInstances(5);
    await cluster.waitUntilExported(before + 5, 60_000);
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
