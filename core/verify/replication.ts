import { type Fact, factOf } from '../checks/fact.ts';
import type { BackupStore } from '../components/zeebe/store/backup-store.ts';
import type { Judgement } from '../ledger/verification.ts';
import { sideBySide } from '../side-by-side.ts';
import { counted, lookAt, severalOf } from './judgement.ts';
import type { StoreSeen } from './store-seen.ts';

/** How many files are asked for at once. */
const atOnce = 10;

/**
 * Asks S3 for the state of the copies in another bucket: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html
 * Returns it by file; empty if S3 copies none of the manifests.
 */
export function gatherReplication(
  { completed }: StoreSeen,
  { files }: BackupStore,
): Promise<Fact<Map<string, string | undefined>>> {
  const ask = async (names: string[]) =>
    sideBySide(
      names,
      atOnce,
      async (name): Promise<[string, string | undefined]> => [name, await files.replication(name)],
    );
  return factOf(async () => {
    const manifests = await ask(completed.map(({ place }) => place.name));
    if (manifests.every(([, state]) => state === undefined)) return new Map();
    const names = completed.flatMap(({ place, files: there }) =>
      [...(there.known?.keys() ?? [])].map((name) => `${place.contents}${name}`),
    );
    return new Map([...manifests, ...(await ask(names))]);
  });
}

const copied = ['COMPLETED', 'COMPLETE', 'REPLICA'];

/**
 * Judges the copies. A copy that failed is wrong only if copies must be known: the backup itself is as good without them.
 */
export function judgeReplication(
  { known, unknown }: Fact<Map<string, string | undefined>>,
  { isRequired }: { isRequired: boolean },
): Judgement[] {
  const look = lookAt('replication', 'zeebe');
  if (unknown) return [look.notSeen(unknown)];
  if (known.size === 0) return [];
  const those = (is: (state: string | undefined) => boolean) =>
    [...known].flatMap(([name, state]) => (is(state) ? [name] : []));
  const failed = those((state) => state === 'FAILED');
  if (failed.length > 0) {
    const says = `S3 could not copy ${counted(failed.length, 'file')} of Zeebe's backup to the other bucket: ${severalOf(failed)}`;
    const remedy =
      'Correct the rule of the replication and its role, and copy these files (S3 Batch Replication). In this bucket the backup is not affected.';
    return [isRequired ? look.wrong(says, remedy) : look.warning(says, remedy)];
  }
  const open = those((state) => state === undefined || !copied.includes(state));
  return open.length > 0
    ? [
        look.unknown(
          `Whether ${open.length} of ${counted(known.size, 'file')} of Zeebe's backup are copied to the other bucket is not known yet: ${severalOf(open)}`,
          'Verify it again later.',
        ),
      ]
    : [look.proven(`Every file of Zeebe's backup (${known.size}) is copied to another bucket`)];
}
