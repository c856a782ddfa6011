import * as z from 'zod';
import { factOf } from '../checks/fact.ts';
import { nowIso } from '../clock.ts';
import type { BackupStore } from '../components/zeebe/store/backup-store.ts';
import { openBackupStore } from '../components/zeebe/store/open.ts';
import { type ClusterConfig, chooseCluster } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import { type Run, run } from '../ledger/run.ts';
import type { Verification } from '../ledger/verification.ts';
import { gatherFacts, requireSomewhere } from './facts.ts';
import { useMark } from './in-use.ts';
import { verificationOf } from './judge.ts';
import { joined, mostParts, type Part, type PartRead, part, partRead, partsOf, readPart } from './parts.ts';
import { segmentsIn } from './read-data.ts';
import { reportVerification } from './report.ts';
import { idsToVerify, type VerifyRequest } from './request.ts';
import { gatherStore } from './store-seen.ts';

/*
 * A verification on a stack, where no function runs for longer than a quarter of an hour: the backups are chosen, the
 * files of each are divided, functions read the parts side by side, and the last one asks everything else and judges.
 * verify.ts does the same in one call.
 */

/** What is read of the contents of a backup's snapshots, and by how many functions. */
const dataPlan = z.strictObject({
  segments: z.int(),
  /** Files of so large a store that they do not fit into the state of an execution. */
  tooMany: z.int(),
});

/** What begins the verification of one backup. Between the states there are only places in the store and counts. */
const verificationPlan = z.strictObject({
  run,
  verifiedAt: z.iso.datetime(),
  readData: z.boolean(),
  /** Null if the contents are not to be read, or the store did not answer. */
  data: dataPlan.nullable(),
  parts: z.array(part),
});
type VerificationPlan = z.infer<typeof verificationPlan>;

/** The plan, and in the order of its parts what each came to, or the name of the error that it ended with. */
export const verificationRead = verificationPlan.extend({ read: z.array(z.union([partRead, z.string()])) });
type VerificationRead = z.infer<typeof verificationRead>;

/** An execution of Step Functions has at most 25,000 events, and each backup and each of its parts need some. */
const mostBackups = 200;

/** Chooses the backups to verify, the newest first. Throws ConfigurationError for an unknown cluster, and LedgerEmpty. */
export async function chooseBackups(
  { cluster, verify }: VerifyRequest,
  context: Pick<Context, 'config' | 'ledger' | 'clock' | 'commands'>,
): Promise<{ backups: number[]; omitted: number }> {
  chooseCluster(await context.config(), cluster);
  const ids = await idsToVerify(cluster, verify, context);
  return { backups: ids.slice(0, mostBackups), omitted: Math.max(0, ids.length - mostBackups) };
}

/** Marks a backup as in use, and divides what is to be read of it. Throws ConfigurationError for an unknown cluster. */
export async function planVerification(
  of: Run,
  { readData }: Pick<VerifyRequest, 'readData'>,
  context: Pick<Context, 'config' | 'ledger' | 'clock' | 'warn' | 'owner'>,
): Promise<VerificationPlan> {
  const { cluster, backupId, runId } = of;
  const { cluster: config } = chooseCluster(await context.config(), cluster);
  const verifiedAt = nowIso(context);
  const { known: manifest } = await factOf(() => context.ledger.readManifest(cluster, backupId));
  // An id that the ledger does not know may be a mistake, and a mark would make it one that was used.
  if (manifest) await useMark(of, context).set(context.owner(runId));
  const nothing = { run: of, verifiedAt, readData, data: null, parts: [] };
  if (!readData || (manifest && manifest.state !== 'COMPLETED')) return nothing;
  await using store = await storeOf(config, context);
  const seen = store && (await factOf(() => gatherStore(backupId, store)));
  // Whoever judges asks the store again, and tells why it does not answer.
  if (!seen?.known) return nothing;
  const all = partsOf(seen.known);
  const tooMany = all.slice(mostParts).reduce((sum, { files }) => sum + files, 0);
  const data = { segments: segmentsIn(seen.known), tooMany };
  return { run: of, verifiedAt, readData, data, parts: all.slice(0, mostParts) };
}

/** Reads one part, and renews the mark. Throws ConfigurationError, and the errors of the store. */
export async function readPartOf(
  of: Run,
  stretches: Pick<Part, 'stretches'>,
  context: Pick<Context, 'config' | 'ledger' | 'clock' | 'warn'>,
): Promise<PartRead> {
  const { cluster: config } = chooseCluster(await context.config(), of.cluster);
  const mark = useMark(of, context);
  await mark.renew();
  await using store = await storeOf(config, context);
  if (!store) throw new BackupError('ConfigurationError', "Zeebe's backup store is in no place that is read");
  const read = await readPart(of.backupId, stretches, store, context);
  await mark.renew();
  return read;
}

/**
 * Asks everything else, judges all, records the verification and tells people. Throws ConfigurationError if there is no
 * such backup, and the errors of the ledger. `document` is null if the ledger does not keep the verification.
 */
export async function concludeVerification(
  { run: of, verifiedAt, readData, data, parts, read }: VerificationRead,
  context: Context,
): Promise<{ verification: Verification; document: string | null }> {
  const { cluster, backupId } = of;
  const { cluster: config } = chooseCluster(await context.config(), cluster);
  const mark = useMark(of, context);
  try {
    await using store = await storeOf(config, context);
    const facts = await gatherFacts({ cluster, backupId, config }, store, context);
    requireSomewhere(facts, context);
    const verification = await verificationOf(
      facts,
      { store, data: data ? joined(parts, read, data) : readData ? 'not read' : undefined, verifiedAt },
      context,
    );
    return await reportVerification(verification, context);
  } finally {
    await mark.end();
  }
}

async function storeOf(
  { zeebe }: ClusterConfig,
  context: Pick<Context, 'clock'>,
): Promise<(BackupStore & AsyncDisposable) | undefined> {
  return zeebe.store && openBackupStore(zeebe.store, context);
}
