import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { describe, test } from '@jest/globals';
import { sdkStreamMixin, Uint8ArrayBlobAdapter } from '@smithy/core/serde';
import {
  type OperatorResources,
  type OperatorRole,
  operatorRoles,
  permissionsOf,
  policyOf,
} from '../../../deployment/operators.ts';
import { callCommandLine } from '../../support/command.ts';
import { mockAws, refusal } from '../../support/mock-aws.ts';
import { outputs, recorded, stackWith } from './fakes.ts';

const account = '000000000000';
const lambdaArn = (name: string) => `arn:aws:lambda:us-east-1:${account}:function:${name}`;
const executions = `arn:aws:states:us-east-1:${account}:execution:camunda-backup`;
const resources: OperatorResources = {
  stack: `arn:aws:cloudformation:us-east-1:${account}:stack/camunda-backup/*`,
  stateMachine: outputs.StateMachineArn,
  executions: `${executions}:*`,
  housekeeping: `${outputs.StateMachineArn}-housekeeping`,
  verifications: `${executions}-housekeeping:*`,
  ledgerBucket: 'arn:aws:s3:::ledger-bucket',
  ledgerObjects: 'arn:aws:s3:::ledger-bucket/ledger/*',
  alertsTopic: outputs.AlertsTopicArn,
  checkFunction: lambdaArn('check'),
  inventoryFunction: lambdaArn('inventory'),
  watchdogFunction: lambdaArn('watchdog'),
  repairFunction: lambdaArn('repair'),
  deleteLeftoversFunction: lambdaArn('delete'),
};

const told = { says: [], problems: [] };
const lock = { ...told, outcome: 'none', lock: null };
const ours = { component: 'zeebe', backupId: 7, state: 'FAILED', kind: 'ours', why: 'w', whatToDo: 'd' };
const seen = { state: 'EXPORTING', pause: null, replicas: [], together: null, unknown: [] };
/** The answers of the functions, by the step of a repair. */
const answers: Record<string, unknown> = {
  lock,
  orphans: { ...told, orphans: [] },
  leftovers: { problems: [], leftovers: [ours], asked: ['zeebe'], unasked: [] },
  exporting: { ...told, seen },
  [lambdaArn('check')]: { cluster: 'production', findings: [], diagnosis: [], addresses: [] },
  [lambdaArn('inventory')]: { sources: [{ name: 'zeebe', answered: false }] },
  [lambdaArn('watchdog')]: { testAlert: {} },
  [lambdaArn('delete')]: { ...told, deleted: [{ component: 'zeebe', backupId: 7 }] },
};

/** The lock of an execution, so that its owner is asked for. */
const heldLock = JSON.stringify({
  format: 2,
  cluster: 'production',
  runId: `${executions}:mine`,
  purpose: 'backup',
  owner: { kind: 'execution', arn: `${executions}:mine` },
  reason: 'test',
  acquiredAt: '2026-11-21T09:00:00.000Z',
});

const verification = `${executions}-housekeeping:one`;
const failedVerification = [
  { id: 1, previousEventId: 0, type: 'ExecutionStarted', timestamp: new Date(0) },
  {
    id: 2,
    previousEventId: 1,
    type: 'ExecutionFailed',
    timestamp: new Date(0),
    executionFailedEventDetails: { error: 'LedgerEmpty', cause: 'no completed backup' },
  },
] as const;

/** Answers every call to AWS that a command may make, and notes it as `action resource`. Any other call is refused. */
function recordingAws(): Set<string> {
  const calls = new Set<string>();
  const note = (action: string, resource = '') => void calls.add(`${action} ${resource}`);
  mockAws(CloudFormationClient)
    .on(DescribeStacksCommand)
    .callsFake(({ StackName = '' }) => {
      note(
        'cloudformation:DescribeStacks',
        `arn:aws:cloudformation:us-east-1:${account}:stack/${StackName}/id`,
      );
      const functions = {
        CheckFunctionArn: lambdaArn('check'),
        InventoryFunctionArn: lambdaArn('inventory'),
        WatchdogFunctionArn: lambdaArn('watchdog'),
        RepairFunctionArn: lambdaArn('repair'),
        DeleteLeftoversFunctionArn: lambdaArn('delete'),
      };
      const HousekeepingArn = resources.housekeeping;
      const more = { HousekeepingArn, LedgerPrefix: 'ledger/', Clusters: '["production"]' };
      return { Stacks: [stackWith({ ...outputs, ...functions, ...more })] };
    });
  const { executionArn, events } = recorded('production');
  const steps = mockAws(SFNClient);
  steps.on(ListExecutionsCommand).callsFake(({ stateMachineArn }) => {
    note('states:ListExecutions', stateMachineArn);
    const one = {
      executionArn,
      stateMachineArn,
      name: 'one',
      status: 'SUCCEEDED',
      startDate: new Date(0),
    } as const;
    const failed = { executionArn: `${executions}:failed`, name: 'failed', status: 'FAILED' } as const;
    return { executions: [one, { ...one, ...failed, stopDate: new Date(0) }] };
  });
  steps.on(DescribeExecutionCommand).callsFake(({ executionArn }) => {
    note('states:DescribeExecution', executionArn);
    return { status: 'RUNNING' };
  });
  steps.on(GetExecutionHistoryCommand).callsFake(({ executionArn }) => {
    note('states:GetExecutionHistory', executionArn);
    return { events: (executionArn === verification ? failedVerification : events).toReversed() };
  });
  steps.on(StartExecutionCommand).callsFake(({ stateMachineArn }) => {
    note('states:StartExecution', stateMachineArn);
    return { executionArn: stateMachineArn === resources.housekeeping ? verification : executionArn };
  });
  mockAws(LambdaClient)
    .on(InvokeCommand)
    .callsFake(({ FunctionName = '', Payload }) => {
      note('lambda:InvokeFunction', FunctionName);
      const { step = FunctionName } = JSON.parse(String(Payload));
      return { Payload: Uint8ArrayBlobAdapter.fromString(JSON.stringify(answers[step])) };
    });
  mockAws(SNSClient)
    .on(ListSubscriptionsByTopicCommand)
    .callsFake(({ TopicArn }) => {
      note('sns:ListSubscriptionsByTopic', TopicArn);
      return { Subscriptions: [{ Protocol: 'email', Endpoint: 'a@b.c', SubscriptionArn: `${TopicArn}:1` }] };
    });
  const s3 = mockAws(S3Client);
  const object = (Bucket = '', Key = '') => `arn:aws:s3:::${Bucket}/${Key}`;
  s3.on(GetObjectCommand).callsFake(({ Bucket, Key }) => {
    note('s3:GetObject', object(Bucket, Key));
    if (!Key?.endsWith('/lock.json')) throw refusal({ name: 'NoSuchKey', message: 'no', status: 404 });
    return { ETag: '"1"', Body: sdkStreamMixin(Readable.from([heldLock])) };
  });
  s3.on(HeadObjectCommand).callsFake(({ Bucket, Key }) => {
    note('s3:GetObject', object(Bucket, Key));
    throw refusal({ name: 'NotFound', message: 'no', status: 404 });
  });
  s3.on(ListObjectsV2Command).callsFake(({ Bucket }) => {
    note('s3:ListBucket', `arn:aws:s3:::${Bucket}`);
    return {};
  });
  return calls;
}

/** The commands of each role, with the exit code on this stack, whose only backup is being made. */
const commands: Record<OperatorRole, { args: string[]; code: number }[]> = {
  see: [
    { args: ['status', '--offline'], code: 1 },
    { args: ['watch'], code: 0 },
    { args: ['watch', '--execution', 'one'], code: 0 },
    { args: ['check'], code: 0 },
    { args: ['list'], code: 0 },
    { args: ['show', '7'], code: 1 },
  ],
  backUp: [
    { args: ['run'], code: 0 },
    { args: ['verify', '--latest'], code: 1 },
    { args: ['alert-test'], code: 0 },
    { args: ['repair'], code: 0 },
    { args: ['repair', '--force', '--dry-run'], code: 0 },
  ],
  deleteAndRestore: [{ args: ['repair', '--delete-leftovers', '--yes'], code: 0 }],
};

const permitted = (role: OperatorRole) =>
  permissionsOf(role).flatMap(({ actions, on }) => actions.map((action) => `${action} ${resources[on]}`));

function isAllowed(call: string, allowed: string[]): boolean {
  return allowed.some((one) => (one.endsWith('*') ? call.startsWith(one.slice(0, -1)) : call === one));
}

async function callsOf({ args, code }: { args: string[]; code: number }): Promise<Set<string>> {
  const calls = recordingAws();
  const ended = await callCommandLine([...args, '--stack', 'camunda-backup', '--json'], {
    env: { AWS_REGION: 'us-east-1' },
  }).ended;
  assert.equal(ended.code, code, `${args.join(' ')}\n${ended.stdout}\n${ended.stderr}`);
  return calls;
}

describe('What the roles of operators may do', () => {
  for (const [index, role] of operatorRoles.entries()) {
    for (const command of commands[role]) {
      test(`The role ${role} may make every call of \`${command.args.join(' ')} --stack\``, async () => {
        const allowed = permitted(role);
        const refused = [...(await callsOf(command))].filter((call) => !isAllowed(call, allowed));
        assert.deepEqual(refused, []);
      });
    }

    test(`The role ${role} may do nothing that no command of it does`, async () => {
      const made: string[] = [];
      for (const command of operatorRoles.slice(0, index + 1).flatMap((one) => commands[one])) {
        made.push(...(await callsOf(command)));
      }
      assert.deepEqual(
        permitted(role).filter((one) => !made.some((call) => isAllowed(call, [one]))),
        [],
      );
    });
  }

  test('docs/operators.md has the policy of each role as it is', async () => {
    const page = await readFile(new URL('../../../docs/operators.md', import.meta.url), 'utf8');
    const policies = [...page.matchAll(/```json\n([^`]*)```/g)].map(([, text = '']) => JSON.parse(text));
    const aFunction = (name: string) => `arn:aws:lambda:REGION:ACCOUNT:function:${name}`;
    const named: OperatorResources = {
      stack: 'arn:aws:cloudformation:REGION:ACCOUNT:stack/STACK/*',
      stateMachine: 'arn:aws:states:REGION:ACCOUNT:stateMachine:MACHINE',
      executions: 'arn:aws:states:REGION:ACCOUNT:execution:MACHINE:*',
      housekeeping: 'arn:aws:states:REGION:ACCOUNT:stateMachine:HOUSEKEEPING',
      verifications: 'arn:aws:states:REGION:ACCOUNT:execution:HOUSEKEEPING:*',
      ledgerBucket: 'arn:aws:s3:::BUCKET',
      ledgerObjects: 'arn:aws:s3:::BUCKET/PREFIX*',
      alertsTopic: 'arn:aws:sns:REGION:ACCOUNT:TOPIC',
      checkFunction: aFunction('CHECK'),
      inventoryFunction: aFunction('INVENTORY'),
      watchdogFunction: aFunction('WATCHDOG'),
      repairFunction: aFunction('REPAIR'),
      deleteLeftoversFunction: aFunction('DELETE'),
    };
    assert.deepEqual(
      policies,
      operatorRoles.map((role) => policyOf(role, named)),
    );
  });
});
