import { titles } from '../components/kinds.ts';
import type { Judgement } from '../ledger/verification.ts';
import type { Facts } from './facts.ts';
import { counted, lookAt, takeAnother } from './judgement.ts';

/** The ledger's own record of the backup. */
export function judgeManifest({ manifest, backupId, cluster }: Facts): Judgement[] {
  const look = lookAt('manifest', 'ledger');
  if (manifest.unknown) return [look.notSeen(manifest.unknown)];
  const found = manifest.known;
  if (!found) {
    return [
      look.unknown(
        `The ledger of ${cluster} has no backup ${backupId}: a person or another tool made it, and whether exporting was paused meanwhile is not known`,
      ),
    ];
  }
  if (found.state === 'RUNNING') {
    return [
      look.unknown(`The backup ${backupId} is still being taken`, 'Verify it again when it has ended.'),
    ];
  }
  if (found.state === 'FAILED') {
    const { message: why = 'its manifest names no reason', remedy } = found.failure ?? {};
    return [
      look.wrong(
        `The backup ${backupId} has failed: ${why}`,
        remedy ?? 'Do not count on this backup: take another one.',
      ),
    ];
  }
  const missing = found.expectedComponents.filter(
    (name) => !found.components.some(({ component, state }) => component === name && state === 'COMPLETED'),
  );
  return missing.length > 0
    ? [
        look.wrong(
          `The manifest has no completed backup of ${missing.map((name) => titles[name]).join(', ')}`,
          takeAnother,
        ),
      ]
    : [
        look.proven(
          `The backup ${backupId} is COMPLETED with ${counted(found.expectedComponents.length, 'component')}`,
        ),
      ];
}
