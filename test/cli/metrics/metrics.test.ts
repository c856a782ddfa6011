import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { metrics } from '../../../cli/metrics/metrics.ts';
import { prometheusText } from '../../../cli/metrics/prometheus.ts';
import { metricsResult } from '../../../cli/metrics/result.ts';
import { metricsOfStack } from '../../../cli/stack/metrics.ts';
import { isBackupError } from '../../../core/errors.ts';
import { readMetrics } from '../../../core/inventory/metrics.ts';
import { ledger } from '../../../core/ledger/ledger.ts';
import { folderStore } from '../../../core/ledger/store/folder.ts';
import { typed } from '../../core/fakes.ts';
import { cleanUp } from '../../support/clean-up.ts';
import { written } from '../../support/written.ts';
import { clock, manifest } from '../status/world.ts';

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'camunda-backup-metrics-'));
  cleanUp(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A ledger with a backup that is damaged, two that are usable, one that failed and one that runs. */
async function filled() {
  const folder = await emptyFolder();
  const books = ledger(folderStore(join(folder, 'ledger')), typed, assert.fail);
  await books.createManifest(manifest(1, '2026-11-17T02:00:00.000Z'));
  await books.createManifest(manifest(2, '2026-11-18T02:00:00.000Z'));
  await books.createManifest(manifest(3, '2026-11-19T02:00:00.000Z'));
  await books.createManifest(manifest(4, '2026-11-20T02:00:00.000Z', { state: 'FAILED' }));
  await books.createManifest(manifest(5, '2026-11-21T11:59:00.000Z', { state: 'RUNNING' }));
  const verified = { format: 1 as const, cluster: 'production', required: [], judgements: [] };
  await books.writeVerification({
    ...verified,
    backupId: 1,
    verifiedAt: '2026-11-17T04:00:00.000Z',
    verdict: 'wrong',
  });
  await books.writeVerification({
    ...verified,
    backupId: 2,
    verifiedAt: '2026-11-18T04:00:00.000Z',
    verdict: 'proven',
  });
  return { folder, ledger: books };
}

/** The same ledger, whose warnings are not shown. */
const quiet = (folder: string) => ledger(folderStore(join(folder, 'ledger')), typed, () => {});

const text = `# HELP camunda_backup_last_successful_timestamp When the newest complete backup ended, in seconds since 1970.
# TYPE camunda_backup_last_successful_timestamp gauge
camunda_backup_last_successful_timestamp{cluster="production"} ${Date.UTC(2026, 10, 19, 2, 4, 10) / 1000}
# HELP camunda_backup_last_status 1 if the newest backup that has ended is complete, 0 if it has failed.
# TYPE camunda_backup_last_status gauge
camunda_backup_last_status{cluster="production"} 0
# HELP camunda_backup_duration_seconds How long the newest complete backup took.
# TYPE camunda_backup_duration_seconds gauge
camunda_backup_duration_seconds{cluster="production"} 250
# HELP camunda_backup_paused_seconds How long the newest complete backup paused exporting.
# TYPE camunda_backup_paused_seconds gauge
camunda_backup_paused_seconds{cluster="production"} 41
# HELP camunda_backup_first_recoverable_timestamp When the oldest usable backup began, in seconds since 1970.
# TYPE camunda_backup_first_recoverable_timestamp gauge
camunda_backup_first_recoverable_timestamp{cluster="production"} ${Date.UTC(2026, 10, 18, 2) / 1000}
# HELP camunda_backup_last_verified_timestamp When the newest verified backup was verified, in seconds since 1970.
# TYPE camunda_backup_last_verified_timestamp gauge
camunda_backup_last_verified_timestamp{cluster="production"} ${Date.UTC(2026, 10, 18, 4) / 1000}
# HELP camunda_backup_total How many backups were begun with this ledger.
# TYPE camunda_backup_total counter
camunda_backup_total{cluster="production"} 5
`;

const stack = {
  region: async () => 'eu-central-1',
  describeStack: async () => ({
    StackName: 'camunda-backup',
    CreationTime: new Date(0),
    StackStatus: 'CREATE_COMPLETE' as const,
    Outputs: Object.entries({
      StateMachineArn: 'arn:aws:states:eu-central-1:123456789012:stateMachine:backup',
      LedgerBucketName: 'ledger',
      Clusters: '["production"]',
    }).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  }),
};

describe('camunda-backup metrics', () => {
  test('The figures of the ledger are printed as Prometheus reads them', async () => {
    const { ledger } = await filled();
    const { output, stdout } = written();
    const host = { output, cwd: '/' };
    assert.equal(await metrics({ host, ledger, clusters: ['production'], json: false, clock }), 0);
    assert.equal(stdout(), text);
  });

  test('With --output the file is replaced in one step, stdout stays empty, and nothing else is left in the folder', async () => {
    const { folder, ledger } = await filled();
    const { output, stdout } = written();
    const options = { host: { output, cwd: folder }, ledger, clusters: ['production'], json: false, clock };
    for (const _ of [1, 2]) await metrics({ ...options, file: 'camunda.prom' });
    assert.equal(await readFile(join(folder, 'camunda.prom'), 'utf8'), text);
    assert.equal((await readdir(folder)).sort().join(), 'camunda.prom,ledger');
    assert.equal(stdout(), '');
    await assert.rejects(metrics({ ...options, file: 'no-such-folder/camunda.prom' }), (error) =>
      isBackupError(error, 'ConfigurationError'),
    );
  });

  test('What is not known has no line and is null in JSON: a cluster that was never backed up', async () => {
    const folder = await emptyFolder();
    const books = ledger(folderStore(folder), typed, assert.fail);
    const { output, json } = written();
    await metrics({ host: { output, cwd: '/' }, ledger: books, clusters: ['new'], json: true, clock });
    const { clusters } = metricsResult.parse(json());
    assert.deepEqual(clusters, [
      {
        cluster: 'new',
        total: 0,
        lastStatus: null,
        lastSuccessfulAt: null,
        durationSeconds: null,
        pausedSeconds: null,
        firstRecoverableAt: null,
        lastVerifiedAt: null,
      },
    ]);
    assert.deepEqual(
      prometheusText(clusters)
        .split('\n')
        .filter((line) => line && !line.startsWith('#')),
      ['camunda_backup_total{cluster="new"} 0'],
    );
  });

  test('A backup that is dated in the future is no last success, and a newest one that cannot be read has no status', async () => {
    const { folder, ledger } = await filled();
    const read = () => readMetrics('production', { ledger, clock });
    const before = await read();
    await ledger.createManifest(manifest(6, '2030-01-01T00:00:00.000Z'));
    const ahead = await read();
    assert.deepEqual({ ...ahead, total: 5, lastStatus: 'FAILED' }, before);
    assert.equal(ahead.lastStatus, 'COMPLETED');
    await folderStore(join(folder, 'ledger')).write('production/backups/7/manifest.json', '{}');
    const { lastStatus } = await readMetrics('production', { ledger: quiet(folder), clock });
    assert.equal(lastStatus, null);
  });

  test('A verification from before the end of its backup does not count', async () => {
    const { ledger } = await filled();
    const early = {
      format: 1 as const,
      cluster: 'production',
      required: [],
      judgements: [],
      verifiedAt: '2026-11-19T02:04:09.000Z',
    };
    const before = await readMetrics('production', { ledger, clock });
    await ledger.writeVerification({ ...early, backupId: 3, verdict: 'proven' });
    assert.deepEqual(await readMetrics('production', { ledger, clock }), before);
    await ledger.writeVerification({
      ...early,
      backupId: 1,
      verifiedAt: '2026-11-17T02:00:01.000Z',
      verdict: 'wrong',
    });
    const { firstRecoverableAt } = await readMetrics('production', { ledger, clock });
    assert.equal(firstRecoverableAt, '2026-11-17T02:00:00.000Z');
  });

  test('With --stack the figures come from the ledger of the stack, for the clusters that it names', async () => {
    const { ledger } = await filled();
    const { output, stdout } = written();
    const code = await metricsOfStack({
      host: { output, cwd: '/' },
      stack: 'camunda-backup',
      at: { program: 'camunda-backup', file: undefined },
      json: false,
      clock,
      aws: stack,
      openLedger: () => ledger,
    });
    assert.deepEqual([code, stdout()], [0, text]);
  });
});
