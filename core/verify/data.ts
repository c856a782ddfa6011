import { BackupError } from '../errors.ts';
import type { Judgement } from '../ledger/verification.ts';
import { counted, lookAt, severalOf, takeAnother } from './judgement.ts';
import type { DataRead } from './read-data.ts';

/** The contents of the files of Zeebe's snapshots, of which the broker has kept the checksums. */
export function judgeData({ files, differing, unknown, segments }: DataRead): Judgement[] {
  const look = lookAt('data', 'zeebe');
  const found = [
    ...(differing.length > 0
      ? [
          look.wrong(
            `The contents of ${counted(differing.length, 'file')} of Zeebe's snapshots differ from what the brokers took: ${severalOf(differing)}`,
            takeAnother,
          ),
        ]
      : []),
    ...(unknown.length > 0 ? [ofUnknown(unknown, look)] : []),
  ];
  if (found.length > 0) return found;
  const rest =
    segments === 0
      ? ''
      : ` (${counted(segments, 'segment')} of the log, which have no checksum, were not read)`;
  return files === 0
    ? [look.unknown(`No file of Zeebe's snapshots was read${rest}`)]
    : [
        look.proven(
          `Every file of Zeebe's snapshots (${files}) has the checksum that its broker computed${rest}`,
        ),
      ];
}

function ofUnknown(unknown: DataRead['unknown'], look: ReturnType<typeof lookAt>): Judgement {
  const first = unknown.map(({ why }) => why).find((why) => why instanceof BackupError);
  const reasons = unknown.map(
    ({ name, why }) => `${name} (${why instanceof BackupError ? why.message : why})`,
  );
  return look.unknown(
    `The contents of ${counted(unknown.length, 'file')} of Zeebe's snapshots could not be compared: ${severalOf(reasons)}`,
    first?.remedy,
  );
}
