import { type Fact, factOf } from '../checks/fact.ts';
import type { ComponentStatus } from '../components/component.ts';
import { type ComponentName, consistsOfSnapshots } from '../components/kinds.ts';
import { askedTwice, configuredComponents, locateComponents } from '../components/locate.ts';
import { openComponent } from '../components/open.ts';
import type { BackupStore } from '../components/zeebe/store/backup-store.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import type { Manifest } from '../ledger/manifest.ts';
import { sideBySide } from '../side-by-side.ts';
import { gatherSnapshots, type SnapshotsSeen } from './snapshots-seen.ts';
import { gatherStore, type StoreSeen } from './store-seen.ts';

type Needs = Pick<Context, 'config' | 'ledger' | 'http' | 'secrets' | 'search' | 'clock'>;

/** Everything that was asked about a backup. Each fact is known, or says why it is not. */
export interface Facts {
  cluster: string;
  backupId: number;
  config: ClusterConfig;
  /** Undefined if the ledger has none: another tool or a person made the backup. */
  manifest: Fact<Manifest | undefined>;
  /** The components that the backup must have: those of its manifest, or without one the configured ones. */
  components: { component: ComponentName; status: Fact<ComponentStatus> }[];
  /** Undefined if the configuration has no search engine. */
  snapshots: Fact<SnapshotsSeen> | undefined;
  /** Undefined if the configuration has no store that can be read here. */
  store: Fact<StoreSeen> | undefined;
}

/**
 * Asks about a backup. Nothing else is asked about one that has failed, because its run may have deleted its parts, nor
 * about one that is still being taken, because it lacks what is not yet taken.
 */
export async function gatherFacts(
  { cluster, backupId, config }: Pick<Facts, 'cluster' | 'backupId' | 'config'>,
  store: BackupStore | undefined,
  context: Needs,
): Promise<Facts> {
  const manifest = await factOf(() => context.ledger.readManifest(cluster, backupId));
  if (manifest.known && manifest.known.state !== 'COMPLETED') {
    return { cluster, backupId, config, manifest, components: [], snapshots: undefined, store: undefined };
  }
  const expected = manifest.known?.expectedComponents ?? configuredComponents(config);
  const [components, snapshots, seen] = await Promise.all([
    statusOfEach(expected, backupId, config, context),
    config.search && expected.some(consistsOfSnapshots)
      ? gatherSnapshots({ cluster, backupId, search: config.search, manifest: manifest.known }, context)
      : undefined,
    store && factOf(() => gatherStore(backupId, store)),
  ]);
  return { cluster, backupId, config, manifest, components, snapshots, store: seen };
}

async function statusOfEach(
  expected: ComponentName[],
  backupId: number,
  config: ClusterConfig,
  context: Needs,
): Promise<Facts['components']> {
  const located = await locateComponents(config, context, expected);
  return sideBySide(expected, expected.length, async (component) => {
    const found = located.find((one) => one.component === component);
    const status = await factOf(async () => {
      if (!found) throw notConfigured(component);
      if (!found.target) throw found.problem;
      await using opened = await openComponent(found.target, context);
      return await askedTwice(() => opened.check(backupId));
    });
    return { component, status };
  });
}

function notConfigured(component: ComponentName): BackupError {
  return new BackupError(
    'ConfigurationError',
    `The backup has ${component}, and the configuration does not say where that is`,
    { remedy: `Configure \`${component}\`.` },
  );
}

/**
 * True if whatever belongs to the backup must be there: the ledger says that it has ended, or it is somewhere and is not
 * seen to be still being taken. Otherwise nothing follows from something that is missing.
 */
export function mustExist(facts: Facts): boolean {
  const { manifest, components } = facts;
  if (manifest.unknown) return false;
  if (manifest.known) return manifest.known.state !== 'RUNNING';
  return isSomewhere(facts) && !components.some(({ status }) => status.known?.state === 'IN_PROGRESS');
}

function isSomewhere({ components, snapshots, store }: Facts): boolean {
  return (
    components.some(({ status }) => status.known && !['ABSENT', 'UNKNOWN'].includes(status.known.state)) ||
    (snapshots?.known?.size ?? 0) > 0 ||
    (store?.known?.manifests.length ?? 0) > 0
  );
}

/**
 * Throws ConfigurationError if everything was asked and nothing has the backup: the id is a mistake, and nothing is
 * damaged.
 */
export function requireSomewhere(
  { cluster, backupId, manifest, components, snapshots, store }: Facts,
  { commands }: Pick<Context, 'commands'>,
): void {
  const isNowhere =
    !manifest.unknown &&
    manifest.known === undefined &&
    components.every(({ status }) => status.known?.state === 'ABSENT') &&
    (!snapshots || snapshots.known?.size === 0) &&
    (!store?.known || store.known.manifests.length === 0);
  if (!isNowhere) return;
  throw new BackupError(
    'ConfigurationError',
    `There is no backup ${backupId} of ${cluster}, neither in the ledger nor in any component`,
    { remedy: `To see which backups there are, run: ${commands.list(cluster)}` },
  );
}
