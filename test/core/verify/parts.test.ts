import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import {
  joined,
  mostParts,
  type Part,
  type PartRead,
  partsOf,
  readPart,
} from '../../../core/verify/parts.ts';
import { gatherStore } from '../../../core/verify/store-seen.ts';
import { storeInFolder } from '../components/zeebe/store/store-world.ts';
import { fileSystem } from '../components/zeebe/store/written-by-hand.ts';
import { TestClock } from '../fakes.ts';
import { backupId, contents, manifestAt, storedManifest } from './world.ts';

const files = () => fileSystem(backupId);
const seenIn = (written = files()) => gatherStore(backupId, storeInFolder(written));
const clock = { clock: new TestClock() };

const partWith = (filesRead: number): Part => ({
  stretches: [{ manifest: manifestAt(1), from: 0, count: filesRead }],
  files: filesRead,
  bytes: 9 * filesRead,
});
const read = (change: Partial<PartRead> = {}): PartRead => ({
  files: 2,
  bytes: 18,
  beganAt: '2026-11-21T09:00:00.000Z',
  endedAt: '2026-11-21T09:01:00.000Z',
  differing: { count: 0, first: [] },
  unknown: { count: 0, first: [] },
  ...change,
});

describe('The files of the snapshots are divided', () => {
  test('Files of several partitions are one part as long as they are few and small', async () => {
    assert.deepEqual(partsOf(await seenIn()), [
      {
        stretches: [
          { manifest: manifestAt(1), from: 0, count: 2 },
          { manifest: manifestAt(2), from: 0, count: 2 },
        ],
        files: 4,
        bytes: 36,
      },
    ]);
  });

  for (const { what, limits } of [
    { what: 'The bytes of a part are limited', limits: { bytes: 30, files: 100 } },
    { what: 'The files of a part are limited', limits: { bytes: 1000, files: 3 } },
  ]) {
    test(what, async () => {
      assert.deepEqual(
        partsOf(await seenIn(), limits).map(({ stretches }) => stretches),
        [
          [
            { manifest: manifestAt(1), from: 0, count: 2 },
            { manifest: manifestAt(2), from: 0, count: 1 },
          ],
          [{ manifest: manifestAt(2), from: 1, count: 1 }],
        ],
      );
    });
  }

  test('A file that is larger than a part is a part by itself', async () => {
    assert.equal(partsOf(await seenIn(), { bytes: 1, files: 100 }).length, 4);
  });
});

describe('A part is read by itself', () => {
  test('All parts together are all files, each read once', async () => {
    const seen = await seenIn();
    const parts = partsOf(seen, { bytes: 1, files: 1 });
    const answers = [];
    for (const part of parts) answers.push(await readPart(backupId, part, storeInFolder(files()), clock));
    assert.deepEqual(joined(parts, answers, { segments: 2, tooMany: 0 }), {
      files: 4,
      bytes: 36,
      seconds: 0,
      segments: 2,
      differing: { count: 0, first: [] },
      unknown: { count: 0, first: [] },
    });
  });

  test('A file that differs is named by the part that has it', async () => {
    const written = files();
    written[`${contents(2)}snapshot/000012.sst`] = '123456788';
    const parts = partsOf(await seenIn(written), { bytes: 1000, files: 2 });
    const answers = [];
    for (const part of parts) answers.push(await readPart(backupId, part, storeInFolder(written), clock));
    assert.deepEqual(
      answers.map(({ differing }) => differing.count),
      [0, 1],
    );
    assert.match(answers[1]?.differing.first.join() ?? '', /2\/1748937221\/0\/snapshot\/000012\.sst has the/);
  });

  test('A manifest that is not complete any more makes its files unknown', async () => {
    const [part] = partsOf(await seenIn());
    assert(part);
    const written = files();
    written[manifestAt(1)] = JSON.stringify({ ...storedManifest(written), statusCode: 'DELETED' });
    const { unknown, files: filesRead } = await readPart(backupId, part, storeInFolder(written), clock);
    assert.equal(filesRead, 2);
    assert.equal(unknown.count, 2);
    assert.match(unknown.first.join(), /it has changed while the backup was verified/);
  });
});

describe('The answers of all parts are joined', () => {
  test('The time is that from the first beginning to the last end, since parts are read side by side', () => {
    const later = { beganAt: '2026-11-21T09:00:30.000Z', endedAt: '2026-11-21T09:02:00.000Z' };
    const data = joined([partWith(2), partWith(2)], [read(), read(later)], { segments: 0, tooMany: 0 });
    assert.equal(data.seconds, 120);
  });

  test('The files of a part without an answer are unknown, and the error is named', () => {
    const { unknown, files: filesRead } = joined([partWith(2), partWith(5)], [read(), 'States.Timeout'], {
      segments: 0,
      tooMany: 0,
    });
    assert.equal(filesRead, 2);
    assert.equal(unknown.count, 5);
    assert.match(unknown.first.join(), /did not end well: States\.Timeout/);
  });

  test('Files for which there is no part are unknown', () => {
    const { unknown } = joined([partWith(2)], [read()], { segments: 0, tooMany: 7 });
    assert.equal(unknown.count, 7);
    assert.match(unknown.first.join(), /beyond the 150 parts/);
  });
});

test('The largest result of each part fits into a state of Step Functions, whatever was found', async () => {
  const written = files();
  const long = 'x'.repeat(1000);
  for (const number of [1, 2]) {
    const sums = `${contents(number)}snapshot/44-1-60-50-0.checksum`;
    const listed = {
      'zeebe.metadata': {},
      [long]: { compressionAlgorithm: long },
      '44-1-60-50-0.checksum': {},
    };
    written[manifestAt(number)] = JSON.stringify({
      ...storedManifest(written, number),
      snapshot: { files: listed },
    });
    written[sums] = `${written[sums] ?? ''}${long}   1\n`;
    written[`${contents(number)}snapshot/zeebe.metadata`] = 'changed';
  }
  const parts = partsOf(await seenIn(written));
  const answers = await Promise.all(
    parts.map((part) => readPart(backupId, part, storeInFolder(written), clock)),
  );
  const [answer] = answers;
  assert(answer && answer.differing.count > 0 && answer.unknown.count > 0);
  const ofAPart = JSON.stringify({ ...partWith(1), ...answer }).length + 2 * JSON.stringify(parts[0]).length;
  assert(ofAPart * mostParts < 256 * 1024, `${ofAPart} characters`);
});
