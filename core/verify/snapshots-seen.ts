import { type Fact, factOf } from '../checks/fact.ts';
import type { ComponentName } from '../components/kinds.ts';
import type { Snapshot } from '../components/search/engine.ts';
import { openSearch } from '../components/search/open-search.ts';
import { readSnapshotName, type SnapshotName, snapshotsOf } from '../components/snapshot-names.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import type { Manifest } from '../ledger/manifest.ts';
import type { SnapshotFacts } from '../ledger/restore-facts.ts';
import { sideBySide } from '../side-by-side.ts';

/** A snapshot of the backup that must exist. */
export interface ExpectedSnapshot extends SnapshotName {
  /** Undefined if the repository has no snapshot of this name. */
  seen: Fact<Snapshot | undefined>;
  /** What was recorded of the snapshot when the backup was complete; undefined if nothing was. */
  recorded: Fact<SnapshotFacts | undefined>;
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
    const recordedOf = await recordedSnapshots(cluster, backupId, names, context);
    const expected = await sideBySide(names, atOnce, async (name): Promise<ExpectedSnapshot> => {
      const snapshot = known.get(name.name);
      const seen = snapshot
        ? { known: snapshot }
        : await factOf(() => engine.snapshot(search.repository, name.name));
      return { ...name, seen, recorded: recordedOf(name) };
    });
    return Map.groupBy(expected, ({ component }) => component);
  });
}

function scheduledIn(manifest: Manifest | undefined): string[] {
  return (manifest?.components ?? []).flatMap(({ scheduledSnapshots = [] }) => scheduledSnapshots);
}

/**
 * Lists the snapshots that a backup must have: those that were announced, those that exist, and all parts of each of them.
 * Where a component has announced its snapshots, others of the same id belong to somebody else, such as a cluster with
 * another prefix in the same repository.
 */
function expectedNames(listed: string[], scheduled: string[], backupId: number): SnapshotName[] {
  const namesIn = (texts: string[]) =>
    texts.flatMap((text) => readSnapshotName(text) ?? []).filter((name) => name.backupId === backupId);
  const announced = namesIn(scheduled);
  const others = namesIn(listed).filter(({ component, prefix }) => {
    const prefixes = announced.filter((one) => one.component === component).map((one) => one.prefix);
    return prefixes.length === 0 || prefixes.includes(prefix);
  });
  const all = [...others, ...announced].flatMap(partsOf);
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

/** Reads what was recorded about the snapshots when the backup was made. */
async function recordedSnapshots(
  cluster: string,
  backupId: number,
  names: SnapshotName[],
  { ledger }: Pick<Context, 'ledger'>,
): Promise<(name: SnapshotName) => Fact<SnapshotFacts | undefined>> {
  const components = [...new Set(names.map(({ component }) => component))];
  const documents = new Map(
    await sideBySide(components, components.length, async (component) => {
      const fact = await factOf(() => ledger.readSnapshots(cluster, backupId, component));
      return [component, fact] as const;
    }),
  );
  return ({ component, name }) => {
    const document = documents.get(component);
    if (document?.unknown) return document;
    return { known: document?.known?.snapshots?.find((one) => one.name === name) };
  };
}
