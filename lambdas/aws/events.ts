import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { eventPatience } from '../../core/connect/aws-client.ts';
import { awsError } from '../../core/connect/aws-error.ts';
import { type BackupEvent, eventDetails, eventSource } from '../../core/event.ts';

/** Returns a function that sends events to the default bus. It throws a BackupError if EventBridge does not take an event. */
export function eventPublisher(stack: string, patience = eventPatience) {
  const client = new EventBridgeClient(patience);
  return async ({ type, detail }: BackupEvent): Promise<void> => {
    const written = eventDetails[type].parse({ format: 1, stack, ...detail });
    const isExecution = 'run' in detail && detail.run.startsWith('arn:');
    const command = new PutEventsCommand({
      Entries: [
        {
          Source: eventSource,
          DetailType: type,
          Detail: JSON.stringify(written),
          ...(isExecution ? { Resources: [detail.run] } : {}),
        },
      ],
    });
    const { Entries: [refused] = [], FailedEntryCount = 0 } = await client
      .send(command)
      .catch(async (error: unknown) => {
        throw trouble(error, await client.config.region());
      });
    // EventBridge answers 200 also if it took nothing.
    if (FailedEntryCount > 0) {
      const error = new Error(refused?.ErrorMessage ?? 'without a reason');
      error.name = refused?.ErrorCode ?? error.name;
      throw trouble(error, await client.config.region());
    }
  };
}

function trouble(error: unknown, region: string) {
  return awsError(
    {
      what: 'EventBridge has not taken it',
      service: 'EventBridge',
      region,
      permission: 'events:PutEvents on the default bus for this function',
      check: 'Check the default bus of EventBridge.',
    },
    error,
  );
}
