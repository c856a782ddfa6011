import { lockFile } from '../../core/ledger/lock/formats.ts';
import type { Lock } from '../../core/ledger/lock/lock.ts';

/** The lock in the text of a ledger's document; undefined if no run holds it, or if it cannot be read. */
export function lockIn(text: string): Lock | undefined {
  const { data } = lockFile.safeParse(JSON.parse(text));
  return data && 'runId' in data ? data : undefined;
}
