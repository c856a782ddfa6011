import type { GuardProperties } from './request.ts';

/** The things that a change takes away from each cluster. A cluster that loses nothing is omitted. */
export type TakenAway = Map<string, string[]>;

/** Compares the properties before and after an update. */
export function takenAway(before: GuardProperties, after: GuardProperties): TakenAway {
  const kept = new Set([...after.Reach, ...after.Clusters.flatMap(({ Reach }) => Reach)]);
  const names = new Set(after.Clusters.map(({ Name }) => Name));
  const fromAll = [
    ...(placeOf(before) === placeOf(after) ? [] : [`the ledger in ${placeOf(before)}`]),
    ...before.Reach.filter((thing) => !kept.has(thing)),
  ];
  return new Map(
    before.Clusters.flatMap(({ Name, Reach }): [string, string[]][] => {
      const cluster = names.has(Name) ? [] : [`the cluster ${Name}`];
      const things = [...cluster, ...fromAll, ...Reach.filter((thing) => !kept.has(thing))];
      return things.length > 0 ? [[Name, things]] : [];
    }),
  );
}

function placeOf({ BucketName, Prefix }: GuardProperties): string {
  const bucket = BucketName ? `the bucket ${BucketName}` : 'the bucket of the stack';
  return Prefix ? `${bucket} below ${Prefix}` : bucket;
}
