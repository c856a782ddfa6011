import * as z from 'zod';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { Commands } from '../../core/commands.ts';
import { BackupError } from '../../core/errors.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import { verification } from '../../core/ledger/verification.ts';
import { executionUrl } from '../../core/tell/alert-message.ts';
import type { WhichBackups } from '../../core/verify/request.ts';
import type { Surroundings } from '../../deployment/commands.ts';
import { splitRemedy } from '../../lambdas/carried-error.ts';
import { housekeeping } from '../../statemachine/housekeeping-procedure.ts';
import { startInput } from '../../statemachine/procedure.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Observation } from '../screen/observation.ts';
import { type Output, printJson, printLine } from '../screen/output.ts';
import { formatBytes } from '../screen/values.ts';
import type { onEnding } from '../signals.ts';
import { type Done, exitCodeOf, printObject, printOne } from '../verify/done.ts';
import { failedVerification } from '../verify/result.ts';
import { type Aws, aws as openAws } from './aws.ts';
import { nameOfExecution } from './ending.ts';
import type { Ended } from './history.ts';
import { isErrorName } from './invoke.ts';
import { ledgerOfStack } from './ledger.ts';
import { clusterOfStack, commandsOfStack, type DeployedStack, readStack } from './outputs.ts';
import { executionName } from './run.ts';
import { listenForStop } from './stopping.ts';
import { untilEnd } from './until-end.ts';

export interface StackVerifyOptions {
  stack: string;
  at: Surroundings;
  /** Optional if the stack backs up only one cluster. */
  cluster?: string;
  which: WhichBackups;
  readData: boolean;
  json: boolean;
  output: Output;
  onSignal: typeof onEnding;
  /** Tests replace the following. */
  aws?: Aws;
  openLedger?: (stack: DeployedStack, commands: Commands) => Ledger;
  clock?: Clock;
}

/** The output of an execution. A newer stack may answer more. */
const answer = z.object({
  verified: z.array(
    z.union([
      z.object({ backupId: z.int(), document: z.string() }),
      // The ledger does not keep the verification of a backup that it does not know, or that has not ended.
      z.object({ backupId: z.int(), document: z.null(), verification }),
    ]),
  ),
  omitted: z.int(),
});

/**
 * Runs `camunda-backup verify --stack`: starts the state machine of housekeeping, waits for its end, and shows what it has
 * written into the ledger. Returns the exit code.
 */
export async function verifyOnStack(options: StackVerifyOptions): Promise<number> {
  const { which, readData, json, output } = options;
  const { aws = openAws(), openLedger = ledgerOfStack, clock = systemClock } = options;
  const stopping = listenForStop(options.onSignal);
  const say = (text: string) => printLine(output.stderr, text);
  try {
    const stack = await readStack(options.stack, aws);
    const cluster = clusterOfStack(stack, options.cluster);
    const commands = commandsOfStack(stack, options.at);
    // A signal does not cancel this call, because the command must know which execution it has started.
    const { executionArn } = await aws.startExecution({
      stateMachineArn: housekeepingOf(stack),
      name: executionName(cluster, clock.now()),
      input: startInput(housekeeping, { cluster, verify: which, readData }),
    });
    const name = nameOfExecution(executionArn);
    say(`Execution ${name}: ${executionUrl(executionArn) ?? executionArn}`);
    const follow = progressOf(say);
    const watching = { executionArn, procedure: housekeeping, startedHere: true, aws, clock };
    const end = await untilEnd(
      { ...watching, signal: stopping.signal },
      ({ observations }) => observations.forEach(follow),
      say,
    );
    if (stopping.seen?.kind === 'bug') throw stopping.seen.error;
    const goesOn = `the execution ${name} goes on, and the ledger is going to have its result`;
    if ('error' in end) throw lost(end.error, goesOn);
    if ('stopped' in end) {
      const message = `Only the watching was interrupted: ${goesOn}`;
      say(`${message}.`);
      if (json) printJson(output.stdout, failedVerification(cluster, { error: 'Interrupted', message }));
      return exitCodes.interrupted;
    }
    const { verified, omitted } = answerOf(end.ended, name);
    const ledger = openLedger(stack, commands);
    const done: Done[] = [];
    for (const answered of verified) {
      const one = 'verification' in answered ? answered : await keptIn(ledger, cluster, answered);
      done.push(one);
      if (!json) printOne(one, output, commands);
    }
    if (json) printObject(cluster, done, output);
    if (omitted > 0) {
      say(
        `Only the newest ${verified.length} backups were verified. Name the others by their ids: ${omitted}.`,
      );
    }
    return exitCodeOf(done);
  } finally {
    stopping.dispose();
  }
}

function housekeepingOf({ name, housekeepingArn }: DeployedStack): string {
  if (housekeepingArn !== undefined) return housekeepingArn;
  throw new BackupError(
    'ConfigurationError',
    `The stack ${name} verifies no backups: an older version of camunda-backup has deployed it`,
    { remedy: 'Deploy the stack again with this version: npx cdk deploy' },
  );
}

const planned = z.object({
  run: z.object({ backupId: z.int() }),
  parts: z.array(z.object({ files: z.int(), bytes: z.int() })),
});
const readOne = z.object({ files: z.int(), bytes: z.int() });

/** Tells what is being verified, and each part that was read. */
function progressOf(say: (text: string) => void): (seen: Observation) => void {
  let parts = 0;
  let read = 0;
  return ({ type, state, ...seen }) => {
    const output = type === 'answered' && 'output' in seen ? seen.output : undefined;
    const plan = state === 'PlanVerification' ? planned.safeParse(output).data : undefined;
    if (plan) {
      parts = plan.parts.length;
      read = 0;
      const files = plan.parts.reduce((sum, one) => sum + one.files, 0);
      const bytes = plan.parts.reduce((sum, one) => sum + one.bytes, 0);
      const reading = parts === 0 ? '' : `, and reading ${files} files, ${formatBytes(bytes)}`;
      say(`Verifying the backup ${plan.run.backupId}${reading}.`);
    }
    const part = state === 'ReadPart' ? readOne.safeParse(output).data : undefined;
    if (!part) return;
    read += 1;
    say(`Read part ${read} of ${parts}: ${part.files} files, ${formatBytes(part.bytes)}.`);
  };
}

function lost(error: unknown, goesOn: string): unknown {
  if (!(error instanceof BackupError)) return error;
  const { name, message, remedy } = error;
  return new BackupError(
    name,
    `This command cannot watch the verification any longer, ${goesOn}: ${message}`,
    {
      ...(remedy === undefined ? {} : { remedy }),
      cause: error,
    },
  );
}

/** What a verification came to. Throws the error that ended its execution, by its own name. */
function answerOf({ status, output, error = '', cause }: Ended, name: string): z.infer<typeof answer> {
  if (status === 'SUCCEEDED') {
    const read = answer.safeParse(output);
    if (read.success) return read.data;
    throw new BackupError(
      'UnexpectedAnswer',
      `The answer of the execution ${name} cannot be read by this version: ${z.prettifyError(read.error)}`,
      { remedy: 'Use the version of camunda-backup that has deployed the stack, or deploy the stack again.' },
    );
  }
  const { message, remedy } = splitRemedy(cause);
  if (isErrorName(error)) throw new BackupError(error, message, { remedy });
  throw new BackupError(
    'UnexpectedAnswer',
    `The execution ${name} is ${status}: ${[error, message].filter(Boolean).join(' ') || 'it gave no reason'}`,
    { remedy: 'See the logs of its functions. The command can be repeated.' },
  );
}

async function keptIn(
  ledger: Ledger,
  cluster: string,
  { backupId, document }: { backupId: number; document: string },
): Promise<Done> {
  const verification = await ledger.readVerification(cluster, backupId);
  if (!verification) throw gone(document);
  return { verification, document };
}

function gone(document: string): BackupError {
  return new BackupError(
    'UnexpectedAnswer',
    `The verification was written to ${document}, and is not there`,
    {
      remedy: 'Compare the ledger of this command with that of the stack, and run the same command again.',
    },
  );
}
