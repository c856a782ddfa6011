import { factOf } from '../checks/fact.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import { sideBySide } from '../side-by-side.ts';
import { within } from '../within.ts';
import type { Inventory, ListedBackup, RecoveryPoint, VerifiedPoint } from './backup.ts';
import { type Books, openBooks } from './books.ts';
import { askedComponents, gatherHeld, type Held, heldIds } from './held.ts';
import { ofLedger, unreadable, withoutManifest } from './judge.ts';
import { recoveryPointOf } from './recovery-points.ts';
import { type Asking, askingSources, patienceSeconds } from './sources.ts';
import { goodVerifications, newestCount, type VerifiedBackup } from './verified.ts';

type Needs = Pick<Context, 'ledger' | 'http' | 'secrets' | 'search' | 'clock'>;

/** The backups that a list shall show. */
export interface Wanted {
  limit: number;
  states?: ListedBackup['state'][] | undefined;
  /** Only backups that began at or after this moment, or of which that is not known. In ISO 8601. */
  since?: string | undefined;
}

/** How many backups are looked at in one go. */
const atOnce = 20;
/** In seconds. A ledger that gives no answer must leave time to read the snapshots. */
const headStartOfLedger = patienceSeconds / 2;
/** How many backups from elsewhere are read for each one that is shown, if it is not known beforehand which are shown. */
const spare = 5;

/**
 * Lists the backups of a cluster, joined over the ledger, the components and the snapshot repository. All are asked side
 * by side for two seconds; what could not be asked is noted in `sources`. It changes nothing.
 */
export async function listInventory(
  cluster: string,
  config: ClusterConfig,
  wanted: Wanted,
  context: Needs,
): Promise<Inventory> {
  const { limit, states, since } = wanted;
  const isFiltered = states !== undefined || since !== undefined;
  const asking = askingSources(context);
  // One more than is shown tells whether there are more.
  const count = isFiltered ? undefined : Math.max(limit + 1, newestCount);
  const opening = openBooks(cluster, { count, asking }, context);
  const toRead = (ids: number[]) => unrecorded(ids, opening, isFiltered ? limit * spare : limit, context);
  const [books, held, verifications] = await Promise.all([
    opening,
    gatherHeld(config, { asking, toRead }, context),
    opening.then((books) => newestVerifications(cluster, books, asking, context)),
    opening.then((books) => readAhead(books, limit)),
  ]);
  const world = { cluster, books, held, config, asking };
  const shown: ListedBackup[] = [];
  let usable: ListedBackup | undefined;
  let more = false;
  let isPast = false;
  let looked = 0;
  for await (const { ids, isLast } of batchesOf(books, heldIds(held))) {
    const described = await describeBackups(ids, world, context);
    usable ??= described.find((one) => one.usable);
    const fitting = isPast ? [] : described.filter((one) => fits(one, wanted));
    more ||= shown.length + fitting.length > limit;
    shown.push(...fitting.slice(0, limit - shown.length));
    // Ids grow with time. A single backup may be dated wrongly, but hardly a whole batch.
    isPast ||= since !== undefined && described.every(({ createdAt }) => isEarlier(createdAt, since));
    looked += ids.length;
    if ((usable || looked >= newestCount) && (isPast || shown.length >= limit)) {
      more ||= !isPast && !isLast;
      break;
    }
  }
  return {
    cluster,
    newestUsable: pointOf(usable, context),
    newestVerified: await newestVerified(verifications, world, context),
    backups: await sideBySide(shown, atOnce, (one) => withSize(one, books)),
    more,
    sources: asking.sources(['ledger', 'repository', 'zeebeStore', ...askedComponents(config)]),
  };
}

/** Selects the newest backups that the ledger does not have. All count as such if the ledger does not answer soon. */
async function unrecorded(
  held: number[],
  opening: Promise<Books>,
  count: number,
  context: Needs,
): Promise<number[]> {
  const { known } = await factOf(() => within(headStartOfLedger, () => opening, context));
  const recorded = new Set(known?.ids);
  return [...new Set([...held, ...recorded])]
    .sort(newestFirst)
    .slice(0, count)
    .filter((id) => !recorded.has(id));
}

interface Batch {
  ids: number[];
  /** True if no older backup is known. */
  isLast: boolean;
}

/** Joins the ids of all sources, the newest first. It lists the older ids of the ledger only if they are needed. */
async function* batchesOf({ ids = [], isWhole, allIds }: Books, held: number[]): AsyncGenerator<Batch> {
  const oldest = isWhole ? Number.NEGATIVE_INFINITY : Math.min(...ids);
  const recent = [...new Set([...ids, ...held])].filter((id) => id >= oldest);
  yield* inBatches(recent, isWhole);
  if (isWhole) return;
  const done = new Set(recent);
  yield* inBatches(
    [...new Set([...(await allIds()), ...held])].filter((id) => !done.has(id)),
    true,
  );
}

function* inBatches(ids: number[], areLast: boolean): Generator<Batch> {
  const sorted = ids.toSorted(newestFirst);
  for (let from = 0; from < sorted.length; from += atOnce) {
    yield { ids: sorted.slice(from, from + atOnce), isLast: areLast && from + atOnce >= sorted.length };
  }
}

const newestFirst = (a: number, b: number) => b - a;

interface World {
  cluster: string;
  books: Books;
  held: Held;
  config: ClusterConfig;
  asking: Asking;
}

async function describeBackups(
  ids: number[],
  { cluster, books, held, config, asking }: World,
  { ledger, clock }: Needs,
): Promise<ListedBackup[]> {
  const recorded = await books.read(ids);
  const isRunning = ids.some((id) => {
    const found = recorded?.get(id);
    return found !== undefined && !(found instanceof BackupError) && found.manifest.state === 'RUNNING';
  });
  const lock = isRunning
    ? await asking.ask('ledger', () => ledger.readHolderIfPossible(cluster), patienceSeconds)
    : undefined;
  const atWork = lock && !lock.unknown ? { backupId: lock.known?.backupId } : undefined;
  return ids.map((id) => {
    const found = recorded?.get(id);
    const location = ledger.manifestLocation(cluster, id);
    if (!recorded) return withoutManifest(id, 'unknown', { held, config });
    if (!found) return withoutManifest(id, 'elsewhere', { held, config });
    if (found instanceof BackupError) return unreadable(id, found, location);
    return ofLedger(found, { held, config, location, atWork, clock });
  });
}

function fits({ state, createdAt }: ListedBackup, { states, since }: Wanted): boolean {
  if (states && !states.includes(state)) return false;
  return since === undefined || !isEarlier(createdAt, since);
}

/** False if the moment is not known. */
function isEarlier(moment: string | undefined, than: string): boolean {
  return moment !== undefined && Date.parse(moment) < Date.parse(than);
}

function pointOf(backup: ListedBackup | undefined, context: Needs): RecoveryPoint | null {
  const { backupId, createdAt: startedAt } = backup ?? {};
  return backupId === undefined || startedAt === undefined
    ? null
    : recoveryPointOf({ backupId, startedAt }, context);
}

/** Several of them, because the newest verified backup may have lost a part since then. */
const verifiedCandidates = 5;

async function newestVerifications(
  cluster: string,
  { ids = [] }: Books,
  asking: Asking,
  context: Needs,
): Promise<VerifiedBackup[]> {
  const found: VerifiedBackup[] = [];
  await asking.ask('ledger', async () => {
    for await (const one of goodVerifications(cluster, ids, context)) {
      found.push(one);
      if (found.length === verifiedCandidates) break;
    }
  });
  return found;
}

/** Finds the most recent usable backup of those that are verified. */
async function newestVerified(
  verifications: VerifiedBackup[],
  world: World,
  context: Needs,
): Promise<VerifiedPoint | null> {
  const ids = verifications.map(({ backupId }) => backupId);
  const usable = (await describeBackups(ids, world, context)).find((one) => one.usable && one.verified);
  const point = pointOf(usable, context);
  const good = verifications.find(({ backupId }) => backupId === point?.backupId);
  return point && good ? { ...point, verifiedAt: good.verifiedAt, verdict: good.verdict } : null;
}

/** Reads what is going to be shown in most cases, while the other sources are asked. */
async function readAhead({ ids = [], read, bytes }: Books, limit: number): Promise<void> {
  const first = ids.slice(0, Math.min(limit, atOnce));
  const recorded = await read(first);
  const completed = first.flatMap((id) => {
    const found = recorded?.get(id);
    return found && !(found instanceof BackupError) && found.manifest.state === 'COMPLETED' ? [found] : [];
  });
  await Promise.all(completed.map(({ manifest }) => bytes(manifest)));
}

/** Adds the size of the snapshots, which only a complete backup of the ledger has. */
async function withSize(backup: ListedBackup, { read, bytes }: Books): Promise<ListedBackup> {
  const { backupId, madeBy, state } = backup;
  if (madeBy !== 'ledger' || state !== 'COMPLETED') return backup;
  const found = (await read([backupId]))?.get(backupId);
  if (!found || found instanceof BackupError) return backup;
  const known = await bytes(found.manifest);
  return known === undefined ? backup : { ...backup, snapshotBytes: known };
}
