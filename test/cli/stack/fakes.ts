import { readFileSync } from 'node:fs';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Ending } from '../../../cli/signals.ts';
import type { Aws } from '../../../cli/stack/aws.ts';
import { TestClock } from '../../core/fakes.ts';

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

export interface FakeAws extends Aws {
  /** What the stack says of itself. */
  outputs: Record<string, string>;
  started: Parameters<Aws['startExecution']>[0][];
  looks: Parameters<Aws['history']>[0][];
  /** How many events there are at a look; all of them unless set. */
  visible: () => number;
  /** Called before every look; throws in its place. */
  before: () => void;
  running: string[];
  newest: string[];
}

/** Step Functions with one execution, whose history is read in pages of at most `page` events. */
export function fakeAws({ executionArn, events }: Recorded, page = 1000): FakeAws {
  const fake: FakeAws = {
    outputs: { ...outputs },
    started: [],
    looks: [],
    visible: () => events.length,
    before: () => undefined,
    running: [],
    newest: [],
    region: async () => 'us-east-1',
    describeStack: async (name) => ({
      StackName: name,
      CreationTime: new Date(0),
      StackStatus: 'CREATE_COMPLETE',
      Outputs: Object.entries(fake.outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
    }),
    async startExecution(input) {
      fake.started.push(input);
      return { executionArn };
    },
    async history(input) {
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
    },
    async executions({ statusFilter }) {
      return (statusFilter ? fake.running : fake.newest).map((name) => ({
        name,
        executionArn: `${fake.outputs['StateMachineArn']?.replace('stateMachine', 'execution')}:${name}`,
        stateMachineArn: fake.outputs['StateMachineArn'],
        status: statusFilter ?? 'SUCCEEDED',
        startDate: new Date('2026-11-21T08:00:00.000Z'),
        stopDate: new Date('2026-11-21T08:01:30.000Z'),
      }));
    },
    stateOf: async (arn) => (fake.running.some((name) => arn.endsWith(`:${name}`)) ? 'running' : 'gone'),
  };
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
