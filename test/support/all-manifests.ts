import type { Ledger } from '../../core/ledger/ledger.ts';
import type { Manifest } from '../../core/ledger/manifest.ts';

/** Every manifest that can be read, the newest first. */
export async function allManifests(ledger: Ledger, cluster: string): Promise<Manifest[]> {
  const ids = (await ledger.backupIds(cluster)).toReversed();
  const found: Manifest[] = [];
  for await (const manifest of ledger.manifests(cluster, ids)) found.push(manifest);
  return found;
}
