import assert from 'node:assert/strict';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, test } from '@jest/globals';
import { type StackVerifyOptions, verifyOnStack } from '../../../cli/stack/verify.ts';
import { verifyResult } from '../../../cli/verify/result.ts';
import { ledger } from '../../../core/ledger/ledger.ts';
import type { Judgement, Verification } from '../../../core/ledger/verification.ts';
import { failureOf, typed } from '../../core/fakes.ts';
import { memoryStore } from '../../core/memory-store.ts';
import { written } from '../../support/written.ts';
import { fakeAws, fakeSignals, laterClock, outputs, type Recorded } from './fakes.ts';

const HousekeepingArn = `${outputs.StateMachineArn}-housekeeping`;
const executionArn = 'arn:aws:states:us-east-1:000000000000:execution:camunda-backup-housekeeping:one';
const document = (backupId: number) => `s3://ledger-bucket/production/backups/${backupId}/verification.json`;

/** The events of one task, and of what ends the execution. */
type Task = { state: string; answer: object };
type Ending =
  | { answer: object }
  | { status: 'ExecutionFailed' | 'ExecutionAborted'; error?: string; cause?: string };

/** A history as Step Functions writes it (cli/stack/history.ts says what is read of it). */
function historyOf(tasks: Task[], ending: Ending | undefined): Recorded {
  const events: HistoryEvent[] = [];
  const add = (event: Omit<HistoryEvent, 'id' | 'previousEventId' | 'timestamp'>) => {
    const id = events.length + 1;
    events.push({
      id,
      previousEventId: id - 1,
      timestamp: new Date(Date.UTC(2026, 10, 21, 9, 0, id)),
      ...event,
    });
  };
  add({ type: 'ExecutionStarted', executionStartedEventDetails: { input: '{}' } });
  for (const { state, answer } of tasks) {
    const about = { resourceType: 'lambda', resource: 'invoke' };
    add({ type: 'TaskStateEntered', stateEnteredEventDetails: { name: state } });
    add({
      type: 'TaskScheduled',
      taskScheduledEventDetails: { ...about, region: 'us-east-1', parameters: '{"Payload":{}}' },
    });
    add({
      type: 'TaskSucceeded',
      taskSucceededEventDetails: { ...about, output: JSON.stringify({ Payload: answer }) },
    });
  }
  if (ending && 'answer' in ending) {
    add({
      type: 'ExecutionSucceeded',
      executionSucceededEventDetails: { output: JSON.stringify(ending.answer) },
    });
  } else if (ending) {
    const { status, ...details } = ending;
    const field =
      status === 'ExecutionFailed' ? 'executionFailedEventDetails' : 'executionAbortedEventDetails';
    add({ type: status, [field]: details });
  }
  return { executionArn, events };
}

const verificationOf = (backupId: number, verdict: Verification['verdict']): Verification => {
  const one: Judgement = {
    name: 'components',
    subject: 'zeebe',
    verdict: 'proven',
    says: 'Zeebe: COMPLETED',
  };
  const found: Judgement = {
    ...one,
    name: 'store',
    verdict: verdict === 'wrong' ? 'wrong' : 'unknown',
    says: 'A file is missing',
  };
  return {
    format: 1,
    cluster: 'production',
    backupId,
    verifiedAt: '2026-11-21T09:00:00.000Z',
    verdict,
    required: ['components'],
    judgements: verdict === 'proven' ? [one] : [one, found],
  };
};

const verified = (backupId: number) => ({ backupId, verdict: 'proven', document: document(backupId) });

interface World {
  tasks: Task[];
  ending: Ending | undefined;
  verifications: Verification[];
  options: Partial<StackVerifyOptions>;
  outputs: Record<string, string>;
}

async function verify(change: Partial<World>) {
  const { tasks, ending, verifications, options, outputs }: World = {
    tasks: [],
    ending: { answer: { verified: [verified(7)], omitted: 0 } },
    verifications: [verificationOf(7, 'proven')],
    options: {},
    outputs: { HousekeepingArn },
    ...change,
  };
  const aws = fakeAws(historyOf(tasks, ending));
  Object.assign(aws.outputs, { Clusters: '["production"]', ...outputs });
  const books = ledger(memoryStore(), typed);
  for (const one of verifications) await books.writeVerification(one);
  const screen = written();
  const signals = fakeSignals();
  const run = () =>
    verifyOnStack({
      stack: 'camunda-backup',
      at: { program: 'camunda-backup' },
      which: 'latest',
      readData: false,
      json: false,
      output: screen.output,
      onSignal: signals.onSignal,
      aws,
      openLedger: () => books,
      clock: laterClock(),
      ...options,
    });
  return { aws, signals, run, ...screen };
}

describe('camunda-backup verify --stack', () => {
  test('The state machine of housekeeping is started with what the user wants', async () => {
    const { aws, run } = await verify({ options: { which: 7, readData: true } });
    assert.equal(await run(), 0);
    assert.deepEqual(
      aws.started.map(({ stateMachineArn, input = '' }) => [stateMachineArn, JSON.parse(input)]),
      [[HousekeepingArn, { cluster: 'production', verify: 7, readData: true }]],
    );
  });

  for (const { verdict, code } of [
    { verdict: 'proven', code: 0 },
    { verdict: 'inPart', code: 0 },
    { verdict: 'unknown', code: 4 },
    { verdict: 'wrong', code: 1 },
  ] as const) {
    test(`The verdict ${verdict} of the ledger is shown as without a stack, and the exit code is ${code}`, async () => {
      const { run, stdout } = await verify({ verifications: [verificationOf(7, verdict)] });
      assert.equal(await run(), code);
      assert.match(stdout(), /^The backup 7 of production is /);
      assert.match(stdout(), /components\W+zeebe\W+Zeebe: COMPLETED/);
    });
  }

  test('With --json, the object is that of a verification without a stack', async () => {
    const { run, json } = await verify({
      options: { json: true, which: 'all' },
      ending: { answer: { verified: [verified(8), verified(7)], omitted: 0 } },
      verifications: [verificationOf(7, 'wrong'), verificationOf(8, 'proven')],
    });
    assert.equal(await run(), 1);
    const { verifications, failure } = verifyResult.parse(json());
    assert.deepEqual(
      verifications.map(({ backupId, verdict, document }) => ({ backupId, verdict, document })),
      [
        { backupId: 8, verdict: 'proven', document: document(8) },
        { backupId: 7, verdict: 'wrong', document: document(7) },
      ],
    );
    assert.equal(failure, null);
  });

  test('A person who waits is told what is read, part by part', async () => {
    const part = { files: 3, bytes: 2_000_000 };
    const { run, stderr } = await verify({
      tasks: [
        { state: 'PlanVerification', answer: { run: { backupId: 7 }, parts: [part, part] } },
        { state: 'ReadPart', answer: part },
        { state: 'ReadPart', answer: part },
      ],
    });
    assert.equal(await run(), 0);
    assert.match(stderr(), /Verifying the backup 7, and reading 6 files, 4(\.0)? MB\.\n/);
    assert.match(stderr(), /Read part 1 of 2: 3 files, 2(\.0)? MB\.\nRead part 2 of 2: /);
  });

  test('Backups for which an execution has no room are named as not verified', async () => {
    const { run, stderr } = await verify({ ending: { answer: { verified: [verified(7)], omitted: 3 } } });
    assert.equal(await run(), 0);
    assert.match(stderr(), /Only the newest 1 backups were verified.* 3\./);
  });

  test('Ctrl-C ends only the watching, and the exit code is that of an interruption', async () => {
    const { aws, signals, run, json } = await verify({ ending: undefined, options: { json: true } });
    aws.before = () => signals.send({ kind: 'signal', signal: 'SIGINT' });
    assert.equal(await run(), 130);
    assert.match(verifyResult.parse(json()).failure?.message ?? '', /the execution one goes on/);
  });

  for (const { what, change, error, says } of [
    {
      what: 'A stack of an older version verifies nothing',
      change: { outputs: {} },
      error: 'ConfigurationError',
      says: /an older version of camunda-backup has deployed it/,
    },
    {
      what: 'The error of an execution keeps its name and its remedy',
      change: {
        ending: {
          status: 'ExecutionFailed',
          error: 'LedgerEmpty',
          cause: JSON.stringify({ errorMessage: 'No backup\nWhat to do: Make one.' }),
        },
      },
      error: 'LedgerEmpty',
      says: /^No backup$/,
    },
    {
      what: 'An execution that was stopped has no result',
      change: { ending: { status: 'ExecutionAborted' } },
      error: 'UnexpectedAnswer',
      says: /The execution one is ABORTED: it gave no reason/,
    },
    {
      what: 'An answer of another form is an error',
      change: { ending: { answer: { checked: 7 } } },
      error: 'UnexpectedAnswer',
      says: /cannot be read by this version/,
    },
    {
      what: 'A result that is not in the ledger is an error',
      change: { verifications: [] },
      error: 'UnexpectedAnswer',
      says: /verification\.json, and is not there/,
    },
  ] satisfies { what: string; change: Partial<World>; error: string; says: RegExp }[]) {
    test(what, async () => {
      const { run } = await verify(change);
      const thrown = await failureOf(run());
      assert.equal(thrown.name, error);
      assert.match(thrown.message, says);
    });
  }
});
