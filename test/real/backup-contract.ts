import assert from 'node:assert/strict';
import { it } from '@jest/globals';
import type { Ended, Spawned } from '../support/command.ts';
import { assertComplete, assertExporting } from './account.ts';
import type { Configured } from './configured.ts';
import type { CamundaCluster } from './servers/index.ts';

export interface UnderTest {
  cluster: CamundaCluster;
  configured: Configured;
}

/** How the components of a cluster are called, and how they are backed up. */
export interface Expected {
  /** As in `run --json`: `operate 6`, in the order of the procedure. */
  components: string[];
  /** As in messages, in the order of the configuration. */
  names: string[];
}

/** What a backup by the command line is like on any cluster of real servers, judged by the servers' own answers. */
export function backupContract(underTest: () => UnderTest, { components, names }: Expected): void {
  let first: Promise<Ended> | undefined;
  const run = (...args: string[]): Spawned => underTest().configured.run(...args);
  /** A backup that the tests share that only look at one. */
  const complete = (): Promise<Ended> => {
    first ??= run().ended;
    return first;
  };
  const assertResumed = () => assertExporting(underTest().cluster);

  it('A real cluster is backed up completely, by the servers’ own account', async () => {
    const ended = await complete();
    assert.equal(ended.code, 0, ended.stderr);
    const { backupId, state, components: backedUp } = ended.json();
    assert.equal(state, 'COMPLETED');
    assert.deepEqual(
      backedUp.map(({ component, parts }) => `${component} ${parts}`),
      components,
    );
    await assertComplete(underTest().cluster, backupId ?? 0);
    await assertResumed();
  });

  it('The manifest of a real backup names every snapshot and partition', async () => {
    const { cluster } = underTest();
    const manifest = await underTest().configured.readManifest(await complete());
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

  it('A second backup is SKIPPED while the first one runs, which completes', async () => {
    const command = run();
    await command.printed(/(Operate|Web applications): started/);
    const second = await run().ended;
    assert.equal(second.code, 3, second.stderr);
    assert.match(second.stderr, /The lock of real is held by the backup \d+ .*process \d+/);
    assert.equal(second.json().state, 'SKIPPED');
    const ended = await command.ended;
    assert.equal(ended.code, 0, ended.stderr);
    await assertResumed();
  });

  it('A backup id that was used is refused before exporting is paused', async () => {
    const used = (await complete()).json().backupId;
    const ended = await run('--id', String(used)).ended;
    assert.equal(ended.code, 2, ended.stderr);
    const where = ['the ledger', 'Zeebe', ...names, 'Zeebe records'].join(', ');
    assert.match(ended.stderr, new RegExp(`The backup id ${used} is used already \\(${where}\\)`));
    assert.match(ended.stderr, /Exporting was not paused/);
    await assertResumed();
  });

  it('A backup is refused before exporting is paused when the snapshot repository is gone', async () => {
    const { cluster } = underTest();
    await cluster.removeRepository();
    try {
      const ended = await run().ended;
      assert.equal(ended.code, 1, ended.stderr);
      assert.match(ended.stderr, /The snapshot repository camunda is not registered at http:/);
      assert.match(ended.stderr, /Exporting was not paused/);
      await assertResumed();
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
    await assertResumed();
    const manifest = await underTest().configured.readManifest(ended);
    assert.equal(manifest.state, 'FAILED');
    assert.equal(manifest.failure?.error, 'Interrupted');
    assert.equal(manifest.exporting.leftPaused, false);
  });

  it('The next run puts right what a killed process has left paused', async () => {
    const { cluster } = underTest();
    const command = run();
    await command.printed(/Exporting is paused/);
    command.child.kill('SIGKILL');
    await command.ended;
    assert.deepEqual(new Set(Object.values(await cluster.exporterPhases())), new Set(['SOFT_PAUSED']));
    const next = await run().ended;
    assert.equal(next.code, 0, next.stderr);
    assert.match(next.stderr, /That run is dead: this command repairs what it left/);
    await assertComplete(cluster, next.json().backupId ?? 0);
    await assertResumed();
  });
}
