import assert from 'node:assert/strict';
import type { BackupError } from '../../core/errors.ts';

/**
 * Does the remedy follow from what was seen? What a server answers → what the remedy must name, and what it must not,
 * because it is not the cause. Connections and certificates: connection.test.ts; secrets: secrets.test.ts and
 * secrets-manager.test.ts; the ledger: ledger/folder-store.test.ts and ledger/s3-store-trouble.test.ts; the
 * configuration: config-mistakes.test.ts and config-values.test.ts.
 */
export interface Expected {
  name: BackupError['name'];
  seen: RegExp;
  remedy: RegExp;
  not?: RegExp;
}

export function hold(error: BackupError, { name, seen, remedy, not }: Expected): void {
  assert.match(error.message, seen);
  assert.match(error.remedy ?? 'no remedy', remedy);
  if (not) assert.doesNotMatch(error.remedy ?? '', not);
  assert.equal(error.name, name);
  assert.doesNotMatch(`${error.message} ${error.remedy}`, /not-to-be-seen/);
}
