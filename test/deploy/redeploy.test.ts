import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { CreateLogGroupCommand, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { paginateGetExecutionHistory } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, it } from '@jest/globals';
import * as z from 'zod';
import type { FunctionName } from '../../lambdas/functions.ts';
import { unless } from '../support/unless.ts';
import { type DeployedStack, deployStack, until } from './deployed-stack.ts';
import { emulatorAvailable } from './emulator/index.ts';

const available = await emulatorAvailable();
const skip = available.available ? false : available.reason;

const hour = 3600;
const logGroupName = '/aws/vendedlogs/states/camunda-backup-test';

unless(skip).describe('a stack that is deployed more than once', () => {
  let stack: DeployedStack;

  beforeAll(async () => {
    stack = await deployStack((line) => process.stdout.write(`# ${line}\n`), {
      zeebeSeconds: hour,
      // Somebody has a log group of that name, so that the first deployment fails when most resources are there.
      async before({ logs, deploy }) {
        await logs.send(new CreateLogGroupCommand({ logGroupName }));
        await assert.rejects(deploy(), /cdk deploy .* failed/);
        await logs.send(new DeleteLogGroupCommand({ logGroupName }));
      },
    });
  });
  afterAll(async () => {
    await stack?.close();
  });

  it('An execution calls its own versions of the functions after an update in the middle of its pause, and the next one the new versions', async () => {
    const first = await startInPause(stack);
    const configured = await readFile(stack.file, 'utf8');
    await writeFile(stack.file, configured.replace('patience: 10s', 'patience: 11s'));
    await stack.update();
    assert.notEqual(stack.simulator.pausedSince(), undefined);
    await assertCompletes(stack, first);
    for (const name of ['PrepareBackup', 'PauseExporting', 'CompleteBackup'] as const) {
      assert.deepEqual(await versionsCalled(stack, first, name), ['1'], name);
    }
    assert.equal(stack.simulator.pausedSince(), undefined);

    const next = await startInPause(stack);
    await assertCompletes(stack, next);
    for (const name of ['PrepareBackup', 'CompleteBackup'] as const) {
      assert.deepEqual(await versionsCalled(stack, next, name), ['2'], name);
    }
    // The configuration is no part of this function, so that nothing of it changed.
    assert.deepEqual(await versionsCalled(stack, next, 'PauseExporting'), ['1']);
  });

  it('A stack that was destroyed can be deployed again, and its first ledger is still there', async () => {
    const Bucket = stack.output('LedgerBucketName');
    await stack.destroy();
    await stack.deployAgain();
    await assertCompletes(stack, await startInPause(stack));
    await stack.clients.s3.send(new HeadBucketCommand({ Bucket }));
    assert.notEqual(stack.output('LedgerBucketName'), Bucket);
  });
});

/** Starts a backup, which is at work on Zeebe's part when this resolves. */
async function startInPause(stack: DeployedStack): Promise<string> {
  const { simulator } = stack;
  const before = simulator.backupIds('zeebe').length;
  const execution = await stack.start({ cluster: 'production', reason: 'test' });
  await until('Zeebe’s part is under way', 120, async () =>
    simulator.backupIds('zeebe').length > before ? true : undefined,
  );
  assert.notEqual(simulator.pausedSince(), undefined);
  return execution;
}

/** Lets Zeebe's part end, and waits for the end of the execution. */
async function assertCompletes(stack: DeployedStack, execution: string): Promise<void> {
  stack.pass(hour);
  const { status, cause, output = '' } = await stack.ended(execution);
  assert.equal(status, 'SUCCEEDED', cause);
  assert.match(output, /"COMPLETED"/);
}

const call = z.object({ FunctionName: z.string() });

/** The versions of a function that an execution has called, each once. */
async function versionsCalled(
  stack: DeployedStack,
  executionArn: string,
  name: FunctionName,
): Promise<string[]> {
  const client = stack.clients.sfn;
  const functionName = await stack.functionName(name);
  const versions = new Set<string>();
  for await (const { events } of paginateGetExecutionHistory({ client }, { executionArn })) {
    for (const { taskScheduledEventDetails } of events ?? []) {
      const { parameters } = taskScheduledEventDetails ?? {};
      if (parameters === undefined) continue;
      const [, version] = call.parse(JSON.parse(parameters)).FunctionName.split(`:function:${functionName}:`);
      if (version !== undefined) versions.add(version);
    }
  }
  return [...versions];
}
