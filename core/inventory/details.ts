import { beginning, type ComponentStatus, firstPartitions, readTimestamp } from '../components/component.ts';
import type { ComponentName } from '../components/kinds.ts';
import { askedTwice, locateComponents } from '../components/locate.ts';
import { openComponent } from '../components/open.ts';
import { openSearch } from '../components/search/open-search.ts';
import { readSnapshotName, snapshotsOf } from '../components/snapshot-names.ts';
import { openBackupStore } from '../components/zeebe/store/open.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { askedComponents, type Held } from './held.ts';
import type { Asking } from './sources.ts';

type Needs = Pick<Context, 'http' | 'secrets' | 'search' | 'clock'>;

/** What all sources but the ledger have of one backup. */
export interface Details {
  /** In the form in which a list has it, of this backup alone. */
  held: Held;
  /** What each component that answered says of it. */
  statuses: Map<ComponentName, ComponentStatus>;
}

/** Asks every configured component, the repository and Zeebe's store for one backup, side by side. */
export async function gatherDetails(
  backupId: number,
  config: ClusterConfig,
  asking: Asking,
  context: Needs,
): Promise<Details> {
  const statuses = new Map<ComponentName, ComponentStatus>();
  const [repository, store] = await Promise.all([
    snapshotsInRepository(backupId, config, asking, context),
    partitionsInStore(backupId, config, asking, context),
    ...askedComponents(config).map(async (component) => {
      const { known } = await asking.ask(component, () => statusIn(component, backupId, config, context));
      if (known) statuses.set(component, known);
    }),
  ]);
  const lists = new Map(
    [...statuses].map(([component, { state, parts }]) => {
      const known = {
        backupId,
        state,
        ...beginning(parts.map(({ startedAt }) => startedAt)),
        ...firstPartitions(parts.map((part) => part.state)),
      };
      const backups = new Map(state === 'ABSENT' ? [] : [[backupId, known]]);
      return [component, { backups, isWhole: true }];
    }),
  );
  return { held: { lists, repository, store }, statuses };
}

async function statusIn(
  component: ComponentName,
  backupId: number,
  config: ClusterConfig,
  context: Needs,
): Promise<ComponentStatus | undefined> {
  const [located] = await locateComponents(config, context, [component]);
  if (!located) return undefined;
  if (located.problem) throw located.problem;
  const { target } = located;
  return askedTwice(async () => {
    await using opened = await openComponent(target, context);
    return await opened.check(backupId);
  });
}

async function snapshotsInRepository(
  backupId: number,
  { search }: ClusterConfig,
  asking: Asking,
  context: Needs,
): Promise<Held['repository']> {
  if (!search) return undefined;
  const { repository } = search;
  const { known } = await asking.ask('repository', async () => {
    await using engine = await openSearch(search, context);
    return await askedTwice(() => engine.snapshots(repository, snapshotsOf(backupId)));
  });
  if (!known) return undefined;
  const found = known.map((one) => ({
    ...one,
    startedAt: readTimestamp(one.startedAt),
    endedAt: readTimestamp(one.endedAt),
  }));
  const names = found
    .flatMap(({ name }) => readSnapshotName(name) ?? [])
    .filter((one) => one.backupId === backupId);
  return {
    name: repository,
    names: new Map(names.length > 0 ? [[backupId, names]] : []),
    running: new Set(found.filter(({ state }) => state === 'IN_PROGRESS').map(({ name }) => name)),
    read: new Map(found.map((one) => [one.name, one])),
  };
}

async function partitionsInStore(
  backupId: number,
  { zeebe }: ClusterConfig,
  asking: Asking,
  context: Needs,
): Promise<Held['store']> {
  const settings = zeebe.store;
  if (!settings?.s3 && !settings?.folder) return undefined;
  const { known } = await asking.ask('zeebeStore', async () => {
    await using store = await openBackupStore(settings, context);
    return store && { manifests: await store.manifests(backupId), home: store.files.home };
  });
  if (!known) return undefined;
  const { home, manifests } = known;
  const isThere = manifests.length > 0;
  return {
    home,
    ids: new Set(isThere ? [backupId] : []),
    read: new Map(isThere ? [[backupId, manifests]] : []),
  };
}
