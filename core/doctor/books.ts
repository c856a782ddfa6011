import { factOf } from '../checks/fact.ts';
import type { Context } from '../context.ts';
import type { BackupError } from '../errors.ts';
import type { Finding } from '../ledger/finding.ts';
import { runAndOwner } from '../ledger/lock/owner.ts';
import { whoHolds } from '../ledger/lock/purpose.ts';
import type { Books } from './facts.ts';

/** Reads what the ledger shows of a cluster. One that cannot be read is a finding, once. */
export async function lookAtLedger(
  cluster: string,
  { ledger, commands }: Pick<Context, 'ledger' | 'commands'>,
) {
  const findings: Finding[] = [];
  const read = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
    const { known, unknown } = await factOf(ask);
    if (unknown && !findings.some(({ says }) => says === unknown.message)) findings.push(ofLedger(unknown));
    return known;
  };
  const lock = await read(() => ledger.readLock(cluster));
  const ledgerIds = (await read(() => ledger.backupIds(cluster))) ?? [];
  const last = await read(() => ledger.lastCompleted(cluster, ledgerIds.toReversed()));
  const newestId = ledgerIds.at(-1);
  const newest =
    newestId === undefined ? undefined : await read(() => ledger.readManifest(cluster, newestId));
  const books: Books = { last, newest, areRead: findings.length === 0 };
  if (lock) {
    const { runId, owner, acquiredAt } = lock;
    findings.push({
      name: 'lock',
      severity: 'warning',
      subject: 'ledger',
      says: `The lock of ${cluster} is held by ${whoHolds(lock)} (${runAndOwner({ runId, owner })}) since ${acquiredAt}: a backup that begins now is SKIPPED`,
      remedy: `See whether it is alive: ${commands.status(cluster)}`,
    });
  }
  return { lock, ledgerIds, books, findings };
}

function ofLedger({ message, remedy }: BackupError): Finding {
  return {
    name: 'ledger',
    severity: 'error',
    subject: 'ledger',
    says: message,
    ...(remedy ? { remedy } : {}),
  };
}
