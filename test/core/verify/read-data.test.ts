import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, test } from '@jest/globals';
import type { BackupStore } from '../../../core/components/zeebe/store/backup-store.ts';
import { readThrough } from '../../../core/components/zeebe/store/read-through.ts';
import { BackupError } from '../../../core/errors.ts';
import { crc32cOfBinary, crc32cOfWasm } from '../../../core/verify/crc32c.ts';
import { judgeData, seenIn } from '../../../core/verify/data.ts';
import { type Progress, readData } from '../../../core/verify/read-data.ts';
import { gatherStore } from '../../../core/verify/store-seen.ts';
import { storeInFolder } from '../components/zeebe/store/store-world.ts';
import { fileSystem } from '../components/zeebe/store/written-by-hand.ts';
import { TestClock } from '../fakes.ts';
import { backupId, contents, manifestAt, storedManifest } from './world.ts';

const store = () => storeInFolder(fileSystem(backupId));

async function judgementsOf(store: BackupStore, onProgress?: (progress: Progress) => void) {
  const seen = await gatherStore(backupId, store);
  const read = await readData(seen, store, { clock: new TestClock(), onProgress });
  return judgeData(seenIn(read), undefined).map(({ verdict, says }) => `${verdict}: ${says}`);
}

/** Changes what a store sends for the files whose names end in `ending`. */
function sending(
  store: BackupStore,
  ending: string,
  send: (times: number) => AsyncIterable<Buffer> | undefined,
): BackupStore {
  let times = 0;
  const { read: whole } = store.files;
  store.files.read = async (name, use, reading) => {
    if (!name.endsWith(ending)) return whole(name, use, reading);
    const pieces = send(times++);
    if (!pieces) return 'missing';
    await readThrough(Readable.from(pieces), use, async (error) => asError(error), reading);
    return 'read';
  };
  return store;
}

function asError(error: unknown): Error {
  assert(error instanceof Error);
  return error;
}

async function* breaking(): AsyncGenerator<Buffer> {
  yield Buffer.from('1234');
  throw new BackupError('Unreachable', 'socket hang up');
}
async function* pieces(...each: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const one of each) yield Buffer.from(one);
}

for (const { where, crc32c } of [
  { where: 'a binary', crc32c: crc32cOfBinary },
  { where: 'WebAssembly', crc32c: crc32cOfWasm },
]) {
  test(`The checksum of ${where} is the CRC-32C, whose published check value is that of 123456789`, async () => {
    const sum = await crc32c();
    assert(sum);
    sum.update(Buffer.from('1234'));
    sum.update(Buffer.from('56789'));
    assert.equal(sum.value(), 0xe3069283);
  });
}

test('A file that arrives in pieces is compared as a whole', async () => {
  const inPieces = sending(store(), '1/1748937221/0/snapshot/000012.sst', () => pieces('1', '2345', '6789'));
  assert.match(
    (await judgementsOf(inPieces)).join(),
    /^proven: Every file .*\(4\).*2 segments .* have no checksum/,
  );
});

test('An answer that breaks off once is read again from its beginning', async () => {
  const progress: Progress[] = [];
  const breaksOnce = sending(store(), '1/1748937221/0/snapshot/000012.sst', (times) =>
    times === 0 ? breaking() : pieces('123456789'),
  );
  assert.match((await judgementsOf(breaksOnce, (one) => progress.push(one))).join(), /^proven/);
  assert.deepEqual(progress.at(-1), { files: 4, bytes: 36, totalFiles: 4, totalBytes: 36 });
});

describe('A file that could not be read is unknown', () => {
  for (const { what, open, says } of [
    { what: 'An answer that breaks off twice', open: breaking, says: /socket hang up/ },
    { what: 'A file that is deleted meanwhile', open: () => undefined, says: /not there any more/ },
    {
      what: 'A refused question',
      open: () => {
        throw new BackupError('RequestRefused', 'Access Denied');
      },
      says: /Access Denied/,
    },
  ]) {
    test(what, async () => {
      const [said, ...others] = await judgementsOf(sending(store(), '000012.sst', open));
      assert.match(said ?? '', says);
      assert.match(said ?? '', /^unknown: The contents of 2 files/);
      assert.deepEqual(others, []);
    });
  }
});

describe('A compressed file is decompressed before it is compared', () => {
  const compressed = (algorithm: string, bytes: Buffer) => {
    const files = fileSystem(backupId);
    files[manifestAt(1)] = JSON.stringify({
      ...storedManifest(files),
      snapshot: {
        files: {
          'zeebe.metadata': {},
          '000012.sst': { compressionAlgorithm: algorithm },
          '44-1-60-50-0.checksum': {},
        },
      },
    });
    return sending(storeInFolder(files), `${contents(1)}snapshot/000012.sst`, () => pieces(bytes));
  };
  const text = Buffer.from('123456789');
  for (const { what, algorithm, bytes, says } of [
    { what: 'Zstandard', algorithm: 'zstd', bytes: zstdCompressSync(text), says: /^proven/ },
    { what: 'Gzip', algorithm: 'gz', bytes: gzipSync(text), says: /^proven/ },
    {
      what: 'Another text',
      algorithm: 'zstd',
      bytes: zstdCompressSync(Buffer.from('123456788')),
      says: /^wrong: .*000012\.sst has the CRC-32C/,
    },
    {
      what: 'A flipped bit',
      algorithm: 'zstd',
      bytes: Buffer.from('not compressed'),
      says: /^wrong: .*000012\.sst cannot be decompressed/,
    },
    {
      what: 'An algorithm that is not known here',
      algorithm: 'lz4-block',
      bytes: text,
      says: /^unknown: The contents of 1 file .*compressed with lz4-block, which is not known here/,
    },
  ]) {
    test(what, async () => {
      assert.match((await judgementsOf(compressed(algorithm, bytes))).join(), says);
    });
  }
});
