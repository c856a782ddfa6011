import type { Alert } from '../alert.ts';
import type { Context } from '../context.ts';
import { within } from '../within.ts';
import { leftPausedEvent, publish } from './events.ts';

/** The time limit for sending an alert, so that a send that hangs cannot block a state or the watchdog. */
export const tellSeconds = 15;

/**
 * Sends an alert within its time limit. If it says that exporting is left paused, other programs get an event at the same
 * time, which neither needs the alert nor delays it. Throws if the alert could not be sent.
 */
export async function tellPeople(
  alert: Alert,
  context: Pick<Context, 'tell' | 'publish' | 'clock' | 'warn'>,
): Promise<void> {
  const published =
    alert.kind === 'exportingLeftPaused' ? publish(leftPausedEvent(alert), context) : undefined;
  try {
    await within(tellSeconds, () => context.tell(alert), context);
  } finally {
    await published;
  }
}
