import * as z from 'zod';
import { factOf } from '../checks/fact.ts';
import { kept } from '../checks/judge.ts';
import { notingAddresses, reachedAddress } from '../checks/reached.ts';
import { chooseCluster } from '../config/schema.ts';
import type { Context } from '../context.ts';
import type { BackupError } from '../errors.ts';
import { type Finding, finding } from '../ledger/finding.ts';
import { runAndOwner } from '../ledger/lock/owner.ts';
import { whoHolds } from '../ledger/lock/purpose.ts';
import { lookAtCluster } from './look-at-cluster.ts';
import { maxPauseOf, warnOfLongPause } from './max-pause.ts';

/**
 * The answer of a check: the findings that a backup would be refused or recorded with now, and whether each configured
 * address was reached. Fields of a newer version are ignored.
 */
export const checkedCluster = z.object({
  cluster: z.string(),
  findings: z.array(z.object(finding.shape)),
  addresses: z.array(reachedAddress),
});
export type CheckedCluster = z.infer<typeof checkedCluster>;

type Needs = Pick<Context, 'config' | 'ledger' | 'http' | 'secrets' | 'search' | 'clock' | 'commands'>;

/**
 * Looks at a cluster as PrepareBackup does, and changes nothing: it takes no lock, writes no document and pauses
 * nothing. A ledger that cannot be read is a finding like the others. Throws ConfigurationError for an unknown cluster.
 */
export async function checkCluster(cluster: string, context: Needs): Promise<CheckedCluster> {
  const { cluster: config } = chooseCluster(await context.config(), cluster);
  const noting = notingAddresses(config, context);
  const { lock, ledgerIds, last, findings: ofBooks } = await lookAtLedger(cluster, context);
  const { facts, findings } = await lookAtCluster(config, { cluster, lock, ledgerIds }, noting.context);
  const noticed = [...findings, ...warnOfLongPause(last, maxPauseOf(config, facts.cluster?.order))];
  return { cluster, findings: [...ofBooks, ...kept(noticed)], addresses: await noting.addresses() };
}

async function lookAtLedger(cluster: string, { ledger, commands }: Needs) {
  const findings: Finding[] = [];
  const read = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
    const { known, unknown } = await factOf(ask);
    if (unknown && !findings.some(({ says }) => says === unknown.message)) findings.push(ofLedger(unknown));
    return known;
  };
  const lock = await read(() => ledger.readLock(cluster));
  const ledgerIds = (await read(() => ledger.backupIds(cluster))) ?? [];
  const last = await read(() => ledger.lastCompleted(cluster, ledgerIds.toReversed()));
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
  return { lock, ledgerIds, last, findings };
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
