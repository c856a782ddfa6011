import { call, catchAll, retryForAWhile, retryShortly } from './blocks.ts';
import { definition } from './states.ts';

/**
 * The state machine that looks after backups that have been made: it verifies them. It never pauses exporting and never
 * takes the lock, so a backup may run at the same time. README.md says why it has each of its states.
 */
export const housekeeping = definition({
  Comment:
    'Verifies backups of Camunda 8 clusters. statemachine/README.md says why it has each of its states.',
  StartAt: 'ChooseBackups',
  TimeoutSeconds: 7 * 24 * 3600,
  States: {
    ChooseBackups: {
      ...call('ChooseBackups', { 'request.$': '$', 'runId.$': '$$.Execution.Id' }),
      TimeoutSeconds: 90,
      Comment: 'Lists the backups that are to be verified',
      OutputPath: '$.Payload',
      Retry: retryShortly(),
      Next: 'VerifyEach',
    },
    VerifyEach: {
      Type: 'Map',
      Comment: 'Verifies one backup after the other, the newest first',
      ItemsPath: '$.runs',
      MaxConcurrency: 1,
      ItemSelector: { 'run.$': '$$.Map.Item.Value', 'readData.$': '$.readData' },
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: 'PlanVerification',
        States: {
          PlanVerification: {
            ...call('PlanVerification', '$'),
            TimeoutSeconds: 300,
            Comment:
              "Marks the backup as in use, and divides the files of Zeebe's snapshots into parts if they are to be read",
            OutputPath: '$.Payload',
            Retry: retryShortly(),
            Next: 'ReadParts',
          },
          ReadParts: {
            Type: 'Map',
            Comment: 'Reads the parts, four at a time. There are none unless the contents are to be read',
            ItemsPath: '$.parts',
            MaxConcurrency: 4,
            ItemSelector: { 'run.$': '$.run', 'part.$': '$$.Map.Item.Value' },
            ItemProcessor: {
              ProcessorConfig: { Mode: 'INLINE' },
              StartAt: 'ReadPart',
              States: {
                ReadPart: {
                  ...call('ReadPart', '$'),
                  TimeoutSeconds: 900,
                  OutputPath: '$.Payload',
                  Retry: retryShortly(),
                  Catch: catchAll('$.failure', 'PartNotRead'),
                  End: true,
                },
                PartNotRead: {
                  Type: 'Succeed',
                  Comment: 'What could not be read is unknown, and the rest is verified all the same',
                  OutputPath: '$.failure.Error',
                },
              },
            },
            ResultPath: '$.read',
            Next: 'ConcludeVerification',
          },
          ConcludeVerification: {
            ...call('ConcludeVerification', '$'),
            TimeoutSeconds: 900,
            Comment: 'Asks everything else, judges all answers, records the verification and alerts people',
            OutputPath: '$.Payload',
            Retry: retryForAWhile('LedgerUnusable'),
            End: true,
          },
        },
      },
      ResultPath: '$.verified',
      End: true,
    },
  },
});
