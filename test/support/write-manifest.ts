import type { Ledger } from '../../core/ledger/ledger.ts';
import type { Manifest } from '../../core/ledger/manifest.ts';

/** Writes a manifest into a ledger, even if it has one of this id, as if a run had come this far. */
export async function writeManifest(ledger: Ledger, manifest: Manifest): Promise<void> {
  if (await ledger.createManifest(manifest)) return;
  await ledger.changeManifest(manifest.cluster, manifest.backupId, () => manifest);
}
