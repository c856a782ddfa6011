import assert from 'node:assert/strict';
import {
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { HeadBucketCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { GetScheduleCommand, ListSchedulesCommand } from '@aws-sdk/client-scheduler';
import {
  DescribeStateMachineCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import * as z from 'zod';
import { camundaBackup } from '../support/command.ts';
import { say } from '../support/say.ts';
import { unless } from '../support/unless.ts';
import { type DeployedStack, deployStack, secretValue, until } from './deployed-stack.ts';
import { emulatorAvailable } from './emulator/index.ts';
import { oneOfFiftyRuns } from './race.ts';
import { stoppedInEachState } from './stops.ts';
import { verifiedOnTheStack } from './verified.ts';

/**
 * The real stack, deployed by `cdk deploy` on an emulated AWS, with its real bundles, against a simulated cluster; and
 * everything that should end a backup badly.
 */
const available = await emulatorAvailable();
const skip = available.available ? false : available.reason;

unless(skip).describe('the deployed stack', () => {
  let stack: DeployedStack;
  const executions: string[] = [];

  beforeAll(async () => {
    stack = await deployStack((line) => process.stdout.write(`# ${line}\n`));
  });
  afterAll(async () => {
    await stack?.close();
  });

  // One test's run is not the next one's.
  afterEach(async () => {
    stack?.simulator.clearFaults();
    for (const execution of executions) await stack.ended(execution);
  });

  const start = async (input: object) => {
    const execution = await stack.start(input);
    executions.push(execution);
    return execution;
  };
  const production = { cluster: 'production', reason: 'test' };
  const exporting = () => new Set(stack.simulator.exporterPhases().map(({ phase }) => phase));
  const paused = () => until('a pause', 60, async () => (stack.simulator.pausedSince() ? true : undefined));
  const resumed = async (withinSeconds: number) => {
    const since = Date.now();
    await until('exporting resumed', withinSeconds, async () =>
      stack.simulator.pausedSince() ? undefined : true,
    );
    return (Date.now() - since) / 1000;
  };
  const lockIsFree = () =>
    until('the lock is free', 30, async () =>
      (await stack.ledger.readLock('production')) ? undefined : true,
    );

  it('The stack completes a backup that the schedule’s own input starts', async () => {
    const { scheduler } = stack.clients;
    const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({}));
    const [first] = Schedules;
    const schedule = await scheduler.send(
      new GetScheduleCommand({ Name: first?.Name, GroupName: first?.GroupName }),
    );
    assert.equal(schedule.ScheduleExpression, 'cron(0 3 * * ? *)');
    assert.equal(schedule.ScheduleExpressionTimezone, 'Europe/Berlin');
    assert.equal(schedule.FlexibleTimeWindow?.MaximumWindowInMinutes, 15);
    assert.ok(schedule.Target?.DeadLetterConfig?.Arn);
    const input = (schedule.Target?.Input ?? '').replace(
      '<aws.scheduler.scheduled-time>',
      '2026-11-21T03:00:00Z',
    );
    const execution = await start(JSON.parse(input));
    const ended = await stack.ended(execution);
    assert.equal(ended.status, 'SUCCEEDED', ended.cause);
    const { backupId, state } = z
      .object({ backupId: z.number(), state: z.string() })
      .parse(JSON.parse(ended.output ?? ''));
    assert.equal(state, 'COMPLETED');
    const manifest = await stack.ledger.readManifest('production', backupId);
    assert.equal(manifest?.state, 'COMPLETED');
    assert.equal(manifest?.reason, 'schedule');
    assert.equal(manifest?.exporting.resumeProof, 'proven');
    assert.deepEqual(exporting(), new Set(['EXPORTING']));
    await lockIsFree();
  });

  it('The stack makes one backup of one moment, also when the second start comes after the first backup', async () => {
    const execution = await start({
      cluster: 'production',
      reason: 'schedule',
      scheduledTime: '2026-11-21T03:00:00Z',
    });
    const ended = await stack.ended(execution);
    assert.equal(ended.status, 'SUCCEEDED', ended.cause);
    assert.match(ended.output ?? '', /"SKIPPED".*was made for 2026-11-21T03:00:00Z/);
  });

  it('The stack makes one backup of two starts at once', async () => {
    const pair = await Promise.all([start(production), start(production)]);
    const ended = await Promise.all(pair.map((execution) => stack.ended(execution)));
    assert.deepEqual(
      ended.map(({ status }) => status),
      ['SUCCEEDED', 'SUCCEEDED'],
    );
    const outcomes = ended
      .map(({ output = '' }) => (output.includes('"SKIPPED"') ? 'SKIPPED' : 'COMPLETED'))
      .sort();
    assert.deepEqual(outcomes, ['COMPLETED', 'SKIPPED']);
  });

  it('An execution fails when a component fails, and people are told what failed and why', async () => {
    stack.simulator.order({
      component: 'zeebe',
      kind: { failed: { partition: 2, reason: 'No space left on device' } },
    });
    const execution = await start(production);
    const ended = await stack.ended(execution);
    assert.equal(ended.status, 'FAILED');
    assert.equal(ended.error, 'ComponentBackupFailed');
    assert.match(ended.cause ?? '', /Zeebe says that its backup is FAILED.*No space left on device/);
    const { subject, text, attributes } = await stack.notification(({ subject }) =>
      subject.includes('backup FAILED'),
    );
    assert.match(subject, /^Camunda production: backup FAILED$/);
    assert.match(text, /Zeebe says that its backup is FAILED/);
    assert.match(text, /What to do: A disk is full/);
    assert.match(text, /Component: Zeebe/);
    assert.match(text, /Execution: https:.*\/executions\/details\/arn:/);
    assert.match(text, /Runbook: docs\/runbook.md of camunda-backup, "Backup failed"/);
    const facts = z
      .object({ cluster: z.string(), kind: z.string() })
      .parse(JSON.parse(attributes['facts'] ?? ''));
    assert.deepEqual(facts, { cluster: 'production', kind: 'backupFailed' });
    assert.deepEqual(exporting(), new Set(['EXPORTING']));
    await lockIsFree();
  });

  it('Exporting is resumed within 10 s when an execution is stopped in the middle of the pause', async () => {
    const execution = await start(production);
    await paused();
    await stack.clients.sfn.send(new StopExecutionCommand({ executionArn: execution }));
    say(`resumed ${(await resumed(10)).toFixed(1)} s after the stop`);
    await lockIsFree();
    const { text } = await stack.notification(({ subject }) => subject.includes('a dead run was repaired'));
    assert.match(text, /Exporting is resumed \(proven\)/);
    const backupId = Number(/Backup: (\d+)/.exec(text)?.[1]);
    const manifest = await stack.ledger.readManifest('production', backupId);
    assert.equal(manifest?.state, 'FAILED');
    assert.equal(manifest?.exporting.leftPaused, false);
  });

  it('Exporting is resumed by the watchdog’s sweep when the event of a stopped execution gets lost', async () => {
    const { events } = stack.clients;
    const { Rules = [] } = await events.send(new ListRulesCommand({}));
    const rule = Rules.find(({ EventPattern }) => EventPattern?.includes('Execution Status Change'));
    assert.ok(rule?.Name);
    // The emulator calls the targets of a disabled rule too: the rule loses its target for the while.
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: rule.Name }));
    await events.send(new RemoveTargetsCommand({ Rule: rule.Name, Ids: Targets.map(({ Id = '' }) => Id) }));
    try {
      const execution = await start(production);
      await paused();
      await stack.clients.sfn.send(new StopExecutionCommand({ executionArn: execution }));
      await stack.ended(execution);
      assert.notEqual(stack.simulator.pausedSince(), undefined);
      await sweep(stack);
      await resumed(10);
      await lockIsFree();
    } finally {
      await events.send(new PutTargetsCommand({ Rule: rule.Name, Targets }));
    }
  });

  it('The watchdog’s sweep leaves a running backup alone', async () => {
    const execution = await start(production);
    await paused();
    await sweep(stack);
    assert.notEqual(stack.simulator.pausedSince(), undefined);
    const ended = await stack.ended(execution);
    assert.equal(ended.status, 'SUCCEEDED', ended.cause);
  });

  it('Exporting is resumed when an execution times out', async () => {
    const { stateMachineArn } = stack;
    const { definition = '' } = await stack.clients.sfn.send(
      new DescribeStateMachineCommand({ stateMachineArn }),
    );
    const short = JSON.stringify({ ...JSON.parse(definition), TimeoutSeconds: 8 });
    await stack.clients.sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition: short }));
    try {
      stack.simulator.order({ component: 'zeebe', kind: 'neverEnds' });
      const execution = await start(production);
      await paused();
      const ended = await stack.ended(execution);
      assert.equal(ended.status, 'TIMED_OUT');
      await resumed(10);
      await lockIsFree();
    } finally {
      // No backup is begun beside one that is under way.
      const { simulator } = stack;
      const id = simulator.backupIds('zeebe').at(-1);
      await fetch(`${simulator.urls.zeebe}/actuator/backupRuntime/${id}`, { method: 'DELETE' });
      await stack.clients.sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition }));
    }
  });

  it('A backup on the stack is started and watched from the command line as a local run is', async () => {
    const { environment } = stack.emulator;
    const command = [
      'run',
      '--stack',
      stack.stackName,
      '--cluster',
      'production',
      '--config',
      stack.file,
      '--json',
    ];
    const ended = await camundaBackup(command, { env: environment }).ended;
    assert.equal(ended.code, 0, ended.stderr);
    const { state, components, backupId } = ended.json();
    assert.equal(state, 'COMPLETED');
    assert.deepEqual(
      components.map(({ component, parts }) => `${component} ${parts}`),
      ['webApplications 5', 'optimize 2', 'records 1', 'zeebe 3'],
    );
    assert.ok(backupId);
    const status = await camundaBackup(['status', '--stack', stack.stackName, '--config', stack.file], {
      env: environment,
    }).ended;
    assert.equal(status.code, 0, status.stderr);
    assert.match(status.stdout, new RegExp(String(backupId)));
  });

  verifiedOnTheStack(() => stack);

  describe('an execution that is stopped', () => stoppedInEachState(() => stack, start));
  oneOfFiftyRuns(() => stack);

  it('The secret is written into no history, no log and no function', async () => {
    const written = await stack.everythingWritten(executions);
    assert.ok(written.includes('webApplications'), 'there is something to search in');
    assert.equal(written.includes(secretValue), false);
  });

  it('The ledger stays when the stack is destroyed', async () => {
    const Bucket = stack.output('LedgerBucketName');
    const template = await stack.template();
    const bucket = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::S3::Bucket');
    assert.equal(bucket?.DeletionPolicy, 'RetainExceptOnCreate');
    await stack.destroy();
    await stack.clients.s3.send(new HeadBucketCommand({ Bucket }));
    const { Versions = [] } = await stack.clients.s3.send(new ListObjectVersionsCommand({ Bucket }));
    assert.ok(Versions.some(({ Key }) => Key?.endsWith('/manifest.json')));
  });
});

/** What the rule of every five minutes does. */
async function sweep(stack: DeployedStack): Promise<void> {
  const FunctionName = await stack.functionName('WatchOverExporting');
  const { FunctionError, Payload } = await stack.clients.lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify({ source: 'aws.events' }) }),
  );
  assert.equal(FunctionError, undefined, Buffer.from(Payload ?? []).toString());
}
