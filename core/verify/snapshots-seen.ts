import { type Fact, factOf } from '../checks/fact.ts';
import type { ComponentName } from '../components/kinds.ts';
import type { Snapshot } from '../components/search/engine.ts';
import { openSearch } from '../components/search/open-search.ts';
import { readSnapshotName, type SnapshotName, snapshotsOf } from '../components/snapshot-names.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import type { Manifest } from '../ledger/manifest.ts';
import { sideBySide } from '../side-by-side.ts';

/** A snapshot of the backup that must exist. */
export interface ExpectedSnapshot extends SnapshotName {
  /** Undefined if the repository has no snapshot of this name. */
  seen: Fact<Snapshot | undefined>;
  /** The id that the engine had given to the snapshot when the backup was complete; undefined if it is not recorded. */
  recordedUuid: string | undefined;
}

/** The snapshots of a backup by component. */
export type SnapshotsSeen = Map<ComponentName, ExpectedSnapshot[]>;

/** How many snapshots are asked for by their names at once. */
const atOnce = 4;

/**
 * Reads the snapshots of a backup from the repository. The engine omits a snapshot from a list also if it cannot read it,
 * so a missing one is asked for by its name.
 */
export async function gatherSnapshots(
  of: {
    cluster: string;
    backupId: number;
    search: NonNullable<ClusterConfig['search']>;
    manifest: Manifest | undefined;
  },
  context: Pick<Context, 'ledger' | 'search' | 'clock'>,
): Promise<Fact<SnapshotsSeen>> {
  const { cluster, backupId, search, manifest } = of;
  return factOf(async () => {
    await using engine = await openSearch(search, context);
    const listed = await engine.snapshots(search.repository, snapshotsOf(backupId));
    const known = new Map(listed.map((one) => [one.name, one]));
    const names = expectedNames([...known.keys()], scheduledIn(manifest), backupId);
    const uuids = await recordedUuids(cluster, backupId, names, context);
    const expected = await sideBySide(names, atOnce, async (name): Promise<ExpectedSnapshot> => {
      const snapshot = known.get(name.name);
      const seen = snapshot
        ? { known: snapshot }
        : await factOf(() => engine.snapshot(search.repository, name.name));
      return { ...name, seen, recordedUuid: uuids.get(name.name) };
    });
    return Map.groupBy(expected, ({ component }) => component);
  });
}

function scheduledIn(manifest: Manifest | undefined): string[] {
  return (manifest?.components ?? []).flatMap(({ scheduledSnapshots = [] }) => scheduledSnapshots);
}

/** Lists the snapshots that a backup must have: those that were announced, those that exist, and all parts of each of them. */
function expectedNames(listed: string[], scheduled: string[], backupId: number): SnapshotName[] {
  const names = [...listed, ...scheduled].flatMap((name) => readSnapshotName(name) ?? []);
  const all = names.filter((name) => name.backupId === backupId).flatMap(partsOf);
  return [...new Map(all.map((one) => [one.name, one])).values()].toSorted((a, b) =>
    a.name.localeCompare(b.name, 'en', { numeric: true }),
  );
}

function partsOf(one: SnapshotName): SnapshotName[] {
  return Array.from({ length: one.part.of }, (_, index) => ({
    ...one,
    name: one.name.replace(/_part_\d+_of_/, `_part_${index + 1}_of_`),
    part: { ...one.part, number: index + 1 },
  }));
}

/** What was recorded about the snapshots when the backup was made. Without a record, there is nothing to compare with. */
async function recordedUuids(
  cluster: string,
  backupId: number,
  names: SnapshotName[],
  { ledger }: Pick<Context, 'ledger'>,
): Promise<Map<string, string>> {
  const components = [...new Set(names.map(({ component }) => component))];
  const documents = await sideBySide(components, components.length, async (component) => {
    const { known } = await factOf(() => ledger.readSnapshots(cluster, backupId, component));
    return known?.snapshots ?? [];
  });
  return new Map(documents.flat().flatMap(({ name, uuid }) => (uuid === undefined ? [] : [[name, uuid]])));
}
