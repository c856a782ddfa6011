import * as z from 'zod';
import { parseJson } from '../../../json.ts';
import { type ToldId, toldId } from '../../backup-id.ts';

/** A file that a manifest lists, by its name in its folder (`snapshot` or `segments`). */
export interface ListedFile {
  name: string;
  /** The algorithm with which the broker has compressed it, in the broker's word; undefined if it is not compressed. */
  compression?: string | undefined;
}

/** The manifest that a broker wrote for its backup of one partition. */
export interface ZeebeManifest {
  id: { partition: number; backupId: ToldId; node: string };
  /** COMPLETED, IN_PROGRESS, FAILED, DELETED; another word if a later version has one. */
  state: string;
  /** The number of partitions of the cluster. */
  partitions?: number | undefined;
  brokerVersion?: string | undefined;
  /** A text if the value is above 2^53. */
  checkpointPosition?: number | string | undefined;
  /** Undefined if the partition had no snapshot yet. */
  snapshotId?: string | undefined;
  /** ISO 8601 in UTC. */
  createdAt?: string | undefined;
  modifiedAt?: string | undefined;
  /** Undefined if the manifest has no such list. */
  snapshot?: ListedFile[] | undefined;
  segments?: ListedFile[] | undefined;
  failureReason?: string | undefined;
}

/**
 * Until 8.8 in S3, times are decimal seconds since 1970. From 8.9 on, and in the other stores, they are texts in ISO 8601.
 */
const time = z
  .union([
    z.number().transform((seconds) => new Date(seconds * 1000)),
    z.string().transform((text) => new Date(text)),
  ])
  .refine((moment) => !Number.isNaN(moment.getTime()), 'it is no time')
  .transform((moment) => moment.toISOString());

/** Zeebe's ids of partitions have 13 bits. */
const mostPartitions = 8192;

/** The first versions listed only names. In S3 a file has its compression; the other stores have none. */
const listedFiles = z.union([
  z.array(z.string()).transform((names) => names.map((name): ListedFile => ({ name }))),
  z
    .object({
      files: z.union([
        z
          .array(z.object({ name: z.string() }))
          .transform((files) => files.map(({ name }): ListedFile => ({ name }))),
        z
          .record(z.string(), z.object({ compressionAlgorithm: z.string().nullish() }).nullable())
          .transform((files) =>
            Object.entries(files).map(
              ([name, file]): ListedFile => ({ name, compression: file?.compressionAlgorithm ?? undefined }),
            ),
          ),
      ]),
    })
    .transform(({ files }) => files),
]);

const int64 = z
  .union([z.int(), z.bigint()])
  .transform((position) => (typeof position === 'bigint' ? String(position) : position));

/** All forms of a manifest, with the fields that every store and version has under one of their names. */
const manifest = z.object({
  statusCode: z.string(),
  id: z.object({
    nodeId: z.union([z.string(), z.number()]),
    partitionId: z.int(),
    checkpointId: toldId,
  }),
  descriptor: z
    .object({
      snapshotId: z.string().nullish(),
      checkpointPosition: int64.nullish(),
      numberOfPartitions: z.int().positive().max(mostPartitions).nullish(),
      brokerVersion: z.string().nullish(),
    })
    .nullish(),
  snapshotFiles: listedFiles.nullish(),
  snapshotFileNames: listedFiles.nullish(),
  snapshot: listedFiles.nullish(),
  segmentFiles: listedFiles.nullish(),
  segmentFileNames: listedFiles.nullish(),
  segments: listedFiles.nullish(),
  createdAt: time.nullish(),
  modifiedAt: time.nullish(),
  failureReason: z.string().nullish(),
});

/** Reads the text of a manifest of any known store and version. Returns the reason if its form is not known. */
export function readManifest(
  text: string,
): { manifest: ZeebeManifest; strange?: never } | { manifest?: never; strange: string } {
  const json = parseJson(text);
  if (json === undefined) return { strange: 'it is not JSON' };
  const parsed = manifest.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { strange: `${issue?.path.join('.') || 'the document'}: ${issue?.message}` };
  }
  const { statusCode, id, descriptor, ...rest } = parsed.data;
  return {
    manifest: {
      id: { partition: id.partitionId, backupId: id.checkpointId, node: String(id.nodeId) },
      state: statusCode.toUpperCase(),
      partitions: descriptor?.numberOfPartitions ?? undefined,
      brokerVersion: descriptor?.brokerVersion ?? undefined,
      checkpointPosition: descriptor?.checkpointPosition ?? undefined,
      snapshotId: descriptor?.snapshotId ?? undefined,
      createdAt: rest.createdAt ?? undefined,
      modifiedAt: rest.modifiedAt ?? undefined,
      snapshot: rest.snapshotFiles ?? rest.snapshotFileNames ?? rest.snapshot ?? undefined,
      segments: rest.segmentFiles ?? rest.segmentFileNames ?? rest.segments ?? undefined,
      failureReason: rest.failureReason ?? undefined,
    },
  };
}
