import { factOf } from '../checks/fact.ts';
import type { ClusterFacts } from '../checks/facts.ts';
import type { KnownBackup } from '../components/component.ts';
import { policyOf } from '../components/kinds.ts';
import { openComponent } from '../components/open.ts';
import type { SearchEngine } from '../components/search/engine.ts';
import { openSearch } from '../components/search/open-search.ts';
import { missingPrivilege, type RestoreCall } from '../components/search/privileges.ts';
import { sharedSearch } from '../components/search/shared.ts';
import type { Target } from '../components/target.ts';
import type { ClusterConfig } from '../config/schema.ts';
import { restApi } from '../connect/management.ts';
import type { Context } from '../context.ts';
import { isBackupError } from '../errors.ts';
import { within } from '../within.ts';
import type { Lacking, NewestBackup } from './facts.ts';

type Needs = Pick<Context, 'http' | 'secrets' | 'search' | 'clock'>;

/** In seconds, for each of these questions. */
const patience = 15;

/** What is asked when it is known which components there are. It changes nothing, and what gives no answer is left out. */
export async function askMore(
  config: ClusterConfig,
  cluster: ClusterFacts | undefined,
  context: Needs,
): Promise<{ newest: NewestBackup[]; lacking: Lacking[]; searchVersion: string | undefined }> {
  await using shared = sharedSearch(context);
  const asking = { ...context, search: shared.search };
  const [newest, ofSearch, ofRest, searchVersion] = await Promise.all([
    Promise.all(
      (cluster?.lists ?? []).map(({ target, backups }) => newestOf(target, backups, config, asking)),
    ),
    lackingAtSearch(config, asking),
    lackingAtRest(config, asking),
    versionOfSearch(config, asking),
  ]);
  return { newest: newest.flatMap((one) => one ?? []), lacking: [...ofSearch, ...ofRest], searchVersion };
}

async function versionOfSearch({ search }: ClusterConfig, context: Needs): Promise<string | undefined> {
  if (!search) return undefined;
  return orNothing(context, async () => {
    await using engine = await openSearch(search, context);
    return engine.version();
  });
}

async function newestOf(
  target: Target,
  backups: KnownBackup[],
  { search }: ClusterConfig,
  context: Needs,
): Promise<NewestBackup | undefined> {
  const last = backups.findLast(({ state }) => state !== 'IN_PROGRESS');
  if (target.kind !== 'application' || !policyOf(target).consistsOfSnapshots || !last) return undefined;
  const { component, url } = target;
  return orNothing(context, async () => {
    await using opened = await openComponent(target, context);
    const {
      state,
      parts,
      expectedParts: expected,
      failureReason: failure,
    } = await opened.check(last.backupId);
    const snapshots = parts.map(({ name }) => name);
    const [first] = snapshots;
    const isThere = first === undefined || !search ? undefined : await isIn(search, first, context);
    return { component, url, backupId: last.backupId, state, snapshots, expected, isThere, failure };
  });
}

async function isIn(
  search: NonNullable<ClusterConfig['search']>,
  snapshot: string,
  context: Needs,
): Promise<boolean | undefined> {
  return orNothing(context, async () => {
    await using engine = await openSearch(search, context);
    return (await engine.snapshotNames(search.repository, snapshot)).includes(snapshot);
  });
}

const because = 'the backups lack facts that a restore needs';
const calls: [RestoreCall, (engine: SearchEngine) => Promise<unknown>][] = [
  ['nodes', (engine) => engine.nodes()],
  ['indexTemplates', (engine) => engine.indexTemplates()],
  ['componentTemplates', (engine) => engine.componentTemplates()],
  ['policies', (engine) => engine.policies()],
];

async function lackingAtSearch({ search }: ClusterConfig, context: Needs): Promise<Lacking[]> {
  if (!search) return [];
  const found = await orNothing(context, async () => {
    await using engine = await openSearch(search, context);
    return Promise.all(
      calls.map(async ([name, call]) => {
        const { unknown } = await factOf(() => call(engine));
        return unknown && missingPrivilege(search, name, unknown);
      }),
    );
  });
  const privileges = new Set((found ?? []).filter((one) => one !== undefined));
  return [...privileges].map((privilege) => ({ subject: 'search', privilege, because }));
}

async function lackingAtRest({ zeebe: { rest } }: ClusterConfig, context: Needs): Promise<Lacking[]> {
  if (!rest) return [];
  const answer = await orNothing(context, () =>
    restApi(rest, context.http, context.secrets).ask('GET', 'exporting'),
  );
  if (answer?.status !== 403) return [];
  const privilege = 'the permission PAUSE on the resource EXPORTER';
  return [
    {
      subject: 'zeebe',
      privilege,
      because: 'without it, whether exporting is paused cannot be read (GET /v2/exporting)',
    },
  ];
}

/** The checks of a backup report what gives no answer. */
async function orNothing<T>(context: Needs, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await within(patience, work, context);
  } catch (error) {
    if (isBackupError(error)) return undefined;
    throw error;
  }
}
