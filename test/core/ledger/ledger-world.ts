import { ledger } from '../../../core/ledger/ledger.ts';
import type { Lock } from '../../../core/ledger/lock/lock.ts';
import type { Manifest } from '../../../core/ledger/manifest.ts';
import { someOwner, typed } from '../fakes.ts';
import { memoryStore } from '../memory-store.ts';

export const lockOf = (runId: string): Lock => ({
  format: 2,
  cluster: 'production',
  runId,
  purpose: 'backup',
  owner: someOwner,
  reason: 'test',
  acquiredAt: '2026-11-21T09:00:00.000Z',
});

export const manifestOf = (backupId: number, state: Manifest['state'] = 'RUNNING'): Manifest => ({
  format: 1,
  backupId,
  cluster: 'production',
  runId: 'run-1',
  reason: 'test',
  state,
  startedAt: '2026-11-21T09:00:00.000Z',
  order: 'PAUSE_FIRST',
  expectedComponents: ['zeebe'],
  components: [],
  exporting: { leftPaused: false },
  warnings: [],
});

export function open() {
  const store = memoryStore();
  return { store, ledger: ledger(store, typed) };
}
