import * as checkComponentBackup from './check-component-backup.ts';
import * as checkRecordsBackup from './check-records-backup.ts';
import * as completeBackup from './complete-backup.ts';
import * as deleteFailedBackup from './delete-failed-backup.ts';
import * as describeSnapshots from './describe-snapshots.ts';
import * as pauseExporting from './pause-exporting.ts';
import * as prepareBackup from './prepare-backup.ts';
import * as recordFailure from './record-failure.ts';
import * as resumeExporting from './resume-exporting.ts';
import * as startComponentBackup from './start-component-backup.ts';
import * as startRecordsBackup from './start-records-backup.ts';

/** The functions of a backup, by the names that the state machine calls them by. */
export const functions = {
  PrepareBackup: prepareBackup,
  PauseExporting: pauseExporting,
  ResumeExporting: resumeExporting,
  StartComponentBackup: startComponentBackup,
  CheckComponentBackup: checkComponentBackup,
  StartRecordsBackup: startRecordsBackup,
  CheckRecordsBackup: checkRecordsBackup,
  DescribeSnapshots: describeSnapshots,
  CompleteBackup: completeBackup,
  RecordFailure: recordFailure,
  DeleteFailedBackup: deleteFailedBackup,
};
