import * as z from 'zod';
import { BackupError } from '../errors.ts';
import type { Judgement } from '../ledger/verification.ts';
import { counted, lookAt, severalOf, takeAnother } from './judgement.ts';
import type { DataRead } from './read-data.ts';

/** Files of which the same is to be said: how many there are, and what there is to say about the first ones. */
export const several = z.strictObject({ count: z.int(), first: z.array(z.string()) });
type Several = z.infer<typeof several>;

/** What the contents of the snapshots' files came to. It stays small, however many files there are. */
export interface DataSeen extends Pick<DataRead, 'files' | 'bytes' | 'seconds' | 'segments'> {
  /** The files that are not what the broker took. */
  differing: Several;
  /** The files of which nothing is known. */
  unknown: Several;
  /** What to do about those. */
  remedy?: string | undefined;
}

/** The first files are named, and the others are counted. */
export const namedFiles = 3;

/** Reduces what was read to what is told of it. */
export function seenIn({ differing, unknown, ...rest }: DataRead): DataSeen {
  const reasons = unknown.map(
    ({ name, why }) => `${name} (${why instanceof BackupError ? why.message : why})`,
  );
  const first = unknown.map(({ why }) => why).find((why) => why instanceof BackupError);
  return {
    ...rest,
    differing: { count: differing.length, first: differing.slice(0, namedFiles) },
    unknown: { count: unknown.length, first: reasons.slice(0, namedFiles) },
    ...(first?.remedy === undefined ? {} : { remedy: first.remedy }),
  };
}

/**
 * The contents of the files of Zeebe's snapshots, of which the broker has kept the checksums. `unread` names the partitions
 * whose files nobody could read, since they have no complete manifest.
 */
export function judgeData(
  { files, differing, unknown, remedy, segments }: DataSeen,
  unread: string | undefined,
): Judgement[] {
  const look = lookAt('data', 'zeebe');
  const found = [
    ...(differing.count > 0
      ? [
          look.wrong(
            `The contents of ${counted(differing.count, 'file')} of Zeebe's snapshots differ from what the brokers took: ${severalOf(differing.first, differing.count)}`,
            takeAnother,
          ),
        ]
      : []),
    ...(unknown.count > 0
      ? [
          look.unknown(
            `The contents of ${counted(unknown.count, 'file')} of Zeebe's snapshots could not be compared: ${severalOf(unknown.first, unknown.count)}`,
            remedy,
          ),
        ]
      : []),
  ];
  if (unread !== undefined) found.push(look.unknown(unread));
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
