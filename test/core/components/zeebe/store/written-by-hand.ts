/**
 * Backups in Zeebe's store as its brokers write them, written down by hand from their documented layout: files by their
 * names below the base path of the store. Each backup has two partitions.
 */
export type Files = Record<string, string>;

/** The CRC-32C of 123456789, which is its published check value, and of no bytes at all. */
const snapshotFiles: Files = { 'zeebe.metadata': '123456789', '000012.sst': '123456789' };

/** A line for each file. The combined value is Zeebe's own, and no single file has it. */
const checksums = [
  '; This is an SFC checksum file for all files in the given directory.',
  '; You might use cksfv or another tool to validate these files manually.',
  '; This is an automatically created file - please do NOT modify.',
  '; snapshot directory = /usr/local/zeebe/data/raft-partition/partitions/1/snapshots/44-1-60-50-0',
  '; combinedValue = 1f2e3d4c',
  '; number of files used for combined value = 2',
  '; Format:  <file-name>   <checksum>',
  '000012.sst   e3069283',
  'zeebe.metadata   e3069283',
  '',
].join('\n');

const contents: Files = {
  ...prefixed('snapshot/', { ...snapshotFiles, '44-1-60-50-0.checksum': checksums }),
  'segments/raft-partition-partition-1-7.log': 'records',
};

const descriptor = (version: string) => ({
  snapshotId: '44-1-60-50-0',
  checkpointPosition: 71,
  numberOfPartitions: 2,
  brokerVersion: version,
});

const named = {
  snapshot: { 'zeebe.metadata': {}, '000012.sst': {}, '44-1-60-50-0.checksum': {} },
  segments: { 'raft-partition-partition-1-7.log': {} },
};

const id = (backupId: number, partitionId: number, nodeId: number) => ({
  nodeId,
  partitionId,
  checkpointId: backupId,
});

/** S3 until 8.8. */
function s3Until88(backupId: number): Files {
  return ofPartitions((partition) => {
    const folder = `${partition}/${backupId}/${partition - 1}/`;
    const manifest = {
      id: id(backupId, partition, partition - 1),
      descriptor: descriptor('8.7.2'),
      statusCode: 'completed',
      snapshotFiles: { files: named.snapshot },
      segmentFiles: { files: named.segments },
      createdAt: 1748937221.123456,
      modifiedAt: 1748937241.5,
    };
    return prefixed(folder, { 'manifest.json': JSON.stringify(manifest), ...contents });
  });
}

/** The first versions in S3 listed only names. */
function s3Of81(backupId: number): Files {
  return ofPartitions((partition) => {
    const manifest = {
      id: id(backupId, partition, 0),
      descriptor: descriptor('8.1.0'),
      statusCode: 'COMPLETED',
      snapshotFileNames: Object.keys(named.snapshot),
      segmentFileNames: Object.keys(named.segments),
      createdAt: '2025-06-03T07:53:41.123456789Z',
      modifiedAt: '2025-06-03T07:54:01Z',
    };
    return prefixed(`${partition}/${backupId}/0/`, {
      'manifest.json': JSON.stringify(manifest),
      ...contents,
    });
  });
}

/** S3 from 8.9 on. */
function s3From89(backupId: number): Files {
  return ofPartitions((partition) => {
    const place = `${partition}/${backupId}/1/`;
    const manifest = {
      id: id(backupId, partition, 1),
      descriptor: {
        ...descriptor('8.9.1'),
        checkpointTimestamp: '2026-03-03T07:53:40Z',
        checkpointType: 'MANUAL_BACKUP',
        firstLogPosition: 12,
      },
      statusCode: 'completed',
      snapshotFiles: { files: named.snapshot },
      segmentFiles: { files: named.segments },
      createdAt: '2026-03-03T07:53:41.123456Z',
      modifiedAt: '2026-03-03T07:54:01Z',
    };
    return {
      [`manifests/${place}manifest.json`]: JSON.stringify(manifest),
      ...prefixed(`contents/${place}`, contents),
    };
  });
}

/** A folder, Google Cloud Storage and Azure. */
export function fileSystem(backupId: number): Files {
  return ofPartitions((partition) => {
    const place = `${partition}/${backupId}/0/`;
    const manifest = {
      id: id(backupId, partition, 0),
      descriptor: descriptor('8.8.3'),
      statusCode: 'COMPLETED',
      createdAt: '2025-11-03T07:53:41.123456Z',
      modifiedAt: '2025-11-03T07:54:01.5Z',
      snapshot: { files: Object.keys(named.snapshot).map((name) => ({ name })) },
      segments: { files: Object.keys(named.segments).map((name) => ({ name })) },
    };
    return {
      [`manifests/${place}manifest.json`]: JSON.stringify(manifest),
      ...prefixed(`contents/${place}`, contents),
    };
  });
}

/** Each form of a backup, with the broker's version and the moments that its manifests have. */
export const forms = [
  {
    form: 'S3 until 8.8',
    write: s3Until88,
    version: '8.7.2',
    created: '2025-06-03T07:53:41.123Z',
    modified: '2025-06-03T07:54:01.500Z',
  },
  {
    form: 'S3 of 8.1',
    write: s3Of81,
    version: '8.1.0',
    created: '2025-06-03T07:53:41.123Z',
    modified: '2025-06-03T07:54:01.000Z',
  },
  {
    form: 'S3 from 8.9 on',
    write: s3From89,
    version: '8.9.1',
    created: '2026-03-03T07:53:41.123Z',
    modified: '2026-03-03T07:54:01.000Z',
  },
  {
    form: 'a folder, Google Cloud Storage and Azure',
    write: fileSystem,
    version: '8.8.3',
    created: '2025-11-03T07:53:41.123Z',
    modified: '2025-11-03T07:54:01.500Z',
  },
];

function ofPartitions(write: (partition: number) => Files): Files {
  return { ...write(1), ...write(2) };
}

function prefixed(prefix: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [prefix + name, text]));
}
