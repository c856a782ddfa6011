import { type Clock, systemClock } from '../../core/clock.ts';
import { BackupError } from '../../core/errors.ts';
import { confirmThem } from '../../core/tell/subscriptions.ts';
import { testAlertAnswer } from '../../core/tell/test-alert.ts';
import { type AlertTestResult, nothingSent, whoever } from '../alert-test-result.ts';
import { exitCodes } from '../exit-codes.ts';
import { type Output, paint, printError, printJson, printLine } from '../screen/output.ts';
import { type Aws, aws as openAws } from './aws.ts';
import { invoke } from './invoke.ts';
import { clusterOfStack, readStack } from './outputs.ts';
import { lookAtRecipients, named } from './recipients.ts';

export interface AlertTestOptions {
  stack: string;
  /** The cluster that the alert names; all of them if it is omitted. */
  cluster?: string;
  json: boolean;
  output: Output;
  /** Tests replace the following. */
  aws?: Aws;
  clock?: Clock;
  by?: string;
}

/** Lets the watchdog of a stack send a test alert, and says who can have got it. Returns the exit code. */
export async function testAlerts(options: AlertTestOptions): Promise<number> {
  const { json, output, aws = openAws(), clock = systemClock, by = whoever() } = options;
  const stack = await readStack(options.stack, aws);
  const cluster = options.cluster === undefined ? {} : { cluster: clusterOfStack(stack, options.cluster) };
  const { alertsTopicArn: topic } = stack;
  if (topic === undefined) {
    throw new BackupError('ConfigurationError', `The stack ${stack.name} has no topic for alerts`, {
      remedy: 'Deploy the stack again: npx cdk deploy',
    });
  }
  const { testAlert } = await invoke(
    {
      stack: stack.name,
      name: 'WatchOverExporting',
      arn: stack.functions.watchdog,
      input: { testAlert: { by, ...cluster } },
      answer: testAlertAnswer,
    },
    { aws, clock, say: (text) => printLine(output.stderr, text) },
  );
  const { failure = null } = testAlert;
  const { confirmed, pending, unknown } = await lookAtRecipients(stack, undefined, aws);
  const sent = failure === null;
  // A person who may not list the subscriptions can still look whether the alert arrives.
  const ok = sent && (confirmed.length > 0 || unknown !== null);
  const result: AlertTestResult = {
    ...nothingSent(failure),
    ok,
    sent,
    stack: stack.name,
    topic,
    by,
    confirmed,
    pending,
  };
  if (json) printJson(output.stdout, result);
  else if (failure) printError(output.stderr, failure);
  else for (const line of linesOf(result, unknown, output)) printLine(output.stdout, line);
  return ok ? exitCodes.done : exitCodes.failed;
}

function linesOf(
  { topic, by, confirmed, pending }: AlertTestResult,
  unknown: string | null,
  { stdout }: Output,
): string[] {
  const sent = `A test alert in the name of ${by} was sent to ${topic}.`;
  if (unknown !== null) return [sent, `Who gets it is not known: ${unknown}.`];
  return [
    sent,
    confirmed.length > 0
      ? `It goes to ${count(confirmed)} that ${confirmed.length === 1 ? 'is' : 'are'} confirmed: ${named(confirmed)}. See whether it arrives there.`
      : paint(stdout, 'red', 'NOBODY GETS IT: the topic has no confirmed subscription.'),
    ...(pending.length > 0
      ? [
          paint(
            stdout,
            'red',
            `It does not go to ${count(pending)} that ${pending.length === 1 ? 'is' : 'are'} NOT CONFIRMED: ${named(pending)}.`,
          ),
          confirmThem,
        ]
      : []),
  ];
}

function count({ length }: unknown[]): string {
  return `${length} ${length === 1 ? 'subscription' : 'subscriptions'}`;
}
