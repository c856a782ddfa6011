import * as z from 'zod';

export type ManifestStatus = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'DELETED';

/** The backup of one partition by one node. */
export interface BackupRef {
  partition: number;
  id: number;
  node: number;
}

/** What a partition's backup says about itself. Times are in milliseconds since 1970. */
export interface Manifest extends BackupRef {
  status: ManifestStatus;
  failureReason: string | undefined;
  descriptor: z.infer<typeof descriptorSchema>;
  snapshot: string[];
  segments: string[];
  createdAt: number;
  modifiedAt: number;
}

/** Where the objects of a backup lie, and in which of the two forms the manifest is written. */
export interface Layout {
  manifests: string;
  contents: string;
  form: 's3' | 'folder';
  times: 'seconds' | 'iso';
}

const S3_V1: Layout = { manifests: '', contents: '', form: 's3', times: 'seconds' };
const S3_V2: Layout = { manifests: 'manifests/', contents: 'contents/', form: 's3', times: 'iso' };
const FOLDER: Layout = { manifests: 'manifests/', contents: 'contents/', form: 'folder', times: 'iso' };

/**
 * The layout that this version writes, and after it those that it reads as well.
 *
 * @throws if the version cannot store backups in a folder.
 */
export function layoutsOf(camunda: string, kind: 's3' | 'folder'): [Layout, ...Layout[]] {
  const minor = minorOf(camunda);
  if (kind === 's3') return minor < 9 ? [S3_V1] : [S3_V2, S3_V1];
  if (minor < 8) {
    throw new Error(`Camunda ${camunda} cannot store backups in a folder, which exists from 8.8 on. Use S3.`);
  }
  return [FOLDER];
}

/** 8 of `8.8`. */
export const minorOf = (camunda: string): number => Number(camunda.split('.')[1]);

export const folderOf = ({ partition, id, node }: BackupRef): string => `${partition}/${id}/${node}/`;

const descriptorSchema = z.object({
  snapshotId: z.string().optional(),
  checkpointPosition: z.int(),
  numberOfPartitions: z.int(),
  brokerVersion: z.string(),
  checkpointTimestamp: z.string().optional(),
  checkpointType: z.literal('MANUAL_BACKUP').optional(),
  firstLogPosition: z.int().optional(),
});

const idSchema = z.object({ nodeId: z.int(), partitionId: z.int(), checkpointId: z.int() });
const time = z.union([
  z.number().transform((seconds) => Math.round(seconds * 1000)),
  z.iso.datetime().transform((iso) => Date.parse(iso)),
]);
const common = {
  id: idSchema,
  descriptor: descriptorSchema,
  failureReason: z.string().optional(),
  createdAt: time,
  modifiedAt: time,
};
const fileSet = z.object({ files: z.record(z.string(), z.object({})) });
const fileList = z.object({ files: z.array(z.object({ name: z.string() })) });

const s3Schema = z.object({
  statusCode: z.enum(['in_progress', 'completed', 'failed', 'deleted']),
  ...common,
  snapshotFiles: fileSet,
  segmentFiles: fileSet,
});
const folderSchema = z.object({
  statusCode: z.enum(['IN_PROGRESS', 'COMPLETED', 'FAILED', 'DELETED']),
  ...common,
  snapshot: fileList,
  segments: fileList,
});

const STATUS = {
  in_progress: 'IN_PROGRESS',
  completed: 'COMPLETED',
  failed: 'FAILED',
  deleted: 'DELETED',
} as const satisfies Record<string, ManifestStatus>;

export function writeManifest(manifest: Manifest, { form, times }: Layout): string {
  const { partition, id, node, status, failureReason, descriptor, snapshot, segments } = manifest;
  const written = (ms: number) => (times === 'seconds' ? ms / 1000 : new Date(ms).toISOString());
  const common = {
    id: { nodeId: node, partitionId: partition, checkpointId: id },
    descriptor,
    ...(failureReason !== undefined && { failureReason }),
    createdAt: written(manifest.createdAt),
    modifiedAt: written(manifest.modifiedAt),
  };
  if (form === 'folder') {
    const files = (names: string[]) => ({ files: names.map((name) => ({ name })) });
    return JSON.stringify({
      ...common,
      statusCode: status,
      snapshot: files(snapshot),
      segments: files(segments),
    });
  }
  const files = (names: string[]) => ({ files: Object.fromEntries(names.map((name) => [name, {}])) });
  return JSON.stringify({
    ...common,
    statusCode: status.toLowerCase(),
    snapshotFiles: files(snapshot),
    segmentFiles: files(segments),
  });
}

export function readManifest(text: string, { form }: Layout): Manifest {
  const json: unknown = JSON.parse(text);
  if (form === 'folder') {
    const { statusCode, snapshot, segments, ...rest } = folderSchema.parse(json);
    const names = ({ files }: z.infer<typeof fileList>) => files.map(({ name }) => name);
    return { ...readCommon(rest), status: statusCode, snapshot: names(snapshot), segments: names(segments) };
  }
  const { statusCode, snapshotFiles, segmentFiles, ...rest } = s3Schema.parse(json);
  return {
    ...readCommon(rest),
    status: STATUS[statusCode],
    snapshot: Object.keys(snapshotFiles.files),
    segments: Object.keys(segmentFiles.files),
  };
}

function readCommon(read: z.infer<z.ZodObject<typeof common>>) {
  const { id, descriptor, failureReason, createdAt, modifiedAt } = read;
  return {
    partition: id.partitionId,
    id: id.checkpointId,
    node: id.nodeId,
    descriptor,
    failureReason,
    createdAt,
    modifiedAt,
  };
}
