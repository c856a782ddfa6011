import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { Clock } from '../../core/clock.ts';
import { type ErrorName, errorNames } from '../../core/error-names.ts';
import { BackupError, isBackupError } from '../../core/errors.ts';
import { parseJson } from '../../core/json.ts';
import { splitRemedy } from '../../lambdas/carried-error.ts';
import type { Aws } from './aws.ts';

/** A function of a deployed stack that a person calls. */
export interface Called<Answer> {
  stack: string;
  /** The name in the table of functions, such as CheckCluster. */
  name: string;
  /** The ARN in the outputs of the stack; undefined if the stack has no such function. */
  arn: string | undefined;
  input: object;
  answer: z.ZodType<Answer>;
}

export interface Calling {
  aws: Pick<Aws, 'invoke'>;
  clock: Clock;
  /** Prints a note for the person who waits. */
  say: (text: string) => void;
}

/**
 * Calls a function of a stack and reads its answer. Throws ConfigurationError if the stack has no such function, the
 * error that the function threw, Unreachable if it did not end or its answer did not arrive, and UnexpectedAnswer.
 */
export async function invoke<Answer>(called: Called<Answer>, calling: Calling): Promise<Answer> {
  const { stack, name, arn, input } = called;
  if (arn === undefined) {
    throw new BackupError(
      'ConfigurationError',
      `The stack ${stack} has no function ${name}: an older version of camunda-backup has deployed it`,
      { remedy: 'Deploy the stack again with this version: npx cdk deploy' },
    );
  }
  const { payload, failed } = await awake(called, () => calling.aws.invoke(arn, input), calling).catch(
    (error: unknown) => {
      throw isBackupError(error, 'Unreachable') ? lost(name, error) : error;
    },
  );
  if (failed) throw thrownBy(name, payload);
  return readAnswer(called, payload, calling);
}

/**
 * The errors of Lambda for a call that has not begun. A function in a VPC that nobody has called for weeks gives its
 * network connection up, and takes a few minutes to get another one:
 * https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
 */
const notBegun = new Set([
  'ResourceNotReadyException',
  'ResourceConflictException',
  'ENINotReadyException',
  'ENILimitReachedException',
  'EC2ThrottledException',
  'TooManyRequestsException',
]);

/** In seconds; together about five minutes. */
const waits = [2, 4, 8, 15, 30, 30, 30, 60, 60, 60];

async function awake<T>(
  { name }: { name: string },
  call: () => Promise<T>,
  { clock, say }: Calling,
): Promise<T> {
  for (const [index, seconds] of waits.entries()) {
    try {
      return await call();
    } catch (error) {
      if (!isBackupError(error) || !notBegun.has(nameOf(error.cause))) throw error;
      if (index === 0) {
        say(`The function ${name} is not ready (${nameOf(error.cause)}); this may take a few minutes.`);
      }
      await clock.sleep(seconds * 1000);
    }
  }
  return call();
}

/** A call without an answer. The functions look at what is there first, so that the same call may be made again. */
function lost(name: string, { message, remedy = '' }: BackupError): BackupError {
  return new BackupError(
    'Unreachable',
    `${message}. Whether the function ${name} has done its work is not known`,
    {
      remedy: `${remedy} Then run the same command again.`,
    },
  );
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

const thrown = z.object({ errorType: z.string().default(''), errorMessage: z.string().default('') });

/** The error that a function threw, as Lambda describes it. */
function thrownBy(name: string, payload: string): BackupError {
  const { errorType, errorMessage } = thrown
    .catch({ errorType: '', errorMessage: '' })
    .parse(parseJson(payload));
  const { message, remedy } = splitRemedy(errorMessage);
  if (isErrorName(errorType)) return new BackupError(errorType, message, { remedy });
  const log = `See the log of the function ${name}.`;
  if (errorType === 'Sandbox.Timedout' || /Task timed out/.test(errorMessage)) {
    return new BackupError('Unreachable', `The function ${name} did not end within its time limit`, {
      remedy: `${log} It waits for something that does not answer: the cluster, or a service of AWS that its subnets do not reach (S3, Secrets Manager: a NAT gateway or endpoints). The command can be repeated.`,
    });
  }
  return new BackupError(
    'UnexpectedAnswer',
    `The function ${name} failed: ${errorType} ${message || payload}`,
    {
      remedy: `${log} The command can be repeated.`,
    },
  );
}

export function isErrorName(name: string): name is ErrorName {
  return Object.hasOwn(errorNames, name);
}

function readAnswer<Answer>(
  { stack, name, answer }: Called<Answer>,
  payload: string,
  { say }: Calling,
): Answer {
  const found = parseJson(payload);
  const read = answer.safeParse(found);
  if (!read.success) {
    throw new BackupError(
      'UnexpectedAnswer',
      `The answer of the function ${name} of the stack ${stack} cannot be read by this version: ${z.prettifyError(read.error)}`,
      { remedy: 'Use the version of camunda-backup that has deployed the stack, or deploy the stack again.' },
    );
  }
  if (!isDeepStrictEqual(read.data, found)) {
    say(
      `The stack ${stack} answers more than this version of camunda-backup can show: a newer version has deployed it.`,
    );
  }
  return read.data;
}
