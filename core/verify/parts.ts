import * as z from 'zod';
import { nowIso } from '../clock.ts';
import type { BackupStore } from '../components/zeebe/store/backup-store.ts';
import type { Context } from '../context.ts';
import { type DataSeen, namedFiles, seenIn, several } from './data.ts';
import { type Chosen, everyFile, readData } from './read-data.ts';
import { gatherStore, type StoreSeen } from './store-seen.ts';

/** Some files of the snapshot of one manifest, by their places in `everyFile`. A completed manifest does not change. */
const stretch = z.strictObject({
  manifest: z.string(),
  from: z.int().nonnegative(),
  count: z.int().positive(),
});

/** The files that one function reads, of one or several manifests. */
export const part = z.strictObject({
  stretches: z.array(stretch).min(1),
  files: z.int().positive(),
  bytes: z.int().nonnegative(),
});
export type Part = z.infer<typeof part>;

/** What one function has read. */
export const partRead = z.strictObject({
  files: z.int(),
  bytes: z.int(),
  beganAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  differing: several,
  unknown: several,
  remedy: z.string().optional(),
});
export type PartRead = z.infer<typeof partRead>;

/**
 * How much one function reads in less than ten minutes: a function of this size gets at least 20 MB/s out of S3, and
 * each file costs it an answer of S3, four at a time.
 */
const partLimits = { bytes: 10_000_000_000, files: 10_000 };

/** Parts with their results are at most 1,200 bytes each, and a state of Step Functions has at most 256 KB. */
export const mostParts = 150;
const longestText = 250;

/** Divides the files of a backup's snapshots into parts. */
export function partsOf(seen: StoreSeen, limits = partLimits): Part[] {
  const parts: Part[] = [];
  let current: Part | undefined;
  for (const { of, files } of everyFile(seen)) {
    for (const [index, { name }] of files.entries()) {
      const bytes = of.files.known?.get(`snapshot/${name}`) ?? 0;
      if (!current || current.bytes + bytes > limits.bytes || current.files >= limits.files) {
        current = { stretches: [], files: 0, bytes: 0 };
        parts.push(current);
      }
      const last = current.stretches.at(-1);
      if (last?.manifest === of.place.name) last.count += 1;
      else current.stretches.push({ manifest: of.place.name, from: index, count: 1 });
      current.files += 1;
      current.bytes += bytes;
    }
  }
  return parts;
}

/** Reads the files of one part. Throws the errors of the store if it does not show them. */
export async function readPart(
  backupId: number,
  { stretches }: Pick<Part, 'stretches'>,
  store: BackupStore,
  context: Pick<Context, 'clock'>,
): Promise<PartRead> {
  const beganAt = nowIso(context);
  const names = new Set(stretches.map(({ manifest }) => manifest));
  const seen = await gatherStore(backupId, store, ({ name }) => names.has(name));
  const all = everyFile(seen);
  const chosen: Chosen[] = [];
  const gone: string[] = [];
  let goneFiles = 0;
  for (const { manifest, from, count } of stretches) {
    const found = all.find(({ of }) => of.place.name === manifest);
    const files = found?.files.slice(from, from + count) ?? [];
    if (found) chosen.push({ of: found.of, files });
    if (files.length === count) continue;
    goneFiles += count - files.length;
    gone.push(`files of ${manifest} (it has changed while the backup was verified)`);
  }
  const { differing, unknown, remedy, files, bytes } = seenIn(
    await readData(seen, store, { clock: context.clock, chosen }),
  );
  return {
    files,
    bytes,
    beganAt,
    endedAt: nowIso(context),
    differing: { ...differing, first: shortened(differing.first) },
    unknown: { count: unknown.count + goneFiles, first: shortened([...gone, ...unknown.first]) },
    ...(remedy === undefined ? {} : { remedy: remedy.slice(0, longestText) }),
  };
}

const shortened = (texts: string[]) => texts.slice(0, 1).map((text) => text.slice(0, longestText));

/**
 * Joins what was read of the parts, in their order. In place of a part that could not be read stands the name of the
 * error. `tooMany` is the number of files that no function was to read.
 */
export function joined(
  parts: Part[],
  read: (PartRead | string)[],
  { segments, tooMany }: { segments: number; tooMany: number },
): DataSeen {
  const answers = read.filter((one) => typeof one !== 'string');
  const lost = parts.flatMap(({ files, stretches: [first] }, index) => {
    const one = read[index];
    if (typeof one === 'object') return [];
    const says = `files of ${first?.manifest} (the function that reads them did not end well: ${one ?? 'it was not called'})`;
    return [{ files, says }];
  });
  if (tooMany > 0) {
    lost.push({ files: tooMany, says: `files beyond the ${mostParts} parts that an execution has room for` });
  }
  const began = answers.map(({ beganAt }) => Date.parse(beganAt));
  const ended = answers.map(({ endedAt }) => Date.parse(endedAt));
  const sum = (counts: number[]) => counts.reduce((all, one) => all + one, 0);
  const remedy = answers.find((one) => one.remedy !== undefined)?.remedy;
  return {
    files: sum(answers.map(({ files }) => files)),
    bytes: sum(answers.map(({ bytes }) => bytes)),
    seconds: answers.length === 0 ? 0 : (Math.max(...ended) - Math.min(...began)) / 1000,
    segments,
    differing: {
      count: sum(answers.map(({ differing }) => differing.count)),
      first: answers.flatMap(({ differing }) => differing.first).slice(0, namedFiles),
    },
    unknown: {
      count: sum([...answers.map(({ unknown }) => unknown.count), ...lost.map(({ files }) => files)]),
      first: [...lost.map(({ says }) => says), ...answers.flatMap(({ unknown }) => unknown.first)].slice(
        0,
        namedFiles,
      ),
    },
    ...(remedy === undefined ? {} : { remedy }),
  };
}
