import assert from 'node:assert/strict';
import { afterEach, it } from '@jest/globals';
import { allManifests } from '../support/all-manifests.ts';
import type { Ended, Spawned } from '../support/command.ts';
import { say } from '../support/say.ts';
import { assertComplete, assertExporting, assertTruthful } from './account.ts';
import type { UnderTest } from './backup-contract.ts';
import type { Configured, Surroundings } from './configured.ts';
import {
  deleteBackups,
  holdAfterPause,
  holdInZeebesBackup,
  killSearchInApplicationsBackup,
  leavePartialSnapshot,
  takeApplicationsBackup,
} from './fault-acts.ts';
import { holdDeletions, isSoon } from './search-acts.ts';
import type { CamundaCluster } from './servers/index.ts';

/**
 * The surroundings of runs in which a server dies and is started at once, so that another try waits little.
 * `restarts`: how long that takes.
 */
export function surroundingsOfFaults(restarts: 'seconds' | 'a second'): Omit<Surroundings, 'store'> {
  const waits = new URL('../support/short-waits.ts?next-try=3', import.meta.url);
  waits.searchParams.set('retries', restarts === 'seconds' ? 'as-written' : '1');
  return { limits: { timeout: '60s' }, env: { NODE_OPTIONS: `--import=${waits.href}` } };
}

/** Runs of one file in which a server dies, and what must hold after each of them. */
export function faultyRuns(underTest: () => UnderTest) {
  let started: Spawned | undefined;

  afterEach(async () => {
    // Only where a test has failed: the next one repairs what that leaves.
    started?.child.kill('SIGKILL');
    await started?.ended;
  });

  function run(): Spawned {
    started = underTest().configured.run();
    return started;
  }

  return {
    run,

    /** A run that has been planned, and its backup's id. */
    async begin() {
      const command = run();
      const [, id] = await command.printed(/Backup (\d+) of real/);
      return { command, id: Number(id) };
    },

    /** Once all servers are there again. */
    async assertKept(ended: Ended): Promise<void> {
      const { cluster, configured } = underTest();
      const { state, failure, durationSeconds } = ended.json();
      const why = failure ? `: ${failure.error}: ${failure.message.slice(0, 200)}` : '';
      say(`${state} after ${durationSeconds.toFixed(0)} s${why}`);
      await assertExporting(cluster);
      await assertFree(configured);
      assert.equal(ended.code, state === 'COMPLETED' ? 0 : 1, ended.stderr);
      const manifest = await configured.readManifest(ended);
      assert.equal(manifest.state, state);
      assert.equal(state === 'FAILED', failure !== null);
      await assertTruthful(cluster, manifest);
      if (manifest.exporting.pausedAt) assert.ok(manifest.exporting.resumedAt, ended.stderr);
      await assertLedgerTruthful(cluster, configured);
      await assertServing(cluster);

      const next = await run().ended;
      assert.equal(next.code, 0, next.stderr);
      await assertComplete(cluster, next.json().backupId ?? 0);
      await assertExporting(cluster);
      await assertFree(configured);
    },
  };
}

export type FaultyRuns = ReturnType<typeof faultyRuns>;

/** The broker and the store die. The cluster's store is `s3`, which can be suspended and keeps its files. */
export function brokerAndStoreFaults(underTest: () => UnderTest, { begin, assertKept }: FaultyRuns): void {
  it('A broker that dies just after the pause and comes back at once leaves exporting resumed and the ledger truthful', async () => {
    const { cluster } = underTest();
    const { command, id } = await begin();
    await holdAfterPause(cluster, command, id);
    await cluster.kill('zeebe');
    cluster.resume('s3');
    await cluster.start('zeebe');
    await assertKept(await command.ended);
  });

  it('A broker that dies during its own backup and comes back at once leaves exporting resumed and the ledger truthful', async () => {
    const { cluster } = underTest();
    const { command, id } = await begin();
    await holdInZeebesBackup(cluster, command, id);
    await cluster.kill('zeebe');
    cluster.resume('s3');
    await cluster.start('zeebe');
    await assertKept(await command.ended);
  });

  it('A broker that is away until a resume has failed leaves exporting resumed and the ledger truthful', async () => {
    const { cluster } = underTest();
    const { command, id } = await begin();
    await holdInZeebesBackup(cluster, command, id);
    await cluster.kill('zeebe');
    cluster.resume('s3');
    try {
      await command.printed(/Resume exporting: did not work/);
    } finally {
      await cluster.start('zeebe');
    }
    await assertKept(await command.ended);
  });

  it('An S3 store that dies during Zeebe’s backup leaves exporting resumed before it is back, and the ledger truthful', async () => {
    const { cluster } = underTest();
    const { command, id } = await begin();
    await holdInZeebesBackup(cluster, command, id);
    await cluster.kill('s3');
    let ended: Ended;
    try {
      ended = await command.ended;
      await assertExporting(cluster);
      assert.equal(ended.json().state, 'FAILED');
    } finally {
      await cluster.start('s3');
    }
    await assertKept(ended);
  });
}

export function searchEngineFaults(
  underTest: () => UnderTest,
  { begin, assertKept }: FaultyRuns,
  phaseInApplicationsBackup: 'EXPORTING' | 'SOFT_PAUSED',
): void {
  it('A search engine that dies during the applications’ backup leaves exporting resumed and the ledger truthful', async () => {
    const { cluster } = underTest();
    const { command, id } = await begin();
    await killSearchInApplicationsBackup(cluster, command, id, phaseInApplicationsBackup);
    await cluster.start('search');
    await assertKept(await command.ended);
  });
}

/** Up to 8.7. */
export function applicationFaults(underTest: () => UnderTest, { run, assertKept }: FaultyRuns): void {
  it('A Tasklist that cannot list its backups leaves exporting resumed and the ledger truthful, and the run warns of it', async () => {
    const { cluster } = underTest();
    const id = await leavePartialSnapshot(cluster);
    const backups = `${cluster.components['tasklist']?.url}/actuator/backups`;
    const list = await fetch(backups);
    assert.match(await list.text(), /SnapshotShardFailure/);
    const ended = await run().ended;
    await assertKept(ended);
    assert.match(
      ended.json().warnings.join(),
      /A second backup could not be excluded: Tasklist cannot list its backups/,
    );
    await deleteBackups(cluster, [id]);
    await isSoon(async () => (await fetch(backups)).ok);
  });

  it('A run waits while the applications delete older backups, and completes at the first try', async () => {
    const { cluster, configured } = underTest();
    const ids = [2, 3];
    for (const id of ids) await takeApplicationsBackup(cluster, id);
    const release = await holdDeletions(cluster, 'somebody-elses');
    let command: Spawned;
    try {
      await deleteBackups(cluster, ids);
      command = run();
      await command.printed(/Check repository: .* is deleting snapshots from camunda/);
    } finally {
      await release();
    }
    const ended = await command.ended;
    assert.equal(ended.json().state, 'COMPLETED', ended.stderr);
    assert.equal((await configured.readManifest(ended)).attempt, 1);
    await assertKept(ended);
  });
}

async function assertFree({ ledger }: Configured): Promise<void> {
  assert.equal(await ledger.readLock('real'), undefined);
}

/** Nothing is left RUNNING; what is COMPLETED is still complete; what is FAILED says why. */
async function assertLedgerTruthful(cluster: CamundaCluster, { ledger }: Configured): Promise<void> {
  for (const { backupId, state, failure, exporting } of await allManifests(ledger, 'real')) {
    if (state === 'COMPLETED') await assertComplete(cluster, backupId);
    else assert.equal(state, 'FAILED', String(backupId));
    assert.equal(state === 'FAILED', Boolean(failure?.error && failure.message), String(backupId));
    assert.equal(exporting.leftPaused, false, String(backupId));
  }
}

/** New instances run, and are exported. */
async function assertServing(cluster: CamundaCluster): Promise<void> {
  const before = await cluster.exportedRecordCount();
  await cluster.startInstances(5);
  await cluster.waitUntilExported(before + 5, 60_000);
}
