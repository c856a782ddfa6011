import type { Snapshot } from '../components/search/engine.ts';
import type { Judgement } from '../ledger/verification.ts';
import type { Facts } from './facts.ts';
import { lookAt } from './judgement.ts';

/**
 * Optimize saves the positions of its import in its first snapshot, and the imported data in the second. A restore with
 * positions that are newer than the data leaves out what was imported in between. On Elasticsearch, Optimize takes one
 * after the other; on OpenSearch it starts both at once. Only the times of the snapshots show the order.
 */
export function judgeOptimizeOrder({ snapshots, components }: Facts): Judgement[] {
  if (!components.some(({ component }) => component === 'optimize')) return [];
  const look = lookAt('optimizeOrder', 'optimize');
  if (!snapshots) return [look.unknown("The times of Optimize's snapshots were not looked at")];
  if (snapshots.unknown) return [look.notSeen(snapshots.unknown)];
  const parts = snapshots.known.get('optimize') ?? [];
  const partNumber = (number: number) => parts.find(({ part }) => part.number === number)?.seen.known;
  const positions = partNumber(1);
  const data = partNumber(2);
  // Missing parts are told as such.
  if (!positions || !data || parts.length !== 2) return [];
  if (isBefore(positions, data)) {
    return [look.proven("Optimize's positions were saved before its data")];
  }
  if (isBefore(data, positions)) {
    return [
      look.wrong(
        `Optimize's data was saved before its positions (${data.name} ended at ${data.endedAt}, ${positions.name} began at ${positions.startedAt}): after a restore, what Optimize imported in between is missing`,
        'Do not count on the data of Optimize in this backup: take another backup.',
      ),
    ];
  }
  return [
    look.unknown(
      "Optimize's positions and its data were saved at the same time, as Optimize does on OpenSearch: if its positions are newer than its data, what it imported in between is missing after a restore",
    ),
  ];
}

function isBefore(one: Snapshot, other: Snapshot): boolean {
  if (one.endedAt === undefined || other.startedAt === undefined) return false;
  return Date.parse(one.endedAt) <= Date.parse(other.startedAt);
}
