import { BackupError } from '../errors.ts';
import type { Judgement } from '../ledger/verification.ts';
import { lookAt, severalOf, takeAnother } from './judgement.ts';
import type { DataRead } from './read-data.ts';

/** The contents of the files of Zeebe's snapshots, of which the broker has kept the checksums. */
export function judgeData({ files, differing, unknown, segments }: DataRead): Judgement[] {
  const look = lookAt('data', 'zeebe');
  const found = [
    ...(differing.length > 0
      ? [
          look.wrong(
            `${differing.length} files of Zeebe's snapshots are not what the brokers took: ${severalOf(differing)}`,
            takeAnother,
          ),
        ]
      : []),
    ...(unknown.length > 0 ? [ofUnknown(unknown, look)] : []),
  ];
  if (found.length > 0) return found;
  const rest =
    segments === 0 ? '' : ` (the ${segments} segments of the log have no checksum, and were not read)`;
  return files === 0
    ? [look.unknown(`No file of Zeebe's snapshots was read${rest}`)]
    : [
        look.proven(
          `All ${files} files of Zeebe's snapshots have the checksums that the brokers computed${rest}`,
        ),
      ];
}

function ofUnknown(unknown: DataRead['unknown'], look: ReturnType<typeof lookAt>): Judgement {
  const first = unknown.map(({ why }) => why).find((why) => why instanceof BackupError);
  const reasons = unknown.map(
    ({ name, why }) => `${name} (${why instanceof BackupError ? why.message : why})`,
  );
  return look.unknown(
    `${unknown.length} files of Zeebe's snapshots could not be compared: ${severalOf(reasons)}`,
    first?.remedy,
  );
}
