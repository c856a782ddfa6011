import type { StoredManifest } from '../components/zeebe/store/backup-store.ts';
import type { Judgement } from '../ledger/verification.ts';
import { type Facts, mustExist } from './facts.ts';
import { type Look, lookAt, severalOf, takeAnother } from './judgement.ts';
import { recordedPartitions } from './partitions.ts';
import { judgeFiles } from './store-files.ts';
import type { CompletedManifest, StoreSeen } from './store-seen.ts';

/**
 * Zeebe's backup store: every partition has a manifest that is complete, all manifests agree, and every file that such a
 * manifest lists is there. The store is read here without Zeebe.
 */
export function judgeStore(facts: Facts): Judgement[] {
  if (!facts.components.some(({ component }) => component === 'zeebe')) return [];
  const look = lookAt('store', 'zeebe');
  const { store, backupId } = facts;
  if (!store) return [notConfigured(facts, look)];
  if (store.unknown) return [look.notSeen(store.unknown)];
  const seen = store.known;
  const strange = seen.manifests.flatMap((one) => (one.strange === undefined ? [] : [one]));
  if (seen.manifests.length === 0) return [noManifest(facts, seen, look)];
  const found = [
    ...strange.map(({ name, strange }) =>
      look.unknown(`The manifest ${seen.location(name)} has a form that is not known here (${strange})`),
    ),
    ...disagreements(facts, seen, look),
    ...everyPartition(facts, seen, look),
  ];
  if (found.length > 0) return found;
  const files = seen.completed.reduce((sum, { files }) => sum + (files.known?.size ?? 0), 0);
  return [
    look.proven(
      `${seen.home} has every partition (${partitionsIn(seen)}) of the backup ${backupId}, and every file of them (${files})`,
    ),
  ];
}

function notConfigured({ config }: Facts, look: Look): Judgement {
  const { store } = config.zeebe;
  return store
    ? look.unknown("Zeebe's backup store is not in S3 and not in a folder, so it was not read")
    : look.unknown(
        "Zeebe's backup store was not read: the configuration does not say where it is",
        'Configure `zeebe.store`, as it is set in the configuration of the brokers.',
      );
}

/** The state of a partition in Zeebe's own words; undefined if Zeebe did not answer, or does not know the partition. */
function toldOf(partition: number, { components }: Facts): string | undefined {
  const zeebe = components.find(({ component }) => component === 'zeebe')?.status.known;
  return zeebe?.parts.find(({ name }) => name === `partition ${partition}`)?.state;
}

/**
 * Zeebe reads its store each time it is asked. If it shows a completed backup that is not in the store that was read here,
 * then this is another store.
 */
const anotherStore = (home: string) =>
  `Compare \`zeebe.store\` with the configuration of the brokers, since they have a backup that ${home} lacks.`;

function noManifest(facts: Facts, { home, isEmpty }: StoreSeen, look: Look): Judgement {
  const says = `${home} has no manifest of the backup ${facts.backupId}`;
  const zeebe = facts.components.find(({ component }) => component === 'zeebe')?.status;
  if (zeebe?.known?.state === 'COMPLETED') return look.unknown(says, anotherStore(home));
  if (isEmpty) {
    return look.unknown(
      `${home} has no backup at all, so it may be another store than that of the brokers`,
      'Compare `zeebe.store` with the configuration of the brokers: bucket, base path or folder.',
    );
  }
  if (zeebe?.known?.state === 'ABSENT') return look.missing(says, mustExist(facts));
  return look.unknown(
    `${says}, and Zeebe did not say that it has none either, so it may be another store than that of the brokers`,
    'Compare `zeebe.store` with the configuration of the brokers, and verify again while Zeebe answers.',
  );
}

function everyPartition(facts: Facts, seen: StoreSeen, look: Look): Judgement[] {
  const count = partitionsIn(seen) ?? partitionsIn({ completed: readable(seen) });
  if (count === undefined) return [look.unknown('No manifest says how many partitions the cluster had')];
  return Array.from({ length: count }, (_, index) => index + 1).flatMap((partition) => {
    const manifests = seen.manifests.filter((one) => one.partition === partition);
    const completed = seen.completed.filter(({ place }) => place.partition === partition);
    if (completed.length === 0) return [notCompleted(partition, manifests, facts, seen, look)];
    return judgeFiles(partition, completed, seen.location, look);
  });
}

/** Says of which partitions no complete manifest lists the files; undefined if there is none. */
export function unreadPartitions(facts: Facts): string | undefined {
  const seen = facts.store?.known;
  if (!seen) return undefined;
  const count =
    recordedPartitions(facts) ?? partitionsIn(seen) ?? partitionsIn({ completed: readable(seen) });
  if (count === undefined) return "How many partitions' snapshots there were to read is not known";
  const unread = Array.from({ length: count }, (_, index) => index + 1).filter(
    (partition) => !seen.completed.some(({ place }) => place.partition === partition),
  );
  return unread.length === 0
    ? undefined
    : `The snapshot of partition ${severalOf(unread.map(String))} was not read: no complete manifest lists its files`;
}

const readable = ({ manifests }: StoreSeen) =>
  manifests.flatMap(({ manifest }) => (manifest ? [{ manifest }] : []));

function partitionsIn({
  completed,
}: {
  completed: Pick<CompletedManifest, 'manifest'>[];
}): number | undefined {
  return completed.map(({ manifest }) => manifest.partitions).find((count) => count !== undefined);
}

function notCompleted(
  partition: number,
  manifests: StoredManifest[],
  facts: Facts,
  { home }: StoreSeen,
  look: Look,
): Judgement {
  const known = manifests.flatMap(({ manifest }) => (manifest ? [manifest] : []));
  const states = known.map(({ state }) => state);
  const what = `Partition ${partition} of the backup ${facts.backupId}`;
  if (states.includes('IN_PROGRESS')) {
    return look.unknown(
      `${what} is still being taken, by its manifest`,
      'Verify it again when it has ended.',
    );
  }
  const strange = known.find(({ state }) => !['FAILED', 'DELETED'].includes(state));
  if (strange) return look.unknown(`${what} is ${strange.state} in ${home}, which is not known here`);
  const [failed] = known;
  if (failed) {
    const why = failed.failureReason ? `: ${failed.failureReason.split('\n')[0]}` : '';
    return look.wrong(`${what} is ${failed.state} in ${home}${why}`, takeAnother);
  }
  // The form of its only manifest is not known, which is told.
  if (manifests.length > 0) return look.unknown(`${what} is not known to be completed`);
  const says = `${what} has no manifest in ${home}`;
  return toldOf(partition, facts) === 'COMPLETED'
    ? look.unknown(says, anotherStore(home))
    : look.wrong(says, takeAnother);
}

/** What manifests say that cannot be true at the same time. */
function disagreements(facts: Facts, seen: StoreSeen, look: Look): Judgement[] {
  const { backupId, manifest: ledgers } = facts;
  const entry = ledgers.known?.components.find(({ component }) => component === 'zeebe');
  const counts = seen.completed.map(({ manifest }) => manifest.partitions);
  const all = [...new Set([...counts, entry?.partitions].filter((count) => count !== undefined))];
  const versions = [...new Set(seen.completed.flatMap(({ manifest }) => manifest.brokerVersion ?? []))];
  const misplaced = readablePlaces(seen).filter(
    ({ manifest: { id }, partition, node }) =>
      String(id.backupId) !== String(backupId) || id.partition !== partition || id.node !== node,
  );
  const replaced = seen.completed.filter(({ place, manifest }) => {
    const part = entry?.parts?.find(({ name }) => name === `partition ${place.partition}`);
    return part?.checkpointPosition !== undefined && manifest.checkpointPosition !== undefined
      ? String(part.checkpointPosition) !== String(manifest.checkpointPosition)
      : false;
  });
  return [
    ...(all.length > 1
      ? [look.wrong(`The number of partitions is ${all.join(' in one place and ')} in another`, takeAnother)]
      : []),
    ...(versions.length > 1
      ? [look.wrong(`Brokers of different versions wrote the manifests: ${versions.join(', ')}`, takeAnother)]
      : []),
    ...misplaced.map(({ name, manifest: { id } }) =>
      look.wrong(
        `The manifest ${seen.location(name)} is of partition ${id.partition} of the backup ${id.backupId} by the broker ${id.node}`,
        takeAnother,
      ),
    ),
    ...(replaced.length > 0
      ? [
          look.wrong(
            `${severalOf(replaced.map(({ place }) => `Partition ${place.partition}`))} is not what this backup took: its position is another one than when the backup was complete`,
            takeAnother,
          ),
        ]
      : []),
  ];
}

function readablePlaces({ manifests }: StoreSeen) {
  return manifests.flatMap(({ name, partition, node, manifest }) =>
    manifest ? [{ name, partition, node, manifest }] : [],
  );
}
