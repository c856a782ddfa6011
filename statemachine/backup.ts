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

/** What resumes exporting, after a backup as after a failure. */
const resume = call('ResumeExporting', { 'run.$': '$.run', 'target.$': '$.exporting' });
const howItWasResumed = { 'how.$': '$.Payload.resumed' };

const recordFailure = call('RecordFailure', { 'state.$': '$', 'runId.$': '$$.Execution.Id' });

/** README.md says why each state is there. */
export const backup = definition({
  Comment:
    'A consistent backup of a whole Camunda 8 cluster. statemachine/README.md says why each state is there.',
  StartAt: 'PrepareBackup',
  TimeoutSeconds: 14 * 24 * 3600,
  States: {
    PrepareBackup: {
      ...call('PrepareBackup', { 'request.$': '$', 'runId.$': '$$.Execution.Id' }),
      TimeoutSeconds: 180,
      OutputPath: '$.Payload',
      Comment:
        'Takes the lock, looks whether the cluster can be backed up, chooses the id, writes the manifest',
      Retry: [retryShortly(), retryWhileBusy],
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
      Comment: 'Another run holds the lock: nothing was done, and nothing is wrong',
    },
    PauseExporting: {
      ...call('PauseExporting', { 'run.$': '$.run', 'target.$': '$.exporting' }),
      TimeoutSeconds: 180,
      Comment: '8.8 and later: before the applications. 8.5 to 8.7: after them',
      ResultPath: null,
      Retry: [retryShortly('PauseFailed')],
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
        'Side by side: web applications and Optimize (8.8 and later), or Operate, Tasklist and Optimize',
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
      Comment: 'The exported records in the search engine; none where they are not configured',
      ...backUpEach('Records', '$.records', records),
      Catch: catchAll('$.failure', 'ResumeExportingAfterFailure'),
      Next: 'BackUpZeebe',
    },
    BackUpZeebe: {
      Type: 'Map',
      Comment: "The brokers' partitions; always one",
      ...backUpEach('Zeebe', '$.zeebe', component),
      Catch: catchAll('$.failure', 'ResumeExportingAfterFailure'),
      Next: 'ResumeExporting',
    },
    ResumeExporting: {
      ...resume,
      TimeoutSeconds: 180,
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
        'What a restore compares with. The backup is complete whatever comes of it: what is not known is said',
      ResultPath: null,
      Retry: [retryShortly()],
      Catch: catchAll('$.notDescribed', 'CompleteBackup'),
      Next: 'CompleteBackup',
    },
    CompleteBackup: {
      ...call('CompleteBackup', { 'run.$': '$.run' }),
      TimeoutSeconds: 90,
      Comment: 'Writes the COMPLETED manifest, gives the lock back',
      OutputPath: '$.Payload',
      Retry: [retryForAWhile('LedgerUnusable')],
      Catch: catchAll('$.failure', 'RecordFailure'),
      End: true,
    },
    ResumeExportingAfterFailure: {
      ...resume,
      TimeoutSeconds: 180,
      Comment: 'Does nothing where exporting was not paused yet',
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
        'Writes the FAILED manifest, tells people; gives the lock back unless exporting may still be paused, or another try follows',
      OutputPath: '$.Payload',
      Retry: [retryForAWhile('LedgerUnusable', 'AlertFailed')],
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
        'The failure could not be written down: tries that once more, and tells people whatever comes of it',
      OutputPath: '$.Payload',
      Retry: [retryForAWhile('LedgerUnusable', 'AlertFailed')],
      Catch: catchAll('$.tellFailure', 'BackupFailed'),
      Next: 'IsTriedAgain',
    },
    IsTriedAgain: {
      Type: 'Choice',
      Comment:
        'Where the failure is known to pass: a leader change, a race for a snapshot, a component that was slow',
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
        'What is left of the failed backup would be in the way of the next one; what cannot be deleted stays',
      ResultPath: null,
      Retry: [retryShortly()],
      Catch: catchAll('$.deletion', 'WaitBeforeTheNextTry'),
      Next: 'WaitBeforeTheNextTry',
    },
    WaitBeforeTheNextTry: {
      Type: 'Wait',
      Comment:
        'Exporting is resumed, and the lock is kept. Leaders are chosen in less; a broker that restarts needs a minute or two',
      Seconds: 120,
      OutputPath: '$.request',
      Next: 'PrepareBackup',
    },
    BackupCompleted: {
      Type: 'Succeed',
      Comment: 'What failed came after COMPLETED was written: a lost answer, a function that was late',
      OutputPath: '$.completed',
    },
    BackupFailed: {
      Type: 'Fail',
      Comment: "With the first error's own name and cause",
      ErrorPath: '$.failure.Error',
      CausePath: '$.failure.Cause',
    },
  },
});
