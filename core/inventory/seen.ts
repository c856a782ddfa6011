import type { ComponentState, KnownBackup } from '../components/component.ts';
import { type ComponentName, consistsOfSnapshots, titles } from '../components/kinds.ts';
import { mostParts, type SnapshotName } from '../components/snapshot-names.ts';
import type { StoredManifest } from '../components/zeebe/store/backup-store.ts';
import type { ComponentEntry } from '../ledger/manifest.ts';
import type { Held } from './held.ts';
import type { HeldPartitions } from './held-partitions.ts';
import type { HeldSnapshots } from './held-snapshots.ts';

/** What is seen now of one component's part of a backup. */
export interface Seen {
  component: ComponentName;
  /** UNKNOWN if no source that could be asked shows it. */
  state: ComponentState;
  /** What was seen, as a part of a sentence. */
  says: string;
}

type Sight = Omit<Seen, 'component'>;
type Recorded = Pick<ComponentEntry, 'scheduledSnapshots' | 'partitions'>;

/**
 * Finds out what is there of a component's backup: by its own list, and by what is in the repository or in Zeebe's store.
 * A component that says COMPLETED may have lost a part since it looked, so that the worse of both counts. `recorded` is
 * the component's entry in the manifest.
 */
export function seenOf(
  component: ComponentName,
  backupId: number,
  held: Held,
  recorded: Recorded | undefined,
): Seen {
  const title = titles[component];
  const list = held.lists.get(component);
  const own = list?.backups.get(backupId);
  if (list?.isWhole && !own) return { component, state: 'ABSENT', says: `${title} does not have it` };
  const place = placeOf(component, backupId, held, recorded);
  if (!own || own.state === 'UNKNOWN') {
    return { component, ...(place ?? { state: 'UNKNOWN', says: `${title} could not be asked` }) };
  }
  const word = ownWord(own, title, recorded?.partitions);
  return { component, ...(place && contradicts(place, word, recorded) ? withWord(place, title) : word) };
}

/** What is seen where the component keeps its backups; undefined if that could not be asked. */
function placeOf(
  component: ComponentName,
  backupId: number,
  { repository, store }: Held,
  recorded: Recorded | undefined,
): Sight | undefined {
  if (repository && consistsOfSnapshots(component)) {
    const names = (repository.names.get(backupId) ?? []).filter((one) => one.component === component);
    return seenInRepository(repository, names, titles[component], recorded?.scheduledSnapshots);
  }
  return store && component === 'zeebe' ? seenInStore(store, backupId) : undefined;
}

/** While a component is at work, parts are still to come, and one that says FAILED knows more than the place does. */
function contradicts({ state }: Sight, word: Sight, recorded: Recorded | undefined): boolean {
  if (!['COMPLETED', 'UNKNOWN'].includes(word.state)) return false;
  // A place that has nothing at all of it may be another one than the component's, unless these very names were recorded.
  if (state === 'ABSENT') return (recorded?.scheduledSnapshots ?? []).length > 0;
  return isLost({ state });
}

function withWord({ state, says }: Sight, title: string): Sight {
  return { state, says: `${says}, although ${title} still lists it` };
}

/** True if a part that was complete cannot be restored any more. A component that works on it again may end well. */
export function isLost({ state }: Pick<Seen, 'state'>): boolean {
  return ['ABSENT', 'INCOMPLETE', 'FAILED', 'INCOMPATIBLE'].includes(state);
}

/** Zeebe calls every older backup INCOMPLETE after partitions were added to the cluster. */
function ownWord(
  { state, firstPartitions: had }: KnownBackup,
  title: string,
  partitions: number | undefined,
): Sight {
  const says = `${title} says ${state}`;
  if (had === undefined) return { state, says };
  if (had === partitions)
    return { state: 'COMPLETED', says: `${says}, for lack of partitions that are newer` };
  return partitions === undefined
    ? {
        state: 'UNKNOWN',
        says: `${says}: it has ${had} partitions, and whether there were more then is not known`,
      }
    : { state, says };
}

function seenInRepository(
  repository: HeldSnapshots,
  names: SnapshotName[],
  title: string,
  scheduled: string[] | undefined,
): Sight {
  const where = `the repository ${repository.name}`;
  if (names.length === 0) return { state: 'ABSENT', says: `${where} has no snapshot of ${title}` };
  if (names.some(({ name }) => repository.running.has(name))) {
    return { state: 'IN_PROGRESS', says: `${where} has running snapshots of ${title}` };
  }
  const there = new Set(names.map(({ name }) => name));
  const missing = scheduled ? scheduled.filter((name) => !there.has(name)) : missingParts(names);
  if (missing.length > 0) {
    return { state: 'INCOMPLETE', says: `${where} lacks ${firstOf(missing)} of ${title}` };
  }
  const read = names.flatMap(({ name }) => repository.read.get(name) ?? []);
  const bad = read.find(({ state, shards }) => state !== 'SUCCESS' || shards.failed > 0);
  if (bad) {
    const shards = bad.shards.failed > 0 ? `, with ${bad.shards.failed} failed shards` : '';
    return { state: 'FAILED', says: `the snapshot ${bad.name} is ${bad.state}${shards}` };
  }
  // A snapshot of records that matched no index is a success for the engine.
  const empty = read.find(({ indices }) => indices.length === 0);
  if (empty && names[0]?.component === 'records') {
    return { state: 'FAILED', says: `the snapshot ${empty.name} has no index` };
  }
  return read.length === names.length
    ? { state: 'COMPLETED', says: `${where} has all snapshots of ${title}` }
    : { state: 'UNKNOWN', says: `${where} has all snapshots of ${title}, whose states were not read` };
}

/** Names the parts that are missing by their numbers, for each prefix: `part 3 of 6`. */
function missingParts(names: SnapshotName[]): string[] {
  return [...Map.groupBy(names, ({ prefix }) => prefix).values()].flatMap((group) => {
    const of = Math.max(...group.map(({ part }) => part.of));
    const there = new Set(group.map(({ part }) => part.number));
    return numbersTo(of)
      .filter((number) => !there.has(number))
      .map((number) => `part ${number} of ${of}`);
  });
}

function seenInStore({ home, ids, read }: HeldPartitions, backupId: number): Sight {
  const where = `the backup store ${home}`;
  if (!ids.has(backupId)) return { state: 'ABSENT', says: `${where} does not have it` };
  const stored = read.get(backupId);
  if (!stored) return { state: 'UNKNOWN', says: `${where} has it, and its manifests were not read` };
  const strange = stored.find((one) => one.strange !== undefined);
  if (strange)
    return {
      state: 'UNKNOWN',
      says: `${where} has a manifest in a form that is not known (${strange.name})`,
    };
  const count = Math.max(...stored.map(({ manifest }) => manifest?.partitions ?? 0));
  if (count < 1 || count > mostParts)
    return { state: 'UNKNOWN', says: `${where} does not say how many partitions it has` };
  const states = numbersTo(count).map((partition) => ({ partition, state: bestOf(stored, partition) }));
  const bad = states.filter(({ state }) => state !== 'COMPLETED');
  if (bad.length === 0) return { state: 'COMPLETED', says: `${where} has all ${count} partitions` };
  const says = firstOf(bad.map(({ partition, state }) => `partition ${partition} is ${state}`));
  const worst = worstStates.find((one) => bad.some(({ state }) => state === one)) ?? 'UNKNOWN';
  return { state: worst === 'ABSENT' ? 'INCOMPLETE' : worst, says: `${says} in ${where}` };
}

/** After a change of the leader, several brokers may have a manifest of a partition. One that is COMPLETED is enough. */
function bestOf(stored: StoredManifest[], partition: number): ComponentState {
  const states = stored.filter((one) => one.partition === partition).map(({ manifest }) => manifest?.state);
  if (states.length === 0) return 'ABSENT';
  return (['COMPLETED', 'IN_PROGRESS', 'FAILED'] as const).find((one) => states.includes(one)) ?? 'UNKNOWN';
}

/** The state of a whole backup with such a partition, the worst first. */
const worstStates: ComponentState[] = ['FAILED', 'IN_PROGRESS', 'ABSENT', 'UNKNOWN'];

/** Names the first of many, because a person reads this. */
function firstOf(all: string[]): string {
  const further = all.length - mostNamed;
  return further > 0 ? `${all.slice(0, mostNamed).join(', ')} and ${further} more` : all.join(', ');
}
const mostNamed = 20;

const numbersTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
