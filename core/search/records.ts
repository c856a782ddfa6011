import type { Component, ComponentStatus } from '../camunda/component.ts';
import { sortById } from '../camunda/component.ts';
import { BackupError } from '../errors.ts';
import type { SearchEngine, Snapshot } from './engine.ts';

/**
 * The exported Zeebe records: one snapshot of `zeebe-record*`, taken directly in the search engine.
 * Source: create-a-backup-8.8 steps 6 and 7.
 */
export const recordsSnapshotPrefix = 'camunda_zeebe_records_backup_';

export function records(
  engine: SearchEngine,
  { repository, indexPattern, runId }: { repository: string; indexPattern: string; runId: string },
): Component {
  const nameOf = (backupId: number) => `${recordsSnapshotPrefix}${backupId}`;
  return {
    provesOwnership: true,
    async start(backupId) {
      const name = nameOf(backupId);
      const scheduledSnapshots = [name];
      const metadata = { takenBy: 'camunda-backup', backupId, runId };
      const creation = await engine.createSnapshot(repository, name, indexPattern, metadata);
      if (creation === 'accepted') return { existed: false, scheduledSnapshots };
      const snapshot = await engine.snapshot(repository, name);
      return { existed: true, ours: snapshot?.metadata['runId'] === runId, scheduledSnapshots };
    },

    async check(backupId) {
      const name = nameOf(backupId);
      const snapshot = await engine.snapshot(repository, name);
      if (snapshot && snapshot.name !== name) {
        throw new BackupError(
          'UnexpectedAnswer',
          `Asked for the snapshot ${name}, and told of ${snapshot.name}`,
        );
      }
      return snapshot ? statusOf(snapshot, indexPattern) : { state: 'ABSENT', parts: [], expectedParts: 1 };
    },

    async list() {
      const snapshots = await engine.snapshots(repository, recordsSnapshotPrefix);
      const known = snapshots.flatMap((snapshot) => {
        const id = snapshot.name.slice(recordsSnapshotPrefix.length);
        if (!/^\d+$/.test(id)) return [];
        return [{ backupId: Number(id), state: statusOf(snapshot, indexPattern).state }];
      });
      return sortById(known);
    },

    delete: (backupId) => engine.deleteSnapshot(repository, nameOf(backupId)),
  };
}

/** HTTP 200 and SUCCESS are not enough: a snapshot of no index is SUCCESS too. */
function statusOf(snapshot: Snapshot, indexPattern: string): ComponentStatus {
  const { state, shards, indices, failures } = snapshot;
  const part = {
    name: snapshot.name,
    state,
    startedAt: snapshot.startedAt,
    endedAt: snapshot.endedAt,
    failure: failures.length > 0 ? failures.slice(0, 3).join('; ') : undefined,
  };
  const status = { parts: [part], expectedParts: 1, indices };
  if (state === 'IN_PROGRESS') return { ...status, state: 'IN_PROGRESS' };
  if (state === 'INCOMPATIBLE') return { ...status, state: 'INCOMPATIBLE' };
  if (state !== 'SUCCESS' || shards.failed > 0) {
    const reason = `the snapshot is ${state}, ${shards.failed} of ${shards.total} shards failed`;
    return {
      ...status,
      state: 'FAILED',
      failureReason: part.failure ? `${reason}: ${part.failure}` : reason,
    };
  }
  if (indices.length === 0) {
    return {
      ...status,
      state: 'FAILED',
      failureReason: `the snapshot is empty: ${indexPattern} matched no index`,
    };
  }
  return { ...status, state: 'COMPLETED' };
}
