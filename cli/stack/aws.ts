import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  type ExecutionListItem,
  GetExecutionHistoryCommand,
  type GetExecutionHistoryInput,
  type GetExecutionHistoryOutput,
  ListExecutionsCommand,
  type ListExecutionsInput,
  SFNClient,
  StartExecutionCommand,
  type StartExecutionInput,
} from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { awsPatience, httpStatusOf, invokePatience, pagePatience } from '../../core/connect/aws-client.ts';
import { awsTroubleOf } from '../../core/connect/aws-error.ts';
import type { ErrorName } from '../../core/error-names.ts';
import { BackupError, describe, type ErrorDetails } from '../../core/errors.ts';
import type { Subscription } from '../../core/tell/subscriptions.ts';
import type { RunFacts } from '../../core/watch/ended-runs.ts';
import { executionState, factsOf } from '../../lambdas/aws/executions.ts';
import { subscriptionsOf } from '../../lambdas/aws/subscriptions.ts';

/** The calls to AWS that the commands make. Every method throws a BackupError with a remedy. */
export interface Aws {
  region(): Promise<string>;
  describeStack(name: string, signal?: AbortSignal): Promise<Stack | undefined>;
  startExecution(input: StartExecutionInput): Promise<{ executionArn: string }>;
  history(input: GetExecutionHistoryInput, signal?: AbortSignal): Promise<Page>;
  executions(input: ListExecutionsInput): Promise<ExecutionListItem[]>;
  /** `gone` if the execution has ended in any way; `not-found` if Step Functions does not know it. */
  stateOf(executionArn: string): Promise<'running' | 'gone' | 'not-found'>;
  /** The cluster in the input of an execution, and why it failed. */
  factsOf(executionArn: string): Promise<RunFacts>;
  subscriptions(topicArn: string): Promise<Subscription[]>;
  /** Calls a function and waits for its answer. It is called once: a lost answer is an error. */
  invoke(functionArn: string, input: object): Promise<FunctionAnswer>;
}

/** The answer of a function as text, or the error that it threw. */
interface FunctionAnswer {
  payload: string;
  failed: boolean;
}

type Page = Pick<GetExecutionHistoryOutput, 'events' | 'nextToken'>;

/** The clients of AWS. Tests replace them. */
export interface Send {
  cloudFormation: Pick<CloudFormationClient, 'send' | 'config'>;
  stepFunctions: Pick<SFNClient, 'send'>;
  lambda: Pick<LambdaClient, 'send'>;
  sns: Pick<SNSClient, 'send'>;
}

export function aws({ cloudFormation, stepFunctions, lambda, sns }: Send = clients()): Aws {
  const region = async () => {
    try {
      return await cloudFormation.config.region();
    } catch (error) {
      throw translated('look for the region', error);
    }
  };
  return {
    region,
    describeStack: (name, abortSignal) =>
      attempt(`read the stack ${name} (cloudformation:DescribeStacks)`, async () => {
        const answer = await cloudFormation.send(new DescribeStacksCommand({ StackName: name }), {
          ...(abortSignal ? { abortSignal } : {}),
        });
        return answer.Stacks?.[0];
      }),
    startExecution: (input) =>
      attempt(`start the state machine ${input.stateMachineArn} (states:StartExecution)`, async () => {
        const { executionArn } = await stepFunctions.send(new StartExecutionCommand(input));
        if (executionArn === undefined) throw new Error('the answer names no execution');
        return { executionArn };
      }),
    history: (input, abortSignal) =>
      attempt(`read the history of ${input.executionArn} (states:GetExecutionHistory)`, () =>
        stepFunctions.send(new GetExecutionHistoryCommand(input), {
          ...(abortSignal ? { abortSignal } : {}),
        }),
      ),
    executions: (input) =>
      attempt(`list the executions of ${input.stateMachineArn} (states:ListExecutions)`, async () => {
        const { executions } = await stepFunctions.send(new ListExecutionsCommand(input));
        return executions ?? [];
      }),
    stateOf: (executionArn) =>
      attempt(`look at the execution ${executionArn} (states:DescribeExecution)`, () =>
        executionState(executionArn, stepFunctions),
      ),
    factsOf: (executionArn) =>
      attempt(`look at the execution ${executionArn} (states:DescribeExecution)`, () =>
        factsOf(executionArn, stepFunctions),
      ),
    subscriptions: (topicArn) =>
      attempt(`list the subscriptions of ${topicArn} (sns:ListSubscriptionsByTopic)`, () =>
        subscriptionsOf(topicArn, sns),
      ),
    invoke: (functionArn, input) =>
      attempt(`call the function ${functionArn} (lambda:InvokeFunction)`, async () => {
        const { Payload, FunctionError } = await lambda.send(
          new InvokeCommand({ FunctionName: functionArn, Payload: JSON.stringify(input) }),
        );
        return { payload: Payload?.transformToString() ?? '', failed: FunctionError !== undefined };
      }),
  };
}

function clients(): Send {
  return {
    cloudFormation: new CloudFormationClient(pagePatience),
    stepFunctions: new SFNClient(pagePatience),
    lambda: new LambdaClient(invokePatience),
    sns: new SNSClient(awsPatience),
  };
}

async function attempt<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw translated(what, error);
  }
}

const missing = new Set([
  'StateMachineDoesNotExist',
  'ExecutionDoesNotExist',
  'InvalidArn',
  'ResourceNotFoundException',
  'NotFoundException',
]);

const account = 'AWS_PROFILE (renew it with: aws sso login) and AWS_REGION';

/** Translates an error of the SDK into a sentence with a remedy, without the parts that only a programmer can read. */
function translated(what: string, error: unknown): BackupError {
  const name = nameOf(error);
  const words = describe(error);
  const status = httpStatusOf(error);
  const told = (as: ErrorName, remedy: string, message = `Cannot ${what}: ${words}`) => {
    const details: ErrorDetails = { remedy, cause: error, ...(status === undefined ? {} : { status }) };
    return new BackupError(as, message, details);
  };
  if (name === 'ValidationError' && /does not exist/.test(words)) {
    return told('ConfigurationError', `Check the name of the stack, and: ${account}.`);
  }
  if (missing.has(name)) return told('ConfigurationError', `Check the name, and: ${account}.`);
  switch (awsTroubleOf(error)) {
    case 'noRegion':
      return told(
        'ConfigurationError',
        `Set the region of the stack: ${account}.`,
        `Cannot ${what}: no region is set`,
      );
    case 'credentials':
      return told('ConfigurationError', `Give this command valid AWS credentials: ${account}.`);
    case 'denied':
      return told(
        'ConfigurationError',
        `Give this permission to the user or role, or use another one: ${account}.`,
      );
    case 'passes':
      return told('ServerTrouble', 'AWS has a problem or throttles its callers: try again in a few minutes.');
    case 'noAnswer':
      return told(
        'Unreachable',
        `Check that AWS can be reached from here (network, proxy), and: ${account}.`,
      );
    case 'refused':
      return told('RequestRefused', `Check: ${account}.`);
  }
}

/** The error code of the service, which the SDK uses as the name of the error. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
