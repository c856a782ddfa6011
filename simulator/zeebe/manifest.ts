import * as z from 'zod';

const statusSchema = z.enum(['IN_PROGRESS', 'COMPLETED', 'FAILED', 'DELETED']);
export type ManifestStatus = z.infer<typeof statusSchema>;

/** The backup of one partition by one node. */
export interface BackupRef {
  partition: number;
  id: number;
  node: number;
}

/** What a partition's backup says about itself. Times are in milliseconds since 1970. */
export interface Manifest extends BackupRef {
  status: ManifestStatus;
  failureReason?: string | undefined;
  descriptor: z.infer<typeof descriptorSchema>;
  snapshot: string[];
  segments: string[];
  createdAt: number;
  modifiedAt: number;
}

/** Where the objects of a backup lie, and how its manifest is written. */
export interface Layout {
  manifests: string;
  contents: string;
  form: 's3' | 'folder';
  times: 'seconds' | 'iso';
}

const S3_V1: Layout = { manifests: '', contents: '', form: 's3', times: 'seconds' };
const S3_V2: Layout = { manifests: 'manifests/', contents: 'contents/', form: 's3', times: 'iso' };
const FOLDER: Layout = { ...S3_V2, form: 'folder' };

/**
 * The layout that this version writes, and after it those that it reads as well.
 *
 * @throws if the version cannot store backups in a folder.
 */
export function layoutsOf(camunda: string, kind: 's3' | 'folder'): [Layout, ...Layout[]] {
  const minor = minorOf(camunda);
  if (kind === 's3') return minor < 9 ? [S3_V1] : [S3_V2, S3_V1];
  if (minor >= 8) return [FOLDER];
  throw new Error(`Camunda ${camunda} cannot store backups in a folder, which exists from 8.8 on. Use S3.`);
}

/** 8 of `8.8`. */
export const minorOf = (camunda: string): number => Number(camunda.split('.')[1]);

const descriptorSchema = z.object({
  snapshotId: z.string().optional(),
  checkpointPosition: z.int(),
  numberOfPartitions: z.int(),
  brokerVersion: z.string(),
  // The following are from 8.9 on.
  checkpointTimestamp: z.string().optional(),
  checkpointType: z.literal('MANUAL_BACKUP').optional(),
  firstLogPosition: z.int().optional(),
});

const time = z.union([
  z.number().transform((seconds) => Math.round(seconds * 1000)),
  z.iso.datetime().transform((iso) => Date.parse(iso)),
]);
const files = z.object({
  files: z.union([
    z.array(z.object({ name: z.string() })).transform((list) => list.map(({ name }) => name)),
    z.record(z.string(), z.object({})).transform((set) => Object.keys(set)),
  ]),
});
const manifestSchema = z.object({
  id: z.object({ nodeId: z.int(), partitionId: z.int(), checkpointId: z.int() }),
  descriptor: descriptorSchema,
  statusCode: z
    .string()
    .transform((status) => status.toUpperCase())
    .pipe(statusSchema),
  failureReason: z.string().optional(),
  createdAt: time,
  modifiedAt: time,
});
const s3Schema = manifestSchema.extend({ snapshotFiles: files, segmentFiles: files });
const folderSchema = manifestSchema.extend({ snapshot: files, segments: files });

export function writeManifest(manifest: Manifest, { form, times }: Layout): string {
  const { partition, id, node, status, failureReason, descriptor, snapshot, segments } = manifest;
  const written = (ms: number) => (times === 'seconds' ? ms / 1000 : new Date(ms).toISOString());
  const set = (names: string[]) => ({ files: Object.fromEntries(names.map((name) => [name, {}])) });
  const list = (names: string[]) => ({ files: names.map((name) => ({ name })) });
  return JSON.stringify({
    id: { nodeId: node, partitionId: partition, checkpointId: id },
    descriptor,
    statusCode: form === 's3' ? status.toLowerCase() : status,
    ...(form === 's3'
      ? { snapshotFiles: set(snapshot), segmentFiles: set(segments) }
      : { snapshot: list(snapshot), segments: list(segments) }),
    createdAt: written(manifest.createdAt),
    modifiedAt: written(manifest.modifiedAt),
    failureReason,
  });
}

export function readManifest(text: string, { form }: Layout): Manifest {
  const json: unknown = JSON.parse(text);
  if (form === 'folder') {
    const { snapshot, segments, ...rest } = folderSchema.parse(json);
    return { ...inner(rest), snapshot: snapshot.files, segments: segments.files };
  }
  const { snapshotFiles, segmentFiles, ...rest } = s3Schema.parse(json);
  return { ...inner(rest), snapshot: snapshotFiles.files, segments: segmentFiles.files };
}

function inner({ id, statusCode, ...rest }: z.infer<typeof manifestSchema>) {
  return { ...rest, partition: id.partitionId, id: id.checkpointId, node: id.nodeId, status: statusCode };
}
