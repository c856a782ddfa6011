import { readFileSync } from 'node:fs';
import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  GetExecutionHistoryCommand,
  type GetExecutionHistoryInput,
  type HistoryEvent,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  type StartExecutionInput,
} from '@aws-sdk/client-sfn';
import {
  ListSubscriptionsByTopicCommand,
  SNSClient,
  type Subscription as SnsSubscription,
} from '@aws-sdk/client-sns';
import { Uint8ArrayBlobAdapter } from '@smithy/core/serde';
import type { Ending } from '../../../cli/signals.ts';
import { type Aws, aws } from '../../../cli/stack/aws.ts';
import { TestClock } from '../../core/fakes.ts';
import { mockAws, refusal } from '../../support/mock-aws.ts';

/**
 * A history of LocalStack's Step Functions, with handlers that answer as told (recordings/README.md). IsTriedAgain is not
 * there: it is older.
 */
export interface Recorded {
  executionArn: string;
  events: HistoryEvent[];
}

export function recorded(name: 'production' | 'failing' | 'stuck' | 'busy' | 'unknown'): Recorded {
  const file = new URL(`../../../recordings/localstack-4.9.2/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'), (key, value) =>
    key === 'timestamp' ? new Date(value) : value,
  );
}

/** The same run of a stack whose every answer has fields that this version does not know. */
export function ofNewerStack({ executionArn, events }: Recorded): Recorded {
  return { executionArn, events: events.map((event) => withAnswers(event, addField)) };
}

/** The same run, with another answer of its last state. */
export function answering({ executionArn, events }: Recorded, answer: unknown): Recorded {
  return {
    executionArn,
    events: events.map((event) =>
      event.type === 'ExecutionSucceeded' ? withAnswers(event, () => answer) : event,
    ),
  };
}

function withAnswers(event: HistoryEvent, change: (answer: unknown) => unknown): HistoryEvent {
  const changed = <T extends { output?: string | undefined }>(details: T | undefined) =>
    details?.output === undefined
      ? details
      : { ...details, output: JSON.stringify(change(JSON.parse(details.output))) };
  return {
    ...event,
    taskSucceededEventDetails: changed(event.taskSucceededEventDetails),
    executionSucceededEventDetails: changed(event.executionSucceededEventDetails),
  } as HistoryEvent;
}

function addField(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(addField);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, addField(field)]);
  return { ...Object.fromEntries(fields), aFieldOfTheNextVersion: true };
}

export const outputs = {
  StateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:camunda-backup',
  LedgerBucketName: 'ledger-bucket',
  AlertsTopicArn: 'arn:aws:sns:us-east-1:000000000000:alerts',
  DashboardUrl: 'https://us-east-1.console.aws.amazon.com/cloudwatch/home#dashboards:name=camunda-backup',
};

export const stackWith = (values: Record<string, string>): Stack => ({
  StackName: 'camunda-backup',
  CreationTime: new Date(0),
  StackStatus: 'UPDATE_COMPLETE',
  Outputs: Object.entries(values).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
});

export interface FakeAws extends Aws {
  /** What the stack says of itself. */
  outputs: Record<string, string>;
  started: StartExecutionInput[];
  looks: GetExecutionHistoryInput[];
  /** How many events there are at a look; all of them unless set. */
  visible: () => number;
  /** Called before every look; throws in its place. */
  before: () => void;
  /** Called before the stack is described; throws in place of that. */
  beforeDescribing: () => void;
  running: string[];
  newest: string[];
  /** What is said of executions that have not succeeded, by their names. */
  failed: Record<string, FailedExecution>;
  /** The names of the executions that were described. */
  described: string[];
  /** Called before an execution is described; throws in place of that. */
  beforeExecution: () => void;
  /** The functions of the stack, by their ARNs, and every call of one. */
  functions: Record<string, (input: unknown) => FunctionReply | Promise<FunctionReply>>;
  called: { arn: string; input: unknown }[];
  /** The subscriptions of the topic, in pages; throws in their place. */
  subscribed: () => SnsSubscription[][];
}

export type FailedExecution = Pick<
  DescribeExecutionOutput,
  'status' | 'stopDate' | 'input' | 'error' | 'cause'
>;

/** The answer of a function, or the error that it threw. */
export type FunctionReply = { answer: unknown } | { thrown: { errorType?: string; errorMessage: string } };

/** A list of executions has neither their input nor why they failed. */
function listed({ status, stopDate }: Partial<FailedExecution> = {}) {
  return { ...(status ? { status } : {}), ...(stopDate ? { stopDate } : {}) };
}

/** Step Functions with one execution, whose history is read in pages of at most `page` events. */
export function fakeAws({ executionArn, events }: Recorded, page = 1000): FakeAws {
  const region = 'us-east-1';
  const cloudFormation = new CloudFormationClient({ region });
  const stepFunctions = new SFNClient({ region });
  const lambda = new LambdaClient({ region });
  const sns = new SNSClient({ region });
  const fake: FakeAws = {
    ...aws({ cloudFormation, stepFunctions, lambda, sns }),
    outputs: { ...outputs },
    started: [],
    looks: [],
    visible: () => events.length,
    before: () => undefined,
    beforeDescribing: () => undefined,
    running: [],
    newest: [],
    failed: {},
    described: [],
    beforeExecution: () => undefined,
    functions: {},
    called: [],
    subscribed: () => [[]],
  };
  mockAws(sns)
    .on(ListSubscriptionsByTopicCommand)
    .callsFake(({ NextToken: page = '0' }) => {
      const pages = fake.subscribed();
      const next = Number(page) + 1;
      return {
        Subscriptions: pages[Number(page)] ?? [],
        ...(next < pages.length ? { NextToken: String(next) } : {}),
      };
    });
  mockAws(lambda)
    .on(InvokeCommand)
    .callsFake(async ({ FunctionName: arn = '', Payload }) => {
      const input: unknown = JSON.parse(String(Payload));
      fake.called.push({ arn, input });
      const reply = await fake.functions[arn]?.(input);
      if (!reply) throw refusal({ name: 'ResourceNotFoundException', message: `Function not found: ${arn}` });
      const text = JSON.stringify('answer' in reply ? reply.answer : reply.thrown);
      return {
        StatusCode: 200,
        Payload: Uint8ArrayBlobAdapter.fromString(text),
        ...('thrown' in reply ? { FunctionError: 'Unhandled' } : {}),
      };
    });
  mockAws(cloudFormation)
    .on(DescribeStacksCommand)
    .callsFake(() => {
      fake.beforeDescribing();
      return { Stacks: [stackWith(fake.outputs)] };
    });
  const executions = mockAws(stepFunctions);
  executions.on(StartExecutionCommand).callsFake((input) => {
    fake.started.push(input);
    return { executionArn };
  });
  executions.on(GetExecutionHistoryCommand).callsFake((input) => {
    fake.looks.push(input);
    fake.before();
    const [count, from] = input.nextToken?.split(' ').map(Number) ?? [fake.visible(), 0];
    const newestFirst = events.slice(0, count).reverse();
    const size = Math.min(page, input.maxResults ?? page);
    const next = (from ?? 0) + size;
    return {
      events: newestFirst.slice(from, next),
      ...(next < newestFirst.length ? { nextToken: `${count} ${next}` } : {}),
    };
  });
  executions.on(ListExecutionsCommand).callsFake(({ stateMachineArn, statusFilter }) => ({
    executions: (statusFilter ? fake.running : fake.newest).map((name) => ({
      name,
      executionArn: `${stateMachineArn?.replace('stateMachine', 'execution')}:${name}`,
      stateMachineArn,
      status: statusFilter ?? 'SUCCEEDED',
      startDate: new Date('2026-11-21T08:00:00.000Z'),
      stopDate: new Date('2026-11-21T08:01:30.000Z'),
      ...listed(fake.failed[name]),
    })),
  }));
  executions.on(DescribeExecutionCommand).callsFake(({ executionArn = '' }) => {
    const name = executionArn.split(':').at(-1) ?? '';
    fake.described.push(name);
    fake.beforeExecution();
    return { status: fake.running.includes(name) ? 'RUNNING' : 'SUCCEEDED', ...fake.failed[name] };
  });
  return fake;
}

/** Signals that a test sends. */
export function fakeSignals() {
  const listeners = new Set<(ending: Ending) => void>();
  return {
    onSignal(listener: (ending: Ending) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    send: (ending: Ending) => listeners.forEach((listener) => void listener(ending)),
    listeners,
  };
}

/** A clock on which the recordings lie in the past. */
export const laterClock = () => new TestClock('2026-11-21T12:00:00.000Z');
