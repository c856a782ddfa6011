import type { Alert } from '../alert.ts';
import type { Context } from '../context.ts';
import { describe, isBackupError } from '../errors.ts';
import type { Judgement, Verification } from '../ledger/verification.ts';
import { sideBySide } from '../side-by-side.ts';
import { tellPeople } from '../tell/tell-people.ts';
import { keepUntold } from '../tell/untold.ts';
import { withEarlier } from './with-earlier.ts';

type Needs = Pick<Context, 'ledger' | 'clock' | 'tell' | 'publish' | 'warn'>;

/**
 * Writes a verification into the ledger, with what earlier ones saw and it did not see, and tells people what it saw
 * wrong, and once what is not known. Returns what is written, and where. Throws the errors of the ledger, after people
 * were told.
 */
export async function reportVerification(
  verification: Verification,
  context: Needs,
): Promise<{ verification: Verification; document: string }> {
  const { ledger, warn } = context;
  const { cluster, backupId } = verification;
  const alert = alertOf(verification, await toldBefore(verification, context));
  if (alert) {
    await tellPeople(alert, context).catch(async (error: unknown) => {
      warn(`People could not be told what the verification came to: ${describe(error)}`);
      await keepForWatchdog(alert, verification, context);
    });
  }
  const written = withEarlier(verification, await earlierOf(verification, context));
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

/** Otherwise nobody would ever be told of what is not known, because it counts as told from now on. */
async function keepForWatchdog(
  alert: Alert,
  { cluster, backupId }: Verification,
  context: Needs,
): Promise<void> {
  // A later verification of the same backup replaces this one.
  const runId = `verification of ${backupId}`;
  try {
    await keepUntold(cluster, { runId, backupId, alert }, context);
  } catch (error) {
    context.warn(`The alert about ${cluster} could not be recorded: ${describe(error)}`);
  }
}

const withVerdict = (wanted: Judgement['verdict'], { judgements }: Verification) =>
  judgements.filter(({ verdict }) => verdict === wanted);

function alertOf(verification: Verification, before: Set<string>): Alert | undefined {
  const { cluster, backupId } = verification;
  const wrong = withVerdict('wrong', verification);
  // People were told of a backup that failed when it failed.
  if (wrong.some(({ name }) => name === 'manifest')) return undefined;
  const unknown = withVerdict('unknown', verification).filter((one) => !before.has(keyOf(one)));
  const about = wrong.length > 0 ? wrong : unknown;
  const [first] = about;
  if (!first) return undefined;
  const says = about.map((one) => one.says).join('. ');
  return {
    ...(wrong.length > 0
      ? { kind: 'backupDamaged', severity: 'CRITICAL', reason: says }
      : {
          kind: 'backupNotProven',
          severity: 'WARNING',
          reason: `Of the backup ${backupId}, something is not known: ${says}`,
        }),
    cluster,
    backupId,
    ...(first.remedy === undefined ? {} : { remedy: first.remedy }),
  };
}

/** How many of the newest backups are looked at for what was told of them. */
const newestCount = 10;

const keyOf = ({ name, subject }: Judgement) => `${name} ${subject}`;

/** What earlier verifications could not know either. People were told of it then. */
async function toldBefore({ cluster, backupId }: Verification, context: Needs): Promise<Set<string>> {
  const { ledger } = context;
  try {
    const newest = await ledger.newestIds(cluster, newestCount, context);
    const ids = [...new Set([backupId, ...newest])];
    const before = await sideBySide(ids, newestCount, (id) => ledger.readVerification(cluster, id));
    return new Set(before.flatMap((one) => (one ? withVerdict('unknown', one).map(keyOf) : [])));
  } catch (error) {
    // Twice is better than never.
    if (isBackupError(error)) return new Set();
    throw error;
  }
}
