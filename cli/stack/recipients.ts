import type { Config } from '../../core/config/schema.ts';
import { isBackupError } from '../../core/errors.ts';
import { confirmThem, type Recipients, recipientsOf } from '../../core/tell/subscriptions.ts';
import { paint, type Screen } from '../screen/output.ts';
import type { Aws } from './aws.ts';
import type { DeployedStack } from './outputs.ts';

/** Whom the alerts of a stack reach, in the objects of `--json`. `unknown` is the reason if that is not known. */
export interface RecipientsSeen extends Recipients {
  unknown: string | null;
}

/** Looks at the subscriptions of the stack's topic. `config` shows which of them are missing. */
export async function lookAtRecipients(
  { alertsTopicArn }: DeployedStack,
  config: Config | undefined,
  aws: Pick<Aws, 'subscriptions'>,
): Promise<RecipientsSeen> {
  if (alertsTopicArn === undefined) return notKnown('the stack has no topic');
  try {
    const found = await aws.subscriptions(alertsTopicArn);
    return { ...recipientsOf(found, config?.deployment?.alerts), unknown: null };
  } catch (error) {
    // A person without this permission may still see the rest of the stack.
    if (!isBackupError(error)) throw error;
    return notKnown(error.message);
  }
}

function notKnown(why: string): RecipientsSeen {
  return { confirmed: [], pending: [], missing: [], unknown: why };
}

/** Describes the recipients in lines; what needs a person is coloured. */
export function recipientLines(seen: RecipientsSeen, stdout: Screen): string[] {
  const { confirmed, pending, missing, unknown } = seen;
  if (unknown !== null) return [`not known: ${unknown}`];
  const bad = (text: string) => paint(stdout, 'red', text);
  const lines = [
    ...(confirmed.length > 0 ? [`confirmed: ${named(confirmed)}`] : [bad('NOBODY IS TOLD')]),
    ...(pending.length > 0 ? [bad(`NOT CONFIRMED: ${named(pending)}`)] : []),
    ...(missing.length > 0 ? [bad(`MISSING: ${named(missing)}`)] : []),
  ];
  return pending.length + missing.length > 0 ? [...lines, confirmThem] : lines;
}

export function named(subscriptions: Pick<Recipients['missing'][number], 'protocol' | 'endpoint'>[]): string {
  return subscriptions.map(({ protocol, endpoint }) => `${protocol} ${endpoint}`).join(', ');
}
