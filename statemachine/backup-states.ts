import {
  backUpEach,
  call,
  catchAll,
  retryForAWhile,
  retryResume,
  retryShortly,
  retryWhileBusy,
} from './blocks.ts';
import { definition } from './states.ts';

const component = { start: 'StartComponentBackup', check: 'CheckComponentBackup' };
const records = { start: 'StartRecordsBackup', check: 'CheckRecordsBackup' };

/** The call that resumes exporting, both after a backup and after a failure. */
const resume = call('ResumeExporting', { 'run.$': '$.run', 'target.$': '$.exporting' });
const howItWasResumed = { 'how.$': '$.Payload.resumed' };

const recordFailure = call('RecordFailure', { 'state.$': '$', 'runId.$': '$$.Execution.Id' });

/** The state machine of a backup. README.md says why it has each of its states. */
export const backup = definition({
  Comment:
    'Makes a consistent backup of a whole Camunda 8 cluster. statemachine/README.md says why it has each of its states.',
  StartAt: 'PrepareBackup',
  TimeoutSeconds: 14 * 24 * 3600,
  States: {
    PrepareBackup: {
      ...call('PrepareBackup', { 'request.$': '$', 'runId.$': '$$.Execution.Id' }),
      TimeoutSeconds: 180,
      OutputPath: '$.Payload',
      Comment:
        'Takes the lock, checks that the cluster can be backed up, chooses the id and writes the manifest',
      Retry: [...retryShortly(), retryWhileBusy],
      Catch: catchAll('$.failure', 'RecordFailure'),
      Next: 'IsPlanned',
    },
    IsPlanned: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.outcome', StringEquals: 'SKIPPED', Next: 'BackupSkipped' },
        { Variable: '$.order', StringEquals: 'PAUSE_FIRST', Next: 'PauseExporting' },
      ],
      Default: 'BackUpApplications',
    },
    BackupSkipped: {
      Type: 'Succeed',
      Comment: 'Another run holds the lock. This run has changed nothing, and this is not an error',
    },
    PauseExporting: {
      ...call('PauseExporting', { 'run.$': '$.run', 'target.$': '$.exporting' }),
      TimeoutSeconds: 180,
      Comment: 'Runs before the applications in 8.8 and later, and after them in 8.5 to 8.7',
      ResultPath: null,
      Retry: retryShortly('PauseFailed'),
      Catch: catchAll('$.failure', 'ResumeExportingAfterFailure'),
      Next: 'WhatFollowsThePause',
    },
    WhatFollowsThePause: {
      Type: 'Choice',
      Choices: [{ Variable: '$.order', StringEquals: 'PAUSE_FIRST', Next: 'BackUpApplications' }],
      Default: 'BackUpRecords',
    },
    BackUpApplications: {
      Type: 'Map',
      Comment:
        'Backs up concurrently the web applications and Optimize (8.8 and later), or Operate, Tasklist and Optimize',
      ...backUpEach('Application', '$.applications', component),
      Catch: catchAll('$.failure', 'ResumeExportingAfterFailure'),
      Next: 'WhatFollowsTheApplications',
    },
    WhatFollowsTheApplications: {
      Type: 'Choice',
      Choices: [{ Variable: '$.order', StringEquals: 'PAUSE_FIRST', Next: 'BackUpRecords' }],
      Default: 'PauseExporting',
    },
    BackUpRecords: {
      Type: 'Map',
      Comment: 'Backs up the exported records in the search engine, if they are configured',
      ...backUpEach('Records', '$.records', records),
      Catch: catchAll('$.failure', 'ResumeExportingAfterFailure'),
      Next: 'BackUpZeebe',
    },
    BackUpZeebe: {
      Type: 'Map',
      Comment: "Backs up the brokers' partitions. The list always has one element",
      ...backUpEach('Zeebe', '$.zeebe', component),
      Catch: catchAll('$.failure', 'ResumeExportingAfterFailure'),
      Next: 'ResumeExporting',
    },
    ResumeExporting: {
      ...resume,
      TimeoutSeconds: 180,
      Comment:
        'Resumes exporting and reads it back. It is retried for 46 minutes after every error but a few',
      ResultSelector: howItWasResumed,
      ResultPath: '$.resumed',
      Retry: retryResume,
      Catch: catchAll('$.failure', 'RecordFailure'),
      Next: 'DescribeSnapshots',
    },
    DescribeSnapshots: {
      ...call('DescribeSnapshots', { 'run.$': '$.run' }),
      TimeoutSeconds: 60,
      Comment:
        'Records facts for a restore. A failure does not affect the backup: the restore then lacks these facts',
      ResultPath: null,
      Retry: retryShortly(),
      Catch: catchAll('$.notDescribed', 'CompleteBackup'),
      Next: 'CompleteBackup',
    },
    CompleteBackup: {
      ...call('CompleteBackup', { 'run.$': '$.run' }),
      TimeoutSeconds: 90,
      Comment: 'Writes the COMPLETED manifest and releases the lock',
      OutputPath: '$.Payload',
      Retry: retryForAWhile('LedgerUnusable'),
      Catch: catchAll('$.failure', 'RecordFailure'),
      End: true,
    },
    ResumeExportingAfterFailure: {
      ...resume,
      TimeoutSeconds: 180,
      Comment: 'Does nothing if exporting was not paused yet',
      ResultSelector: howItWasResumed,
      ResultPath: '$.resumedAfterFailure',
      Retry: retryResume,
      Catch: catchAll('$.resumeFailure', 'RecordFailure'),
      Next: 'RecordFailure',
    },
    RecordFailure: {
      ...recordFailure,
      TimeoutSeconds: 90,
      Comment:
        'Writes the FAILED manifest and alerts people. It releases the lock unless exporting may still be paused or another attempt follows',
      OutputPath: '$.Payload',
      Retry: retryForAWhile('LedgerUnusable', 'AlertFailed'),
      Catch: [
        { ErrorEquals: ['AlertFailed'], ResultPath: '$.recordFailure', Next: 'BackupFailed' },
        ...catchAll('$.recordFailure', 'TellFailure'),
      ],
      Next: 'IsTriedAgain',
    },
    TellFailure: {
      ...recordFailure,
      TimeoutSeconds: 90,
      Comment:
        'Tries once more to record the failure, which RecordFailure could not do, and alerts people in any case',
      OutputPath: '$.Payload',
      Retry: retryForAWhile('LedgerUnusable', 'AlertFailed'),
      Catch: catchAll('$.tellFailure', 'BackupFailed'),
      Next: 'IsTriedAgain',
    },
    IsTriedAgain: {
      Type: 'Choice',
      Comment:
        'The run tries again if the failure is known to be temporary: a leader change, a race for a snapshot, a slow component',
      Choices: [
        { Variable: '$.outcome', StringEquals: 'TRY_AGAIN', Next: 'DeleteFailedBackup' },
        { Variable: '$.outcome', StringEquals: 'COMPLETED', Next: 'BackupCompleted' },
      ],
      Default: 'BackupFailed',
    },
    DeleteFailedBackup: {
      ...call('DeleteFailedBackup', '$.failed'),
      TimeoutSeconds: 180,
      Comment:
        'Deletes the parts of the failed backup, which could obstruct the next one. Parts that cannot be deleted stay',
      ResultPath: null,
      Retry: retryShortly(),
      Catch: catchAll('$.deletion', 'WaitBeforeTheNextTry'),
      Next: 'WaitBeforeTheNextTry',
    },
    WaitBeforeTheNextTry: {
      Type: 'Wait',
      Comment:
        'Exporting is resumed, and the run keeps the lock. An election takes less time than this, and a restarting broker needs a minute or two',
      Seconds: 120,
      OutputPath: '$.request',
      Next: 'PrepareBackup',
    },
    BackupCompleted: {
      Type: 'Succeed',
      Comment: 'The failure came after COMPLETED was written, such as a lost answer or a late function',
      OutputPath: '$.completed',
    },
    BackupFailed: {
      Type: 'Fail',
      Comment: "Fails with the first error's own name and cause",
      ErrorPath: '$.failure.Error',
      CausePath: '$.failure.Cause',
    },
  },
});
