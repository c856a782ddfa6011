import { factOf } from '../checks/fact.ts';
import { nowIso } from '../clock.ts';
import { openBackupStore } from '../components/zeebe/store/open.ts';
import { chooseCluster } from '../config/schema.ts';
import type { Context } from '../context.ts';
import type { Verification } from '../ledger/verification.ts';
import { seenIn } from './data.ts';
import { gatherFacts, requireSomewhere } from './facts.ts';
import { type Verifier, whileInUse } from './in-use.ts';
import { verificationOf } from './judge.ts';
import { type Progress, readData } from './read-data.ts';

type Needs = Pick<
  Context,
  'config' | 'ledger' | 'http' | 'secrets' | 'search' | 'clock' | 'warn' | 'commands'
>;

export interface VerifyOptions {
  /** True to read every byte of the snapshots in Zeebe's store, which may take hours. */
  readData: boolean;
  by: Verifier;
  onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Verifies one backup: asks everything to which the configuration gives access, and judges the answers. It changes
 * nothing but a mark in the ledger, and takes no lock. Throws ConfigurationError for an unknown cluster, and if everything
 * that was asked says that there is no such backup. On a stack, in-parts.ts does the same in several calls.
 */
export async function verifyBackup(
  cluster: string,
  backupId: number,
  { readData: isDataWanted, by, onProgress }: VerifyOptions,
  context: Needs,
): Promise<Verification> {
  const { clock } = context;
  const { cluster: config } = chooseCluster(await context.config(), cluster);
  const verifiedAt = nowIso(context);
  const { known: manifest } = await factOf(() => context.ledger.readManifest(cluster, backupId));
  return whileInUse(
    // An id that the ledger does not know may be a mistake, and a mark would make it one that was used.
    manifest && { cluster, backupId, by },
    async (goesOn) => {
      await using store = config.zeebe.store && (await openBackupStore(config.zeebe.store, context));
      const facts = await gatherFacts({ cluster, backupId, config }, store, context);
      requireSomewhere(facts, context);
      const seen = facts.store?.known;
      const progress = (read: Progress) => {
        goesOn();
        onProgress?.(read);
      };
      const read = async () =>
        store && seen ? seenIn(await readData(seen, store, { clock, onProgress: progress })) : 'not read';
      const data = isDataWanted ? await read() : undefined;
      return verificationOf(facts, { store, data, verifiedAt }, context);
    },
    context,
  );
}
