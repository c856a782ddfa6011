import type { Clock } from '../clock.ts';
import type { BackupStore } from '../components/zeebe/store/backup-store.ts';
import type { ListedFile } from '../components/zeebe/store/manifest.ts';
import { type BackupError, isBackupError } from '../errors.ts';
import { decompressor, isCorrupt } from './compression.ts';
import { crc32c } from './crc32c.ts';
import { type CompletedManifest, checksumFileOf, type StoreSeen } from './store-seen.ts';

/** How much of the contents is read, for a person who waits. */
export interface Progress {
  files: number;
  bytes: number;
  totalFiles: number;
  totalBytes: number;
}

/** A file of a snapshot, and the checksum that the broker computed of it before the backup. */
interface FileToRead {
  name: string;
  bytes: number;
  compression: string | undefined;
  checksum: number;
}

/** What the contents of the snapshots' files are. */
export interface DataRead {
  files: number;
  bytes: number;
  seconds: number;
  /** The files that are not what the broker took, each with what is wrong about it. */
  differing: string[];
  /** The files of which nothing is known, each with the reason. */
  unknown: { name: string; why: string | BackupError }[];
  /** Segments of the log, which have no checksum. */
  segments: number;
}

/** Several files are read at the same time, since a store answers slowly and reads fast. Each needs little memory. */
const atOnce = 4;

/** Some files of a snapshot. */
export interface Chosen {
  of: CompletedManifest;
  files: ListedFile[];
}

/** The files of the snapshots that have checksums, in the order of each manifest. */
export function everyFile({ completed }: StoreSeen): Chosen[] {
  return completed.map((of) => {
    const sums = checksumFileOf(of.manifest)?.name;
    return { of, files: (of.manifest.snapshot ?? []).filter(({ name }) => name !== sums) };
  });
}

/** Reads files of the snapshots in a backup, by default every one, and compares each with its checksum. */
export async function readData(
  seen: StoreSeen,
  store: BackupStore,
  {
    clock,
    chosen = everyFile(seen),
    onProgress = () => undefined,
  }: { clock: Clock; chosen?: Chosen[]; onProgress?: ((progress: Progress) => void) | undefined },
): Promise<DataRead> {
  const { toRead, unknown } = plan(chosen);
  const began = clock.now();
  const progress: Progress = {
    files: 0,
    bytes: 0,
    totalFiles: toRead.length,
    totalBytes: toRead.reduce((sum, { bytes }) => sum + bytes, 0),
  };
  const differing: string[] = [];
  const next = toRead.values();
  const readOneByOne = async () => {
    for (const file of next) {
      const { wrong, problem } = await readTwice(file, store, (bytes) => {
        progress.bytes += bytes;
        onProgress({ ...progress });
      });
      if (wrong !== undefined) differing.push(`${file.name} ${wrong}`);
      if (problem !== undefined) unknown.push({ name: file.name, why: problem });
      progress.files += 1;
      onProgress({ ...progress });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, readOneByOne));
  return {
    files: progress.files,
    bytes: progress.bytes,
    seconds: (clock.now() - began) / 1000,
    differing: differing.toSorted(),
    unknown,
    segments: segmentsIn(seen),
  };
}

/** Counts the segments of the log, which have no checksum. */
export function segmentsIn({ completed }: StoreSeen): number {
  return completed.reduce((sum, { manifest }) => sum + (manifest.segments?.length ?? 0), 0);
}

function plan(chosen: Chosen[]): { toRead: FileToRead[]; unknown: DataRead['unknown'] } {
  const toRead: FileToRead[] = [];
  const unknown: DataRead['unknown'] = [];
  for (const { of, files } of chosen) {
    for (const file of files) {
      const planned = toReadOf(file, of);
      if ('checksum' in planned) toRead.push(planned);
      else unknown.push(planned);
    }
  }
  return { toRead, unknown };
}

function toReadOf(
  { name, compression }: ListedFile,
  { place, files, checksums }: CompletedManifest,
): FileToRead | DataRead['unknown'][number] {
  const whole = `${place.contents}snapshot/${name}`;
  const bytes = files.known?.get(`snapshot/${name}`);
  const why = (reason: string | BackupError) => ({ name: whole, why: reason });
  if (files.unknown) return why(files.unknown);
  if (bytes === undefined) return why('it is not there');
  if (!checksums) return why('the snapshot has no file with checksums');
  if (checksums.unknown) return why(checksums.unknown);
  const { byFile, strange, damaged } = checksums.known;
  if (!byFile) return why(`the file with the checksums cannot be used: ${strange ?? damaged}`);
  const checksum = byFile.get(name);
  if (checksum === undefined) return why('it has no checksum');
  return { name: whole, bytes, compression, checksum };
}

type Outcome = { wrong?: string; problem?: string | BackupError };

/** Tries again once if the store was in trouble for a moment, since nobody wants to read hundreds of gigabytes anew. */
async function readTwice(
  file: FileToRead,
  store: BackupStore,
  count: (bytes: number) => void,
): Promise<Outcome> {
  let counted = 0;
  const counting = (bytes: number) => {
    counted += bytes;
    count(bytes);
  };
  try {
    return await read(file, store, counting);
  } catch (error) {
    if (!isBackupError(error, 'Unreachable', 'ServerTrouble')) return problemOf(error);
    count(-counted);
    return read(file, store, count).catch(problemOf);
  }
}

function problemOf(error: unknown): Outcome {
  if (isBackupError(error)) return { problem: error };
  throw error;
}

async function read(
  { name, compression, checksum }: FileToRead,
  { files }: BackupStore,
  count: (bytes: number) => void,
): Promise<Outcome> {
  const decompress = compression === undefined ? undefined : decompressor(compression);
  if (decompress === 'not known') {
    return { problem: `it is compressed with ${compression}, which is not known here` };
  }
  const sum = await crc32c();
  try {
    const read = await files.read(name, (piece) => sum.update(piece), { count, decompress });
    if (read === 'missing') return { problem: 'it is not there any more' };
  } catch (error) {
    if (isCorrupt(error)) return { wrong: `cannot be decompressed (${error.message})` };
    throw error;
  }
  const value = sum.value();
  return value === checksum ? {} : { wrong: `has the CRC-32C ${hex(value)}, and had ${hex(checksum)}` };
}

const hex = (checksum: number) => checksum.toString(16).padStart(8, '0');
