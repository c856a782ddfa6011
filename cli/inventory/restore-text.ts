import { readSnapshotName } from '../../core/components/snapshot-names.ts';
import type { ShownBackup } from '../../core/inventory/shown.ts';
import { line } from '../screen/labelled.ts';
import type { Screen } from '../screen/output.ts';
import { counted } from '../screen/values.ts';

type Needs = NonNullable<ShownBackup['restore']>;

/** What a restore needs besides the backup itself. */
export function restoreLines(shown: ShownBackup, stdout: Screen): string[] {
  const { restore, backup } = shown;
  if (!restore) return backup.madeBy === 'ledger' ? [] : [line('not recorded', onlyOfLedger, stdout)];
  const { zeebe, applications, search } = restore;
  const versions = applications.map(
    ({ component, version = versionSeen(component, shown) }) =>
      `${component} ${version ?? '(version not known)'}`,
  );
  const facts: [string, string | undefined][] = [
    ['Zeebe', zeebe && zeebeIn({ version: versionSeen('zeebe', shown), ...zeebe })],
    ['store', zeebe && (zeebe.store ? placeOf(zeebe.store) : 'not known: `zeebe.store` was not configured')],
    ['applications', versions.join(', ') || undefined],
    ['search engine', search && engineIn(search)],
    ['repository', search && repositoryIn(search.repository)],
    ['prefixes', prefixesIn(search?.prefixes)],
  ];
  return facts.flatMap(([name, text]) => (text === undefined ? [] : [line(name, text, stdout)]));
}

const onlyOfLedger =
  'Only a backup that this ledger made has these facts. The parts above show the versions that are known.';

/** The version in the names of a component's snapshots, or the one of its brokers; undefined if they differ. */
function versionSeen(component: string, { components }: ShownBackup): string | undefined {
  const parts = components.filter((one) => one.component === component).flatMap((one) => one.parts);
  const [version, ...others] = new Set(
    parts.flatMap(({ name, brokerVersion }) => brokerVersion ?? readSnapshotName(name)?.version ?? []),
  );
  return others.length === 0 ? version : undefined;
}

function zeebeIn(zeebe: NonNullable<Needs['zeebe']>): string {
  const { version, partitions, clusterSize, replicationFactor, brokerIds, tenant } = zeebe;
  const facts = [
    version === undefined ? 'version not known' : `exactly ${version}`,
    counted(partitions, 'partition'),
    `${counted(clusterSize, 'broker')} (${brokerIds.join(', ')})`,
    replicationFactor === undefined ? undefined : `replication factor ${replicationFactor}`,
    tenant && `tenant ${tenant}`,
  ];
  return facts.filter(Boolean).join(', ');
}

function placeOf(store: NonNullable<NonNullable<Needs['zeebe']>['store']>): string {
  return Object.entries(store)
    .map(([kind, place]) => `${kind} ${typeof place === 'string' ? place : settingsIn(place ?? {})}`)
    .join(', ');
}

function engineIn({ engine, version, nodes }: NonNullable<Needs['search']>): string {
  const named = version?.startsWith(engine) ? version : `${engine} ${version ?? '(version not known)'}`;
  return nodes ? `${named}, ${counted(nodes.length, 'node')}` : named;
}

function repositoryIn({ name, type, settings = {} }: NonNullable<Needs['search']>['repository']): string {
  return [name, type, settingsIn(settings)].filter(Boolean).join(', ');
}

function prefixesIn(prefixes: Record<string, string[]> | undefined): string | undefined {
  const named = Object.entries(prefixes ?? {}).flatMap(([family, found]) =>
    found.filter((one) => one !== '').map((one) => `${family} ${one}`),
  );
  return named.length > 0 ? named.join(', ') : undefined;
}

function settingsIn(settings: Record<string, string | undefined>): string {
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ');
}
