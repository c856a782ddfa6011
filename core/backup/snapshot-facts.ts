import { type ComponentName, titles } from '../components/kinds.ts';
import { briefly } from '../components/search/camunda-indices.ts';
import type { Snapshot } from '../components/search/engine.ts';
import type { SnapshotFiles } from '../components/search/inventory.ts';
import type { ComponentSnapshots, Counts, Gap, SnapshotFacts } from '../ledger/restore-facts.ts';

/** Names the counts of a component in a gap. */
export const countsOf = (component: ComponentName, when: 'before' | 'after'): string =>
  `the shards of ${titles[component]} ${when} the snapshots`;

type Shard = SnapshotFacts['indices'][number]['shards'][number];

/** Joins the facts about one snapshot from its description, its files, and the counts before and after it. */
export function snapshotFactsOf({
  name,
  repository,
  info,
  files,
  noted,
}: {
  name: string;
  repository: string;
  info: Snapshot | undefined;
  files: SnapshotFiles | undefined;
  noted: Pick<ComponentSnapshots, 'before' | 'after'>;
}): SnapshotFacts {
  const { before } = noted;
  const after = noted.after.find(({ snapshots }) => snapshots.includes(name));
  const names = info?.indices ?? files?.indices.map(({ index }) => index) ?? [];
  const indices = names.toSorted().map((index) => ({
    index,
    shards: shardsOf(
      files?.indices.find((one) => one.index === index)?.shards,
      before?.counts[index],
      after?.counts[index],
    ),
  }));
  const all = indices.flatMap(({ shards }) => shards);
  const sum = (figure: 'files' | 'bytes') => all.reduce((total, shard) => total + (shard[figure] ?? 0), 0);
  return {
    name,
    repository,
    ...(info?.uuid ? { uuid: info.uuid } : {}),
    ...(info?.version ? { version: info.version } : {}),
    ...(before ? { countedBefore: before.at } : {}),
    ...(after ? { countedAfter: after.at } : {}),
    ...(info ? { shards: info.shards.total } : {}),
    ...(files ? { files: sum('files'), bytes: sum('bytes') } : {}),
    indices,
  };
}

/** Joins the facts about each shard by its number. */
function shardsOf(
  files: SnapshotFiles['indices'][number]['shards'] = [],
  before: Counts[string] = [],
  after: Counts[string] = [],
): Shard[] {
  const shards = new Map<number, Shard>();
  const add = (figures: Shard) => shards.set(figures.shard, { ...shards.get(figures.shard), ...figures });
  for (const figures of files) add(figures);
  for (const [shard, last] of before) add({ shard, before: last });
  for (const [shard, last, documents, maxSeqNo] of after) add({ shard, documents, maxSeqNo, after: last });
  return [...shards.values()].toSorted((a, b) => a.shard - b.shard);
}

/**
 * Returns a gap for each of the two counts that lacks a shard of the snapshots, whatever the reason: the engine omits
 * indices that a user may not see, and the ledger may have lost a count.
 */
export function uncountedIn(
  snapshots: SnapshotFacts[],
  { component, before }: Pick<ComponentSnapshots, 'component' | 'before'>,
): Gap[] {
  const indices = snapshots.flatMap((one) => one.indices);
  const lacks = (figure: 'before' | 'after', { shards }: SnapshotFacts['indices'][number]) =>
    shards.length === 0 || shards.some((one) => one[figure] === undefined);
  const counted = Object.keys(before?.counts ?? {});
  // An index that only the later count shows did not exist at the first one, unless that shows nothing at all.
  const isNewer = (one: SnapshotFacts['indices'][number]) =>
    counted.length > 0 && !counted.includes(one.index) && !lacks('after', one);
  return (['before', 'after'] as const).flatMap((when) => {
    const names = indices
      .filter((one) => lacks(when, one) && !(when === 'before' && isNewer(one)))
      .map(({ index }) => index);
    if (names.length === 0) return [];
    const why = `No figures of every shard were counted for ${briefly([...new Set(names)])}`;
    return [{ what: countsOf(component, when), why }];
  });
}
