import { nowIso } from '../clock.ts';
import { consistsOfSnapshots, titles } from '../components/kinds.ts';
import { prefixesOf } from '../components/search/camunda-indices.ts';
import type { SearchEngine, Snapshot } from '../components/search/engine.ts';
import { openSearch } from '../components/search/open-search.ts';
import { missingPrivilege, type RestoreCall } from '../components/search/privileges.ts';
import { type ClusterConfig, chooseCluster } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { BackupError, describe } from '../errors.ts';
import type { ComponentEntry } from '../ledger/manifest.ts';
import type { ComponentSnapshots, Gap, RestoreFacts } from '../ledger/restore-facts.ts';
import type { Run } from '../ledger/run.ts';
import { sideBySide } from '../side-by-side.ts';
import { snapshotFactsOf, uncountedIn } from './snapshot-facts.ts';

type Needs = Pick<Context, 'config' | 'ledger' | 'search' | 'clock'>;
type Search = NonNullable<ClusterConfig['search']>;

/** The time for all questions to the engine together. The backup waits for them, but exporting is already resumed. */
const engineSeconds = 25;
/** The number of snapshots that are read at once, because the engine looks up their files in the repository. */
const atOnce = 4;

/**
 * Asks the search engine about itself and about the contents of a backup's snapshots, and records the answers beside
 * the manifest. A missing answer becomes a gap. A repeated call keeps the gaps of the calls before it, because it does
 * not ask again about what is described. Throws only if the ledger fails.
 */
export async function describeSnapshots(run: Run, context: Needs): Promise<{ unknown: number }> {
  const { search } = chooseCluster(await context.config(), run.cluster).cluster;
  if (!search) return { unknown: 0 };
  const { ledger } = context;
  const known = (await ledger.readRestoreFacts(run.cluster, run.backupId)) ?? nothingKnown(run);
  if (known.describedAt) return { unknown: known.unknown.length };
  const documents = await documentsOf(run, context);
  // The time for the search engine begins only now, so that a slow ledger does not use it up.
  const answered = new AbortController();
  const asker = askerOf(search, answered.signal, context);
  const ofTheEngine = asker();
  await using client = await openSearch(search, context);
  const [engine, described] = await Promise.all([
    askForEngine(client, ofTheEngine),
    sideBySide(documents, documents.length, async ({ entry, noted }) =>
      noted.snapshots ? noted : describeOne(entry, noted, search, client, asker(), context),
    ),
  ]).finally(() => answered.abort());
  const names = described.flatMap(({ snapshots = [] }) =>
    snapshots.flatMap(({ indices }) => indices.map(({ index }) => index)),
  );
  const unknown = [...known.unknown, ...ofTheEngine.gaps, ...described.flatMap((one) => one.unknown)];
  await ledger.writeRestoreFacts({
    ...known,
    search: {
      engine: search.engine,
      repository: { name: search.repository },
      ...known.search,
      ...engine,
      prefixes: prefixesOf(names),
    },
    describedAt: nowIso(context),
    unknown,
  });
  return { unknown: unknown.length };
}

/** The facts if none were recorded when the backup was prepared. */
const nothingKnown = (run: Run): RestoreFacts => ({
  format: 2,
  ...run,
  findings: [],
  applications: [],
  unknown: [
    {
      what: 'the facts about the cluster before the backup',
      why: 'They were not recorded when the backup was prepared',
    },
  ],
});

/** The entries of the components that consist of snapshots, and the facts that are recorded about them so far. */
async function documentsOf(run: Run, { ledger }: Pick<Needs, 'ledger'>) {
  const entries = (await ledger.readEntries(run.cluster, run.backupId)).filter(
    ({ component, runId }) => consistsOfSnapshots(component) && runId === run.runId,
  );
  return sideBySide(entries, entries.length, async (entry) => {
    const { component } = entry;
    const found = await ledger.readSnapshots(run.cluster, run.backupId, component);
    const noted: ComponentSnapshots = found ?? { format: 2, ...run, component, after: [], unknown: [] };
    return { entry, noted };
  });
}

/** Asks a question, and adds a gap if it is not answered within the time for all questions together. */
interface Asking {
  <T>(what: string, call: RestoreCall, work: () => Promise<T>): Promise<T | undefined>;
  gaps: Gap[];
}

/**
 * Makes the askers, each of which collects its own gaps; the time is that of all together. Aborting `answered` ends the
 * clock after the last question.
 */
function askerOf(search: Search, answered: AbortSignal, { clock }: Pick<Needs, 'clock'>): () => Asking {
  const late = clock.sleep(engineSeconds * 1000, answered).then((): never => {
    throw new BackupError('Unreachable', `The search engine did not answer within ${engineSeconds} s`);
  });
  // Without this, a rejection after the last question would be unhandled.
  late.catch(() => undefined);
  return () => {
    const gaps: Gap[] = [];
    const ask = async <T>(
      what: string,
      call: RestoreCall,
      work: () => Promise<T>,
    ): Promise<T | undefined> => {
      try {
        return await Promise.race([work(), late]);
      } catch (error) {
        const needs = error instanceof BackupError ? missingPrivilege(search, call, error) : undefined;
        // An error of one snapshot usually repeats for the others.
        if (!gaps.some((gap) => gap.what === what)) {
          gaps.push({ what, why: describe(error), ...(needs ? { needs } : {}) });
        }
        return undefined;
      }
    };
    return Object.assign(ask, { gaps });
  };
}

async function askForEngine(client: SearchEngine, ask: Asking): Promise<Partial<RestoreFacts['search']>> {
  const [version, nodes, index, component, policies] = await Promise.all([
    ask('version of the engine', 'version', () => client.version()),
    ask('nodes of the engine', 'nodes', () => client.nodes()),
    ask('index templates', 'indexTemplates', () => client.indexTemplates()),
    ask('component templates', 'componentTemplates', () => client.componentTemplates()),
    ask('policies', 'policies', async () => (await client.policies()) ?? ('absent' as const)),
  ]);
  return {
    ...(version ? { version } : {}),
    ...(nodes ? { nodes } : {}),
    ...(index || component
      ? { templates: { ...(index ? { index } : {}), ...(component ? { component } : {}) } }
      : {}),
    ...(policies ? { policies } : {}),
  };
}

async function describeOne(
  { component, parts = [], repository }: ComponentEntry,
  noted: ComponentSnapshots,
  search: Search,
  client: SearchEngine,
  ask: Asking,
  { ledger }: Pick<Needs, 'ledger'>,
): Promise<ComponentSnapshots> {
  const where = repository ?? search.repository;
  const of = `of the snapshots of ${titles[component]}`;
  const answers = await sideBySide(parts, atOnce, async ({ name }) => {
    const [info, files] = await Promise.all([
      ask(`indices ${of}`, 'snapshot', () => mustFind(client, where, name)),
      ask(`files ${of}`, 'snapshotFiles', () => client.snapshotFiles(where, name)),
    ]);
    return { name, info, files };
  });
  return ledger.changeSnapshots(noted, (now) => {
    // A concurrent call was faster. Its gaps belong to its description.
    if (now.snapshots) return now;
    const { before: _, ...rest } = now;
    const snapshots = answers.map((answer) => snapshotFactsOf({ ...answer, repository: where, noted: now }));
    // A count that failed has its own gap, with a better reason.
    const uncounted = uncountedIn(snapshots, now).filter((gap) =>
      now.unknown.every(({ what }) => what !== gap.what),
    );
    return { ...rest, after: [], snapshots, unknown: [...now.unknown, ...ask.gaps, ...uncounted] };
  });
}

async function mustFind(client: SearchEngine, repository: string, name: string): Promise<Snapshot> {
  const found = await client.snapshot(repository, name);
  if (found) return found;
  throw new BackupError('UnexpectedAnswer', `The repository ${repository} has no snapshot ${name}`, {
    remedy: 'Set `search.repository` to the repository that the components use.',
  });
}
