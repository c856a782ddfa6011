import * as z from 'zod';
import { pauseForBackup } from '../../core/backup/exporting.ts';
import { exportingTarget } from '../../core/components/zeebe/exporting-target.ts';
import { run } from '../../core/ledger/run.ts';
import { type FunctionDefinition, smallMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** PauseExporting: `{ run, target }` → `{ pausedAt, pauseProof }`. */
export const work = handler(z.strictObject({ run, target: exportingTarget }), ({ run, target }, context) =>
  pauseForBackup(run, target, context),
);

export const definition: FunctionDefinition = {
  file: 'backup/pause-exporting.ts',
  description: 'Soft-pauses exporting and reads it back',
  // It reads the exporting phases, pauses, and reads them again. Each call may take 30 s.
  timeoutSeconds: 120,
  memoryMegabytes: smallMemory,
  needs: ['cluster', 'secrets'],
  ledger: { read: ['lock'], write: ['lock'] },
};
