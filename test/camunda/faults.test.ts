import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, it, jest } from '@jest/globals';
import { assertComplete, assertExporting, assertTruthful } from '../real/account.ts';
import { type Configured, configure } from '../real/configured.ts';
import { askSearch, holdDeletions, isSoon } from '../real/search-acts.ts';
import { type RealCluster, realServersAvailable, startRealCluster } from '../real/servers/index.ts';
import { allManifests } from '../support/all-manifests.ts';
import type { Ended, Spawned } from '../support/command.ts';
import { say } from '../support/say.ts';
import { unless } from '../support/unless.ts';

/**
 * A server of a real Camunda 8.6 dies in the middle of a backup, where CAMUNDA_HOME names a distribution. The run may
 * fail, or complete where the servers could go on; either way exporting is resumed, the lock is free, and the ledger
 * says nothing that the servers deny.
 */
const available = await realServersAvailable();
const skip = available.available ? false : available.reason;

// A resume that never works is repeated for 46 minutes, which nobody is to wait for.
const timeout = 30 * 60_000;

// Each test may take so long.
jest.setTimeout(timeout);

unless(skip).describe('a real cluster after a fault', () => {
  let cluster: RealCluster;
  let configured: Configured;
  let started: Spawned | undefined;

  beforeAll(async () => {
    cluster = await startRealCluster({ partitions: 3 });
    await cluster.deploy();
    await cluster.startInstances(20);
    await cluster.waitUntilExported(20, 60_000);
    // What died is started at once: another try waits only until the applications delete what the first has left.
    const wait = new URL('../support/short-waits.ts?retries=as-written&next-try=3', import.meta.url).href;
    configured = await configure(cluster, {
      limits: { timeout: '60s' },
      env: { NODE_OPTIONS: `--import=${wait}` },
    });
  });

  afterEach(async () => {
    // Only where a test has failed: the next one repairs what that leaves.
    started?.child.kill('SIGKILL');
    await started?.ended;
  });

  afterAll(async () => {
    await cluster?.close();
    await configured?.remove();
  });

  /** A run that has been planned, and its backup's id. */
  const begin = async () => {
    started = configured.run();
    const [, id] = await started.printed(/Backup (\d+) of real/);
    return { command: started, id: Number(id) };
  };

  it('A broker that dies just after the pause and comes back at once leaves exporting resumed and the ledger truthful', async () => {
    const { command, id } = await begin();
    await holdAfterPause(cluster, command, id);
    await cluster.kill('zeebe');
    cluster.resume('s3');
    await cluster.start('zeebe');
    await assertKept(await command.ended);
  });

  it('A broker that dies during its own backup and comes back at once leaves exporting resumed and the ledger truthful', async () => {
    const { command, id } = await begin();
    await holdInZeebesBackup(cluster, command, id);
    await cluster.kill('zeebe');
    cluster.resume('s3');
    await cluster.start('zeebe');
    await assertKept(await command.ended);
  });

  it('A broker that is away until a resume has failed leaves exporting resumed and the ledger truthful', async () => {
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

  it('A search engine that dies during the applications’ backup leaves exporting resumed and the ledger truthful', async () => {
    const { command, id } = await begin();
    await killSearchInApplicationsBackup(cluster, command, id);
    await cluster.start('search');
    await assertKept(await command.ended);
  });

  it('A Tasklist that cannot list its backups leaves exporting resumed and the ledger truthful, and the run warns of it', async () => {
    const id = await leavePartialSnapshot(cluster);
    const list = await fetch(`${cluster.urls.tasklist}/actuator/backups`);
    assert.match(await list.text(), /SnapshotShardFailure/);
    started = configured.run();
    const ended = await started.ended;
    await assertKept(ended);
    assert.match(
      ended.json().warnings.join(),
      /A second backup could not be excluded: Tasklist cannot list its backups/,
    );
    await deleteBackups(cluster, [id]);
    await isSoon(async () => (await fetch(`${cluster.urls.tasklist}/actuator/backups`)).ok);
  });

  it('A run waits while the applications delete older backups, and completes at the first try', async () => {
    const ids = [2, 3];
    for (const id of ids) await takeApplicationsBackup(cluster, id);
    const release = await holdDeletions(cluster, 'somebody-elses');
    try {
      await deleteBackups(cluster, ids);
      started = configured.run();
      await started.printed(/Check repository: .* is deleting snapshots from camunda/);
    } finally {
      await release();
    }
    const ended = await started.ended;
    assert.equal(ended.json().state, 'COMPLETED', ended.stderr);
    assert.equal((await configured.readManifest(ended)).attempt, 1);
    await assertKept(ended);
  });

  /** Once all servers are there again. */
  async function assertKept(ended: Ended): Promise<void> {
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

    started = configured.run();
    const next = await started.ended;
    assert.equal(next.code, 0, next.stderr);
    await assertComplete(cluster, next.json().backupId ?? 0);
    await assertExporting(cluster);
    await assertFree(configured);
  }
});

/** Exporting is paused, and stays so: Zeebe's backup cannot become complete while its store is suspended. */
async function holdAfterPause(cluster: RealCluster, command: Spawned, id: number): Promise<void> {
  await command.printed(/Exporting is paused/);
  cluster.suspend('s3');
  await assertHeld(cluster, id);
}

/** The same, when every partition has begun to write its backup into the store. */
async function holdInZeebesBackup(cluster: RealCluster, command: Spawned, id: number): Promise<void> {
  await command.printed(/Zeebe: started/);
  for (;;) {
    await until(command, async () => {
      const begun = Object.keys(await cluster.storedPartitions(id));
      return begun.length === cluster.partitions;
    });
    cluster.suspend('s3');
    // What it was in the middle of is done by then.
    await sleep(50);
    const states = Object.values(await cluster.storedPartitions(id));
    if (!states.includes('half-written')) break;
    // Killed here it would leave half a document, which a real S3 does not; and s3rver lists nothing any more.
    cluster.resume('s3');
    await sleep(1);
  }
  await assertHeld(cluster, id);
}

/** Only a run that has failed may ask for a resume now: a partition's backup at least is not complete. */
async function assertHeld(cluster: RealCluster, id: number): Promise<void> {
  try {
    const states = Object.values(await cluster.storedPartitions(id));
    const complete = states.filter((state) => state === 'completed');
    assert.ok(complete.length < cluster.partitions, 'Zeebe’s backup was over before the fault could strike');
    assert.deepEqual(await cluster.exporterPhases(), {
      1: 'SOFT_PAUSED',
      2: 'SOFT_PAUSED',
      3: 'SOFT_PAUSED',
    });
  } catch (error) {
    cluster.resume('s3');
    throw error;
  }
}

/** The engine is killed when the first of the twelve snapshots has begun. */
async function killSearchInApplicationsBackup(
  cluster: RealCluster,
  command: Spawned,
  id: number,
): Promise<void> {
  await command.printed(/(Operate|Tasklist): started/);
  const ofThis = (name: string) => name.includes(String(id));
  await until(command, async () => (await cluster.snapshots()).some(({ name }) => ofThis(name)));
  await cluster.kill('search');
  const stored = (await cluster.storedSnapshots()).filter(ofThis);
  const phases = new Set(Object.values(await cluster.exporterPhases()));
  if (stored.length < 6 + 6 && phases.has('EXPORTING') && phases.size === 1) return;
  await cluster.start('search');
  assert.fail(`The applications’ backup was over before the fault could strike: ${stored.join(', ')}`);
}

/** As OpenSearch leaves one where it had to take a snapshot without a shard: the failure names no node. */
async function leavePartialSnapshot(cluster: RealCluster): Promise<number> {
  const backupId = 1;
  const nowhere = { 'index.routing.allocation.require._name': 'nobody', number_of_replicas: 0 };
  await askSearch(cluster, 'PUT', 'tasklist-lost?wait_for_active_shards=0&timeout=1s', { settings: nowhere });
  const snapshot = `camunda_tasklist_${backupId}_8.6.0_part_1_of_6`;
  await askSearch(cluster, 'PUT', `_snapshot/${cluster.repository}/${snapshot}?wait_for_completion=true`, {
    indices: 'tasklist-lost',
    partial: true,
    metadata: { backupId, version: '8.6.0', partNo: 1, partCount: 6 },
  });
  await askSearch(cluster, 'DELETE', 'tasklist-lost');
  return backupId;
}

async function takeApplicationsBackup({ urls }: RealCluster, backupId: number): Promise<void> {
  for (const url of [urls.operate, urls.tasklist]) {
    const answer = await fetch(`${url}/actuator/backups`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ backupId }),
    });
    assert.ok(answer.ok, await answer.text());
    await isSoon(async () => {
      const status = await (await fetch(`${url}/actuator/backups/${backupId}`)).text();
      return /"state" ?: ?"COMPLETED"/.test(status);
    });
  }
}

async function deleteBackups({ urls }: RealCluster, ids: number[]): Promise<void> {
  for (const id of ids) {
    for (const url of [urls.operate, urls.tasklist]) {
      const { status } = await fetch(`${url}/actuator/backups/${id}`, { method: 'DELETE' });
      assert.equal(status, 204);
    }
  }
}

async function until(command: Spawned, seen: () => Promise<boolean>): Promise<void> {
  while (!(await seen())) {
    const { exitCode, signalCode } = command.child;
    if (exitCode === null && signalCode === null) await sleep(2);
    else assert.fail(`The command ended too early:\n${(await command.ended).stderr}`);
  }
}

async function assertFree({ ledger }: Configured): Promise<void> {
  assert.equal(await ledger.readLock('real'), undefined);
}

/** Nothing is left RUNNING; what is COMPLETED is still complete; what is FAILED says why. */
async function assertLedgerTruthful(cluster: RealCluster, { ledger }: Configured): Promise<void> {
  for (const { backupId, state, failure, exporting } of await allManifests(ledger, 'real')) {
    if (state === 'COMPLETED') await assertComplete(cluster, backupId);
    else assert.equal(state, 'FAILED', String(backupId));
    assert.equal(state === 'FAILED', Boolean(failure?.error && failure.message), String(backupId));
    assert.equal(exporting.leftPaused, false, String(backupId));
  }
}

/** New instances run, and are exported. */
async function assertServing(cluster: RealCluster): Promise<void> {
  const before = await cluster.exportedRecordCount();
  await cluster.startInstances(5);
  await cluster.waitUntilExported(before + 5, 60_000);
}
