import type { Handler } from '../handler.ts';
import { checkComponentBackup } from './check-component-backup.ts';
import { checkRecordsBackup } from './check-records-backup.ts';
import { completeBackup } from './complete-backup.ts';
import { deleteFailedBackup } from './delete-failed-backup.ts';
import { pauseExporting } from './pause-exporting.ts';
import { prepareBackup } from './prepare-backup.ts';
import { recordFailure } from './record-failure.ts';
import { resumeExporting } from './resume-exporting.ts';
import { startComponentBackup } from './start-component-backup.ts';
import { startRecordsBackup } from './start-records-backup.ts';

/** Every function, by the name that the state machine calls it by: `${Name}` in backup.asl.json. */
export const handlers: Record<string, Handler<unknown>> = {
  PrepareBackup: prepareBackup,
  PauseExporting: pauseExporting,
  ResumeExporting: resumeExporting,
  StartComponentBackup: startComponentBackup,
  CheckComponentBackup: checkComponentBackup,
  StartRecordsBackup: startRecordsBackup,
  CheckRecordsBackup: checkRecordsBackup,
  CompleteBackup: completeBackup,
  RecordFailure: recordFailure,
  DeleteFailedBackup: deleteFailedBackup,
};
