import * as z from 'zod';
import { resumeAfterBackup } from '../../core/backup/exporting.ts';
import { exportingTarget } from '../../core/components/target.ts';
import { run } from '../../core/ledger/run.ts';
import { handler } from '../handler.ts';

/** ResumeExporting and ResumeExportingAfterFailure: `{ run, target }` → `{ resumed: proven | answered | not-paused }` */
export const resumeExporting = handler(
  z.strictObject({ run, target: exportingTarget }),
  ({ run, target }, context) => resumeAfterBackup(run, target, context),
);
