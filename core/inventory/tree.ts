import type { Part } from '../components/component.ts';
import type { ComponentName } from '../components/kinds.ts';
import type { ComponentEntry } from '../ledger/manifest.ts';
import type { SnapshotFacts } from '../ledger/restore-facts.ts';
import type { Details } from './details.ts';
import type { Documents } from './documents.ts';
import { seenOf } from './seen.ts';
import type { ShownComponent, ShownPart } from './shown.ts';

/** What is recorded and seen of one component's part of a backup, with its own parts below it. */
export function componentIn(
  of: { component: ComponentName; backupId: number; documents: Documents },
  details: Details,
): ShownComponent {
  const { component, backupId, documents } = of;
  const entry = documents.entries.find((one) => one.component === component);
  const counted = documents.counted.get(component) ?? [];
  const { state: now, says } = seenOf(component, backupId, details.held, entry);
  const { state, url, version, requestedAt, startedAt, endedAt, failure, repository, indices } = entry ?? {};
  return {
    component,
    state,
    now,
    says,
    url,
    version,
    requestedAt,
    startedAt,
    endedAt,
    failure: failure ?? details.statuses.get(component)?.failureReason,
    repository,
    indices,
    parts: partsOf(component, backupId, { entry, counted }, details),
  };
}

/** Joins the parts that were recorded with those that are seen now, by their names. */
function partsOf(
  component: ComponentName,
  backupId: number,
  { entry, counted }: { entry: ComponentEntry | undefined; counted: SnapshotFacts[] },
  details: Details,
): ShownPart[] {
  const recorded = new Map((entry?.parts ?? []).map((one) => [one.name, one]));
  const seen = new Map(seenParts(component, backupId, details).map((one) => [one.name, one]));
  const names = new Set([...(entry?.scheduledSnapshots ?? []), ...recorded.keys(), ...seen.keys()]);
  return [...names]
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((name) => {
      const then = recorded.get(name);
      const now = seen.get(name);
      const size = counted.find((one) => one.name === name);
      return {
        ...now,
        ...then,
        name,
        state: then?.state,
        now: now?.state,
        shards: size?.shards,
        files: size?.files,
        bytes: size?.bytes,
      };
    });
}

/** What a component says of its parts, or else what the repository or Zeebe's store shows of them. */
function seenParts(component: ComponentName, backupId: number, { held, statuses }: Details): Part[] {
  const status = statuses.get(component);
  if (status && status.parts.length > 0) return status.parts;
  if (component === 'zeebe') {
    return (held.store?.read.get(backupId) ?? []).map(({ partition, manifest, strange }) => ({
      name: `partition ${partition}`,
      state: manifest?.state ?? `UNKNOWN (${strange})`,
      startedAt: manifest?.createdAt,
      endedAt: manifest?.modifiedAt,
      failure: manifest?.failureReason,
      brokerVersion: manifest?.brokerVersion,
      checkpointPosition: manifest?.checkpointPosition,
      snapshotId: manifest?.snapshotId,
    }));
  }
  return (held.repository?.names.get(backupId) ?? [])
    .filter((one) => one.component === component)
    .flatMap(({ name }) => held.repository?.read.get(name) ?? [])
    .map(({ name, state, startedAt, endedAt, failures }) => ({
      name,
      state,
      startedAt,
      endedAt,
      failure: failures.length > 0 ? failures.slice(0, 3).join('; ') : undefined,
    }));
}
