import { fork } from 'node:child_process';
import { once } from 'node:events';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { systemClock } from '../core/clock.ts';
import { type BackupStore, backupStore } from '../core/components/zeebe/store/backup-store.ts';
import { s3Files } from '../core/components/zeebe/store/s3-files.ts';
import { s3Client } from '../core/connect/s3-client.ts';
import { readData } from '../core/verify/read-data.ts';
import { gatherStore } from '../core/verify/store-seen.ts';
import { type Measured, round } from './figures.ts';
import { backup } from './store-place.ts';

const { bucket, backupId, files, megabytes } = backup;
/** Each way is measured as often, in turn, and its best time counts: a busy machine only makes a time worse. */
const rounds = 5;
/** As many files at the same time as a verification reads. */
const atOnce = 4;

export const verificationFloors = { verifyThroughputRatio: 0.7 };
export const verificationBars = { verifyMemoryMegabytes: 200 };

/** Compares a verification that reads every byte with a plain download of the same objects from a local server. */
export async function measureVerification(): Promise<Measured> {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' });
  const server = fork(new URL('./store-server.ts', import.meta.url), { execArgv: ['--no-warnings'] });
  try {
    const [endpoint] = z
      .tuple([z.string()])
      .rest(z.unknown())
      .parse(await once(server, 'message'));
    const client = s3Client({ region: 'eu-central-1', endpoint, forcePathStyle: true });
    const store = backupStore(s3Files({ bucket, client }));
    const before = process.memoryUsage().rss;
    let most = before;
    const plain: number[] = [];
    const verified: number[] = [];
    for (let round = 0; round < rounds; round++) {
      plain.push(await seconds(() => download(client)));
      verified.push(
        await seconds(() =>
          verify(store, () => {
            most = Math.max(most, process.memoryUsage.rss());
          }),
        ),
      );
    }
    store.files.close();
    const rateOf = (times: number[]) => (files * megabytes) / Math.min(...times);
    const ratio = round(rateOf(verified) / rateOf(plain));
    const memory = round((most - before) / 1_000_000, 0);
    return {
      figures: { verifyThroughputRatio: ratio, verifyMemoryMegabytes: memory },
      table: {
        title: `verify --read-data of ${files} files of ${megabytes} MB, from a local server (the best of ${rounds})`,
        header: ['what', 'MB/s', 'of a download', 'memory'],
        rows: [
          ['a plain download', String(round(rateOf(plain), 0)), '1', ''],
          ['a verification', String(round(rateOf(verified), 0)), String(ratio), `${memory} MB more`],
        ],
      },
    };
  } finally {
    server.kill();
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

async function download(client: S3Client): Promise<void> {
  const next = Array.from({ length: files }, (_, index) => index).values();
  const one = async () => {
    for (const index of next) {
      const Key = `contents/1/${backupId}/0/snapshot/${String(index).padStart(6, '0')}.sst`;
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      if (!Body || !('resume' in Body)) throw new Error(`${Key} has no contents`);
      Body.resume();
      await once(Body, 'end');
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

async function verify(store: BackupStore, onProgress: () => void): Promise<void> {
  const read = await readData(await gatherStore(backupId, store), store, { clock: systemClock, onProgress });
  if (read.files !== files || read.differing.length > 0 || read.unknown.length > 0) {
    throw new Error(`The verification read ${read.files} files, and not all of them were right`);
  }
}
