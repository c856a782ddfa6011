import * as z from 'zod';
import { pauseForBackup } from '../../core/backup/exporting.ts';
import { exportingTarget } from '../../core/components/target.ts';
import { run } from '../../core/ledger/run.ts';
import { handler } from '../handler.ts';

/** PauseExporting: `{ run, target }` → `{ pausedAt, pauseProof }` */
export const pauseExporting = handler(
  z.strictObject({ run, target: exportingTarget }),
  ({ run, target }, context) => pauseForBackup(run, target, context),
);
