import { type Clock, systemClock } from '../../core/clock.ts';
import { checkedCluster } from '../../core/doctor/check-cluster.ts';
import { recipients } from '../../core/doctor/recipients.ts';
import { printCheck } from '../check/report.ts';
import { type Output, printLine } from '../screen/output.ts';
import { type Aws, aws as openAws } from './aws.ts';
import { invoke } from './invoke.ts';
import { clusterOfStack, readStack } from './outputs.ts';
import { lookAtRecipients } from './recipients.ts';

export interface StackCheckOptions {
  stack: string;
  /** Optional if the stack backs up only one cluster. */
  cluster?: string;
  json: boolean;
  output: Output;
  /** Tests replace the following. */
  aws?: Aws;
  clock?: Clock;
}

/** Runs `camunda-backup check --stack`: looks at a cluster from where the stack's functions run. */
export async function checkOnStack(options: StackCheckOptions): Promise<number> {
  const { json, output, aws = openAws(), clock = systemClock } = options;
  const stack = await readStack(options.stack, aws);
  const cluster = clusterOfStack(stack, options.cluster);
  const say = (text: string) => printLine(output.stderr, text);
  const checked = await invoke(
    {
      stack: stack.name,
      name: 'CheckCluster',
      arn: stack.functions.check,
      input: { cluster },
      answer: checkedCluster,
    },
    { aws, clock, say },
  );
  // The function may not ask SNS for this, and the person may.
  const seen =
    stack.alertsTopicArn === undefined ? [] : recipients(await lookAtRecipients(stack, undefined, aws));
  const whole = { ...checked, diagnosis: [...checked.diagnosis, ...seen] };
  return printCheck(whole, { json, output }, { stack: stack.name });
}
