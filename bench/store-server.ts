/**
 * A server of S3 with one backup of Zeebe, in a process of its own: the memory and the time of who reads it are measured.
 * It tells its endpoint to the process that has started it.
 */
import { crc32c } from '../core/verify/crc32c.ts';
import { startS3Server } from '../test/core/ledger/store/s3-server.ts';
import { backup } from './store-place.ts';

const { bucket, backupId, files, megabytes } = backup;
const text = 'Zeebe '.repeat((megabytes * 1_000_000) / 6);
const sum = await crc32c();
sum.update(Buffer.from(text));
const digits = sum.value().toString(16);
const names = Array.from({ length: files }, (_, index) => `${String(index).padStart(6, '0')}.sst`);

const server = await startS3Server([bucket]);
const contents = `contents/1/${backupId}/0`;
for (const name of names) server.put(bucket, `${contents}/snapshot/${name}`, text);
server.put(
  bucket,
  `${contents}/snapshot/snapshot.checksum`,
  names.map((name) => `${name}   ${digits}\n`).join(''),
);
server.put(bucket, `${contents}/segments/1.log`, 'records');
const manifest = {
  statusCode: 'completed',
  id: { nodeId: 0, partitionId: 1, checkpointId: backupId },
  descriptor: {
    snapshotId: 'snapshot',
    checkpointPosition: 1,
    numberOfPartitions: 1,
    brokerVersion: '8.9.0',
  },
  snapshotFiles: { files: Object.fromEntries([...names, 'snapshot.checksum'].map((name) => [name, {}])) },
  segmentFiles: { files: { '1.log': {} } },
};
server.put(bucket, `manifests/1/${backupId}/0/manifest.json`, JSON.stringify(manifest));
process.send?.(server.endpoint);
