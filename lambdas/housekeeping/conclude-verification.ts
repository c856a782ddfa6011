import { concludeVerification, verificationRead } from '../../core/verify/in-parts.ts';
import { type FunctionDefinition, largeMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/**
 * ConcludeVerification: `{ run, verifiedAt, readData, data, parts, read }` → `{ backupId, verdict, document }`, and with
 * `verification` what the ledger does not keep, for whoever watches. Then `document` is null.
 */
export const work = handler(verificationRead, async (read, context) => {
  const { verification, document } = await concludeVerification(read, context);
  const { backupId, verdict } = verification;
  return { backupId, verdict, document, ...(document === null ? { verification } : {}) };
});

export const definition: FunctionDefinition = {
  file: 'housekeeping/conclude-verification.ts',
  description: 'Asks everything about a backup, judges the answers, and records the verification',
  // It asks each component, lists every file of the backup in Zeebe's store, and asks of the newest one whether they are copied.
  timeoutSeconds: 890,
  memoryMegabytes: largeMemory,
  needs: ['cluster', 'secrets', 'search', 'configuration', 'alerts', 'listOfBackups', 'zeebeStore'],
  ledger: {
    // The memory keeps an alert that could not be sent, so that the watchdog sends it.
    read: ['manifest', 'snapshots', 'verification', 'use', 'memory'],
    write: ['verification', 'use', 'memory'],
  },
};
