import * as z from 'zod';
import { lookAtCluster } from '../backup/look-at-cluster.ts';
import { maxPauseOf, warnOfLongPause } from '../backup/max-pause.ts';
import { kept } from '../checks/judge.ts';
import { notingAddresses, reachedAddress } from '../checks/reached.ts';
import { readSnapshotName } from '../components/snapshot-names.ts';
import { chooseCluster } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { finding } from '../ledger/finding.ts';
import { askAddresses, type SeenAddress } from './ask-addresses.ts';
import { askMore } from './ask-more.ts';
import { lookAtLedger } from './books.ts';
import { diagnose } from './diagnose.ts';
import { diagnosis } from './diagnosis.ts';
import { withExactRemedy } from './exact-remedies.ts';
import type { NewestBackup } from './facts.ts';
import { identityOf, seenIdentity } from './identity.ts';
import { right } from './right.ts';
import type { Installed } from './settings.ts';

/**
 * The answer of a check: the findings that a backup would be refused or recorded with now, what the doctor says beyond
 * them, and whether each configured address was reached. Fields of a newer version are ignored.
 */
export const checkedCluster = z.object({
  cluster: z.string(),
  findings: z.array(z.object(finding.shape)),
  diagnosis: z.array(diagnosis),
  addresses: z.array(z.object({ ...reachedAddress.shape, is: seenIdentity.optional() })),
});
export type CheckedCluster = z.infer<typeof checkedCluster>;

type Needs = Pick<Context, 'config' | 'ledger' | 'http' | 'secrets' | 'search' | 'clock' | 'commands'>;

/**
 * Looks at a cluster as PrepareBackup does, and at what no backup checks, side by side. It changes nothing: it takes no
 * lock, writes no document and pauses nothing. A ledger that cannot be read is a finding like the others. Throws
 * ConfigurationError for an unknown cluster.
 */
export async function checkCluster(cluster: string, context: Needs): Promise<CheckedCluster> {
  const file = await context.config();
  const { cluster: config } = chooseCluster(file, cluster);
  const noting = notingAddresses(config, context);
  const { lock, ledgerIds, books, findings: ofLedger } = await lookAtLedger(cluster, context);
  const [{ facts, findings }, addresses] = await Promise.all([
    lookAtCluster(config, { cluster, lock, ledgerIds }, noting.context),
    askAddresses(config, context),
  ]);
  const [reached, { searchVersion, ...more }] = await Promise.all([
    noting.addresses(),
    askMore(config, facts.cluster, context),
  ]);
  const version = facts.cluster?.discovered.version ?? versionIn(addresses) ?? config.version;
  const installed: Installed = {
    version: version ?? versionSeen(more.newest, addresses),
    engine: config.search?.engine ?? 'elasticsearch',
  };
  const noticed = [...findings, ...warnOfLongPause(books.last, maxPauseOf(config, facts.cluster?.order))];
  const now = context.clock.now();
  return {
    cluster,
    findings: [...ofLedger, ...kept(noticed).map((one) => withExactRemedy(one, installed))],
    diagnosis: [
      ...right(facts, findings),
      ...diagnose({ cluster, file, checks: facts, addresses, ...more, books, installed, now }),
    ],
    addresses: reached.map((one) => {
      const seen = addresses.find(({ url }) => url === one.url);
      const is = seen
        ? identityOf(seen, { version, tenants: facts.cluster?.topology.tenants ?? [], newest: more.newest })
        : one.url === config.search?.url && searchVersion !== undefined
          ? { component: searchVersion, version: null, contextPath: null, tenants: [] }
          : undefined;
      return is ? { ...one, is } : one;
    }),
  };
}

/** The version that the first address reports. Zeebe's comes first. */
function versionIn(addresses: SeenAddress[]): string | undefined {
  return addresses.flatMap(({ version }) => version ?? [])[0];
}

/** Some components report no version, but their snapshots have it in their names, and backupHistory exists from 8.8 on. */
function versionSeen(newest: NewestBackup[], addresses: SeenAddress[]): string | undefined {
  const [named] = newest.flatMap(({ snapshots }) => readSnapshotName(snapshots[0] ?? '')?.version ?? []);
  return named ?? (addresses.some(({ endpoints }) => endpoints?.has('backupHistory')) ? '8.8' : undefined);
}
