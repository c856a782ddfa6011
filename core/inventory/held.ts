import { listBackups } from '../checks/lists.ts';
import type { KnownBackup } from '../components/component.ts';
import { type ComponentName, policyOfComponent, titles } from '../components/kinds.ts';
import { askedTwice, configuredComponents, locateComponents } from '../components/locate.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { askZeebeStore, type HeldPartitions } from './held-partitions.ts';
import { askRepository, type HeldSnapshots } from './held-snapshots.ts';
import type { Asking, ToRead } from './sources.ts';

type Needs = Pick<Context, 'http' | 'secrets' | 'search' | 'clock'>;

/** What all sources but the ledger hold now. A source that is not configured or gave no answer is missing. */
export interface Held {
  lists: Map<ComponentName, OwnList>;
  repository?: HeldSnapshots | undefined;
  store?: HeldPartitions | undefined;
}

/** A component's own list of its backups. */
interface OwnList {
  backups: Map<number, KnownBackup>;
  /** False if only some could be listed. Then a missing id means nothing. */
  isWhole: boolean;
}

/** Asks every configured component, the snapshot repository and Zeebe's store for their backups, side by side. */
export async function gatherHeld(
  config: ClusterConfig,
  { asking, toRead }: { asking: Asking; toRead: ToRead },
  context: Needs,
): Promise<Held> {
  const lists = new Map<ComponentName, OwnList>();
  const [repository, store] = await Promise.all([
    askRepository(config, asking, toRead, context),
    askZeebeStore(config, asking, toRead, context),
    ...askedComponents(config).map(async (component) => {
      const list = await askComponent(component, config, asking, context);
      if (list) lists.set(component, list);
    }),
  ]);
  return { lists, repository, store };
}

/** The components that have a list of their own. The repository shows what the search engine itself takes. */
export function askedComponents(config: ClusterConfig): ComponentName[] {
  return configuredComponents(config).filter(
    (component) => !policyOfComponent(component).isInTheSearchEngine,
  );
}

/** Every id that a source knows. */
export function heldIds({ lists, repository, store }: Held): number[] {
  const listed = [...lists.values()].flatMap(({ backups }) => [...backups.keys()]);
  return [...new Set([...listed, ...(repository?.names.keys() ?? []), ...(store?.ids ?? [])])];
}

async function askComponent(
  component: ComponentName,
  config: ClusterConfig,
  asking: Asking,
  context: Needs,
): Promise<OwnList | undefined> {
  const { known } = await asking.ask(component, async () => {
    const [located] = await locateComponents(config, context, [component]);
    if (!located) return undefined;
    if (located.problem) throw located.problem;
    const { target } = located;
    const near = Math.floor(context.clock.now() / 1000);
    return askedTwice(() => listBackups(target, { near }, context));
  });
  if (!known) return undefined;
  const { backups, error } = known;
  if (error) {
    const { message, remedy } = error;
    const says = `${titles[component]} could not list all of its backups: ${message}`;
    asking.note({ name: component, answered: false, says, ...(remedy ? { remedy } : {}) });
  }
  const present = backups.filter(({ state }) => state !== 'ABSENT');
  return { backups: new Map(present.map((one) => [one.backupId, one])), isWhole: !error };
}
