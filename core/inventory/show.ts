import { configuredComponents } from '../components/locate.ts';
import type { ClusterConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import type { ListedBackup } from './backup.ts';
import { sumOfBytes } from './books.ts';
import { gatherDetails } from './details.ts';
import { type Documents, readDocuments } from './documents.ts';
import { askedComponents, type Held, heldIds } from './held.ts';
import { ofLedger, unreadable, withoutManifest } from './judge.ts';
import type { Shown, ShownBackup } from './shown.ts';
import { askingSources } from './sources.ts';
import { timelineOf, timelineOfParts } from './timeline.ts';
import { componentIn } from './tree.ts';

type Needs = Pick<Context, 'ledger' | 'http' | 'secrets' | 'search' | 'clock'>;

/**
 * Shows everything that is known of one backup. All sources are asked side by side for two seconds; what could not be
 * asked is noted in `sources`. It changes nothing.
 */
export async function showBackup(
  cluster: string,
  backupId: number,
  config: ClusterConfig,
  context: Needs,
): Promise<Shown> {
  const asking = askingSources(context);
  const [documents, details] = await Promise.all([
    readDocuments(cluster, backupId, asking, context),
    gatherDetails(backupId, config, asking, context),
  ]);
  const sources = asking.sources(['ledger', 'repository', 'zeebeStore', ...askedComponents(config)]);
  const { held } = details;
  if (!documents.manifest && !heldIds(held).includes(backupId)) return { shown: undefined, sources };
  const manifest = documents.manifest instanceof BackupError ? undefined : documents.manifest;
  const components = (manifest?.expectedComponents ?? configuredComponents(config)).map((component) =>
    componentIn({ component, backupId, documents }, details),
  );
  const { facts, verification, entries } = documents;
  const shown: ShownBackup = {
    backup: described({ cluster, backupId, documents, held, config }, context),
    runId: manifest?.runId,
    order: manifest?.order,
    scheduledTime: manifest?.scheduledTime,
    attempt: manifest?.attempt,
    replaces: manifest?.replaces,
    components,
    restore: facts && {
      zeebe: facts.zeebe,
      applications: facts.applications,
      search: facts.search,
      unknown: facts.unknown,
    },
    findings: facts?.findings ?? [],
    warnings: manifest?.warnings ?? [],
    remedy: manifest?.failure?.remedy,
    verification: verification && {
      verifiedAt: verification.verifiedAt,
      verdict: verification.verdict,
      required: verification.required,
      judgements: verification.judgements,
      lastGood: verification.lastGood,
      read: verification.read,
    },
    timeline: manifest ? timelineOf(manifest, entries, verification) : timelineOfParts(components),
  };
  return { shown, sources };
}

function described(
  of: { cluster: string; backupId: number; documents: Documents; held: Held; config: ClusterConfig },
  { ledger, clock }: Needs,
): ListedBackup {
  const { cluster, backupId, documents, held, config } = of;
  const { manifest, verification, counted, atWork, isRead } = documents;
  const location = ledger.manifestLocation(cluster, backupId);
  if (manifest instanceof BackupError) return unreadable(backupId, manifest, location);
  if (!manifest) return withoutManifest(backupId, isRead ? 'elsewhere' : 'unknown', { held, config });
  const listed = ofLedger({ manifest, verification }, { held, config, location, atWork, clock });
  return { ...listed, snapshotBytes: sumOfBytes([...counted.values()]) };
}
