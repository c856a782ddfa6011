import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { componentEntry, manifest } from '../core/ledger/manifest.ts';

export const everySeconds = 3600;
const components = ['webApplications', 'optimize', 'records', 'zeebe'] as const;

interface Document {
  key: string;
  text: string;
}

/** Writes documents into a ledger in a folder. */
export function writeLedger(home: string, documents: Iterable<Document>): void {
  for (const { key, text } of documents) {
    const file = join(home, key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** The keys and texts of all documents of `count` hourly backups. The last one began an hour before `now`, in seconds. */
export function* ledgerDocuments(
  cluster: string,
  count: number,
  now = Math.floor(Date.now() / 1000),
): Generator<Document, undefined> {
  for (let back = count; back >= 1; back--) {
    const backupId = now - back * everySeconds;
    const at = new Date(backupId * 1000).toISOString();
    const runId = `local-${backupId}`;
    const entries = components.map((component) =>
      componentEntry.parse({ component, runId, state: 'COMPLETED', url: 'http://camunda', requestedAt: at }),
    );
    const backup = manifest.parse({
      format: 1,
      cluster,
      backupId,
      runId,
      reason: 'bench',
      state: 'COMPLETED',
      startedAt: at,
      endedAt: at,
      order: 'PAUSE_FIRST',
      expectedComponents: components,
      components: entries,
      exporting: { leftPaused: false },
      warnings: [],
    });
    const home = `${cluster}/backups/${backupId}`;
    yield { key: `${home}/manifest.json`, text: JSON.stringify(backup, undefined, 2) };
    for (const entry of entries) {
      yield { key: `${home}/components/${entry.component}.json`, text: JSON.stringify(entry, undefined, 2) };
    }
  }
}
