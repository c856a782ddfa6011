import { curl } from '../../connect/by-hand.ts';
import { BackupError } from '../../errors.ts';
import { continuable, idIn } from '../backup-id.ts';
import type { Component, ComponentStatus, KnownBackup } from '../component.ts';
import { sortById } from '../component.ts';
import type { SearchEngine, Snapshot } from '../search/engine.ts';
import type { RecordsTarget } from './target.ts';

/**
 * The exported Zeebe records. One snapshot of `zeebe-record*` is taken directly in the search engine, under the name
 * from https://docs.camunda.io/docs/8.8/self-managed/operational-guides/backup-restore/backup/.
 */
const recordsSnapshotPrefix = 'camunda_zeebe_records_backup_';

export function records(engine: SearchEngine, target: RecordsTarget): Component {
  const { url, version, repository, indexPattern } = target;
  const nameOf = (backupId: number) => `${recordsSnapshotPrefix}${backupId}`;
  return {
    describe: () => ({ url, ...(version ? { version } : {}), repository, indexPattern }),

    provesOwnership: true,
    async start(backupId, runId) {
      const name = nameOf(backupId);
      const scheduledSnapshots = [name];
      const metadata = { takenBy: 'camunda-backup', backupId, runId };
      const creation = await engine.createSnapshot(repository, name, indexPattern, metadata);
      if (creation === 'accepted') return { answer: 'accepted', scheduledSnapshots };
      const snapshot = await engine.snapshot(repository, name);
      const isOurs = snapshot?.metadata['runId'] === runId;
      return { answer: isOurs ? 'already ours' : 'not ours', scheduledSnapshots };
    },

    async check(backupId) {
      const name = nameOf(backupId);
      const snapshot = await engine.snapshot(repository, name);
      if (snapshot && snapshot.name !== name) {
        throw new BackupError(
          'UnexpectedAnswer',
          `The search engine was asked for the snapshot ${name} and answered with ${snapshot.name}`,
        );
      }
      return snapshot
        ? snapshotStatus(snapshot, indexPattern)
        : { state: 'ABSENT', parts: [], expectedParts: 1 };
    },

    async list() {
      const [names, running] = await Promise.all([
        engine.snapshotNames(repository, recordsSnapshotPrefix),
        engine.runningSnapshots(repository),
      ]);
      return sortById(backupsIn(repository, [...new Set([...names, ...running])], running));
    },

    listSome: async () => {
      const running = await engine.runningSnapshots(repository);
      return sortById(backupsIn(repository, running, running));
    },

    delete: (backupId) => engine.deleteSnapshot(repository, nameOf(backupId)),

    deleteCall(backupId) {
      const snapshot = `${encodeURIComponent(repository)}/${nameOf(backupId)}`;
      return curl('DELETE', `${url}/_snapshot/${snapshot}`, target);
    },

    close: () => engine.close(),
  };
}

/** Selects the names that belong to backups. A list of names does not show how a finished snapshot ended. */
function backupsIn(repository: string, names: string[], running: string[]): KnownBackup[] {
  return names.flatMap((name) => {
    const id = name.startsWith(recordsSnapshotPrefix)
      ? idIn(name.slice(recordsSnapshotPrefix.length))
      : undefined;
    if (id === undefined) return [];
    const backupId = continuable(
      id,
      `The repository ${repository} has, as the snapshot ${name},`,
      `If that snapshot is not needed, delete it (DELETE _snapshot/${repository}/${name} at the search engine); then start again.`,
    );
    return [{ backupId, state: running.includes(name) ? 'IN_PROGRESS' : 'UNKNOWN' }];
  });
}

/** HTTP 200 and SUCCESS are not enough, because a snapshot without any index also ends as SUCCESS. */
function snapshotStatus(snapshot: Snapshot, indexPattern: string): ComponentStatus {
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
