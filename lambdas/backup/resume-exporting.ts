import * as z from 'zod';
import { resumeAfterBackup } from '../../core/backup/exporting.ts';
import { exportingTarget } from '../../core/components/zeebe/exporting-target.ts';
import { run } from '../../core/ledger/run.ts';
import { type FunctionDefinition, smallMemory } from '../definition.ts';
import { handler } from '../handler.ts';

/** ResumeExporting, ResumeExportingAfterFailure: `{ run, target }` → `{ resumed: proven | answered | not-paused }`. */
export const work = handler(z.strictObject({ run, target: exportingTarget }), ({ run, target }, context) =>
  resumeAfterBackup(run, target, context),
);

export const definition: FunctionDefinition = {
  file: 'backup/resume-exporting.ts',
  description: 'Resumes exporting and reads it back',
  // It resumes and reads the exporting phases. Each call may take 30 s.
  timeoutSeconds: 120,
  memoryMegabytes: smallMemory,
  needs: ['cluster', 'secrets'],
  ledger: { read: ['lock'], write: ['lock'] },
};
