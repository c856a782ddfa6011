import type { Alert } from '../alert.ts';
import { factOf } from '../checks/fact.ts';
import type { Context } from '../context.ts';
import { describe, isBackupError } from '../errors.ts';
import type { Judgement, Verification } from '../ledger/verification.ts';
import { sideBySide } from '../side-by-side.ts';
import { tellPeople } from '../tell/tell-people.ts';
import { keepUntold } from '../tell/untold.ts';
import { withEarlier } from './with-earlier.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'tell' | 'canTell' | 'publish' | 'warn'>;

/**
 * Writes a verification into the ledger, with what earlier ones saw and it did not see, and tells people what it saw
 * wrong, and once what is not known. Returns what is written, and where. If the ledger is to have no verification of this
 * backup, `document` is null, and people are told only what is wrong, since nothing would remember what they were told.
 * Throws the errors of the ledger, after people were told.
 */
export async function reportVerification(
  verification: Verification,
  context: Needs,
): Promise<{ verification: Verification; document: string | null }> {
  const { ledger } = context;
  const { cluster, backupId } = verification;
  const isKept = await mayKeep(verification, context);
  const before = isKept ? await toldBefore(verification, context) : 'forgotten';
  let isUnknownTold = false;
  for (const alert of alertsOf(verification, before)) {
    const isTold = await tell(alert, verification, { ...context, isKept });
    if (alert.kind === 'backupNotProven') isUnknownTold = isTold;
  }
  if (before === 'forgotten') return { verification, document: null };
  const marked = withTold(verification, (one) => isUnknownTold || before.has(keyOf(one)));
  const written = withEarlier(marked, await earlierOf(verification, context));
  await ledger.writeVerification(written);
  return { verification: written, document: ledger.verificationLocation(cluster, backupId) };
}

/** The document that this verification replaces; undefined if there is none, or if nobody can read it. */
async function earlierOf({ cluster, backupId }: Verification, { ledger, warn }: Needs) {
  try {
    return await ledger.readVerification(cluster, backupId);
  } catch (error) {
    if (!isBackupError(error, 'LedgerCorrupt')) throw error;
    warn(`What earlier verifications of ${backupId} saw cannot be read: ${error.message}`);
    return undefined;
  }
}

/**
 * False for an id that the ledger does not know: a document would make a mistake of the user an id that was used, and a
 * ledger that does not exist one that does. Also false for what was seen before the end of the backup.
 */
async function mayKeep(
  { cluster, backupId, verifiedAt }: Verification,
  { ledger }: Pick<Context, 'ledger'>,
): Promise<boolean> {
  const { known: manifest, unknown } = await factOf(() => ledger.readManifest(cluster, backupId));
  if (unknown) return true;
  if (!manifest || manifest.state === 'RUNNING') return false;
  return manifest.endedAt === undefined || Date.parse(manifest.endedAt) <= Date.parse(verifiedAt);
}

/** Tells people, or leaves it to the watchdog. Returns false if nobody is told. */
async function tell(
  alert: Alert,
  verification: Verification,
  context: Needs & { isKept: boolean },
): Promise<boolean> {
  try {
    await tellPeople(alert, context);
    return context.canTell;
  } catch (error) {
    context.warn(`People could not be told what the verification came to: ${describe(error)}`);
    return context.isKept && (await keepForWatchdog(alert, verification, context));
  }
}

async function keepForWatchdog(
  alert: Alert,
  { cluster, backupId }: Verification,
  context: Needs,
): Promise<boolean> {
  // A later verification of the same backup replaces this one.
  const runId = `verification of ${backupId}: ${alert.kind}`;
  try {
    await keepUntold(cluster, { runId, backupId, alert }, context);
    return true;
  } catch (error) {
    context.warn(`The alert about ${cluster} could not be recorded: ${describe(error)}`);
    return false;
  }
}

const withVerdict = (wanted: Judgement['verdict'], { judgements }: Verification) =>
  judgements.filter(({ verdict }) => verdict === wanted);

/** One alert about what is wrong, and one about what is not known and was not told before. */
function alertsOf(verification: Verification, before: Set<string> | 'forgotten'): Alert[] {
  const { cluster, backupId } = verification;
  const wrong = withVerdict('wrong', verification);
  // People were told of a backup that failed when it failed.
  if (wrong.some(({ name }) => name === 'manifest')) return [];
  const unknown =
    before === 'forgotten'
      ? []
      : withVerdict('unknown', verification).filter((one) => !before.has(keyOf(one)));
  const about = (kind: Pick<Alert, 'kind' | 'severity'>, judgements: Judgement[], before = ''): Alert[] => {
    const [first] = judgements;
    if (!first) return [];
    // The same server may be the reason for several judgements, so that each sentence is said once.
    return [
      {
        ...kind,
        reason: `${before}${[...new Set(judgements.map(({ says }) => says))].join('. ')}`,
        cluster,
        backupId,
        ...(first.remedy === undefined ? {} : { remedy: first.remedy }),
      },
    ];
  };
  return [
    ...about({ kind: 'backupDamaged', severity: 'CRITICAL' }, wrong),
    ...about(
      { kind: 'backupNotProven', severity: 'WARNING' },
      unknown,
      `Of the backup ${backupId}, something is not known: `,
    ),
  ];
}

/** How many of the newest backups are looked at for what was told of them. */
const newestCount = 10;

const keyOf = ({ name, subject }: Judgement) => `${name} ${subject}`;

/** Marks what is unknown and has been told. */
function withTold(verification: Verification, isTold: (one: Judgement) => boolean): Verification {
  return {
    ...verification,
    judgements: verification.judgements.map((one) =>
      one.verdict === 'unknown' && isTold(one) ? { ...one, told: true } : one,
    ),
  };
}

/** What people were told before to be unknown, of this backup or of the newest ones. */
async function toldBefore({ cluster, backupId }: Verification, context: Needs): Promise<Set<string>> {
  const { ledger } = context;
  try {
    const newest = await ledger.newestIds(cluster, newestCount, context);
    const ids = [...new Set([backupId, ...newest])];
    const before = await sideBySide(ids, newestCount, (id) => ledger.readVerification(cluster, id));
    const unknown = before.flatMap((one) => (one ? withVerdict('unknown', one) : []));
    return new Set(unknown.filter(({ told }) => told).map(keyOf));
  } catch (error) {
    // Twice is better than never.
    if (isBackupError(error)) return new Set();
    throw error;
  }
}
