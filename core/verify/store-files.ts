import type { ListedFile } from '../components/zeebe/store/manifest.ts';
import type { Judgement } from '../ledger/verification.ts';
import { counted, type Look, severalOf, takeAnother } from './judgement.ts';
import type { CompletedManifest, StoreSeen } from './store-seen.ts';

/**
 * The files of a partition that the manifests of its brokers list. If several brokers have completed it, any of them may be
 * the one that a restore takes.
 */
export function judgeFiles(
  partition: number,
  completed: CompletedManifest[],
  location: StoreSeen['location'],
  look: Look,
): Judgement[] {
  const each = completed.map((one) => judgeOne(one, location, look));
  if (each.every((found) => found.length === 0)) return [];
  // All copies are wrong only if each of them is.
  if (each.every((found) => found.some(({ verdict }) => verdict === 'wrong'))) return each[0] ?? [];
  if (completed.length === 1) return each.flat();
  const bad = each.flat().map(({ says }) => says);
  return [
    look.unknown(
      `Of the ${completed.length} brokers that have completed partition ${partition}, not each is seen to have everything or to lack something; it is not known which of them a restore takes (${severalOf(bad)})`,
    ),
  ];
}

function judgeOne(
  { place, manifest, files, checksums }: CompletedManifest,
  location: StoreSeen['location'],
  look: Look,
): Judgement[] {
  const { snapshot, segments, snapshotId } = manifest;
  const byFile = checksums?.known?.byFile;
  const where = location(place.name);
  const contents = location(place.contents);
  if (!snapshot || !segments) {
    return [look.unknown(`The manifest ${where} lists its files in a form that is not known here`)];
  }
  if (files.unknown) return [look.notSeen(files.unknown)];
  const found: string[] = [];
  if (segments.length === 0) found.push(`The manifest ${where} lists no segment of the log`);
  if ((snapshot.length === 0) !== (snapshotId === undefined)) {
    found.push(
      snapshotId === undefined
        ? `The manifest ${where} lists files of a snapshot and names none`
        : `The manifest ${where} names the snapshot ${snapshotId} and lists none of its files`,
    );
  }
  const listed = [...inFolder('snapshot/', snapshot), ...inFolder('segments/', segments)];
  const missing = listed.filter((name) => !files.known.has(name));
  if (missing.length > 0) {
    found.push(
      `Of the files that ${where} lists, ${contents} lacks ${missing.length}: ${severalOf(missing)}`,
    );
  }
  const wasEmpty = (name: string) => byFile?.get(name.replace(/^snapshot\//, '')) === checksumOfNothing;
  const empty = listed.filter((name) => files.known.get(name) === 0 && !wasEmpty(name));
  if (empty.length > 0) {
    found.push(`${contents} has ${counted(empty.length, 'empty file')}: ${severalOf(empty)}`);
  }
  if (checksums?.known?.damaged !== undefined) {
    found.push(`The checksums of ${where} cannot be decompressed: ${checksums.known.damaged}`);
  }
  if (byFile) {
    const listedNames = new Set(snapshot.map(({ name }) => name));
    const unlisted = [...byFile.keys()].filter((name) => !listedNames.has(name));
    if (unlisted.length > 0) {
      found.push(`The snapshot of ${where} has had files that the backup lacks: ${severalOf(unlisted)}`);
    }
  }
  return found.map((says) => look.wrong(says, takeAnother));
}

/** The CRC-32C of a file that was empty already when the broker took it. */
const checksumOfNothing = 0;

function inFolder(folder: string, files: ListedFile[]): string[] {
  return files.map(({ name }) => `${folder}${name}`);
}
