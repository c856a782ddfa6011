import * as z from 'zod';
import { BackupError } from '../../errors.ts';
import type { Snapshot } from './engine.ts';

/** The answer of both engines to `GET _snapshot/{repository}/{names}`. */
const snapshotInfo = z.object({
  snapshot: z.string(),
  uuid: z.string().nullish(),
  version: z.string().nullish(),
  state: z.string(),
  indices: z.array(z.string()).default([]),
  shards: z
    .object({ total: z.number(), successful: z.number(), failed: z.number() })
    .default({ total: 0, successful: 0, failed: 0 }),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  start_time: z.string().nullish(),
  end_time: z.string().nullish(),
  end_time_in_millis: z.number().nullish(),
  failures: z
    .array(z.object({ index: z.string().nullish(), reason: z.string().nullish() }).or(z.unknown()))
    .nullish(),
});
const snapshotList = z.object({ snapshots: z.array(snapshotInfo) });

export function readSnapshots(url: string, body: unknown): Snapshot[] {
  const parsed = snapshotList.safeParse(body);
  if (!parsed.success) {
    throw new BackupError(
      'UnexpectedAnswer',
      `The search engine at ${url} listed snapshots in a form that is not known: ${z.prettifyError(parsed.error)}`,
    );
  }
  return parsed.data.snapshots.map((info) => ({
    name: info.snapshot,
    ...(info.uuid ? { uuid: info.uuid } : {}),
    ...(info.version ? { version: info.version } : {}),
    state: info.state,
    indices: info.indices,
    shards: info.shards,
    metadata: info.metadata ?? {},
    startedAt: info.start_time ?? undefined,
    // While a snapshot runs, the engines report 1970 as its end.
    endedAt: info.end_time_in_millis ? (info.end_time ?? undefined) : undefined,
    failures: (info.failures ?? []).map((failure) => JSON.stringify(failure)),
  }));
}

/** OpenSearch's answer to `GET _cluster/state/customs?filter_path=snapshot_deletions`. */
const deletions = z.object({
  snapshot_deletions: z
    .object({
      snapshot_deletions: z.array(z.object({ repository: z.string(), snapshots: z.array(z.string()) })),
    })
    .default({ snapshot_deletions: [] }),
});

export function readDeletions(url: string, body: unknown, repository: string): string[] {
  const parsed = deletions.safeParse(body);
  if (!parsed.success) {
    throw new BackupError(
      'UnexpectedAnswer',
      `The search engine at ${url} reported deletions of snapshots in a form that is not known: ${z.prettifyError(parsed.error)}`,
    );
  }
  return parsed.data.snapshot_deletions.snapshot_deletions
    .filter((deletion) => deletion.repository === repository)
    .flatMap(({ snapshots }) => snapshots);
}
