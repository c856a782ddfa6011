import assert from 'node:assert/strict';
import { GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, DescribeStateMachineForExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, it } from '@jest/globals';
import * as z from 'zod';
import { cleanUp } from '../support/clean-up.ts';
import { camundaBackup } from '../support/command.ts';
import { olderCommandLine, olderVersion } from '../support/older-version.ts';
import { statusOf } from '../support/status-of.ts';
import { unless } from '../support/unless.ts';
import { type DeployedStack, deployStack, until } from './deployed-stack.ts';
import { emulatorAvailable } from './emulator/index.ts';

const available = await emulatorAvailable();
const skip = available.available ? false : available.reason;

const hour = 3600;
const heldLock = z.looseObject({ format: z.number(), runId: z.string() });
const anyLock = z.union([heldLock, z.looseObject({ releasedBy: z.string() })]);

unless(skip).describe('a stack of the version before locks of format 2', () => {
  let stack: DeployedStack;
  /** The older command line. */
  let program: string;

  beforeAll(async () => {
    const older = await olderVersion();
    cleanUp(older.remove);
    program = await olderCommandLine(older);
    const log = (line: string) => process.stdout.write(`# ${line}\n`);
    // Without it, the bucket of that version has no object lock, and the update replaces the bucket.
    const objectLock = '1d';
    stack = await deployStack(log, { source: older.folder, zeebeSeconds: hour, objectLock });
  });
  afterAll(async () => {
    await stack?.close();
  });

  it('An execution that waits in its pause when the stack is updated goes on to its end, its lock keeps its format, the next one takes a lock of format 2, and a command line of the other version sees both', async () => {
    const { simulator, clients } = stack;
    const first = await startInPause(stack, 'before the update');
    const left = await locksOf(stack, first);
    assert.deepEqual(formatsOf(left), [1]);
    await assertSeenAtWork(stack);
    const pauses = simulator.pauseHistory().length;

    await stack.update();
    const { status } = await clients.sfn.send(new DescribeExecutionCommand({ executionArn: first }));
    assert.equal(status, 'RUNNING');
    assert.notEqual(simulator.pausedSince(), undefined);
    // The older version recorded nothing for a restore, and the functions of today say so.
    const [warning, ...others] = await completed(stack, first);
    assert.match(
      warning ?? '',
      /^The facts that a restore needs are not recorded: there is no .*restore\.json/,
    );
    assert.deepEqual(others, []);
    assert.equal(simulator.pauseHistory().length, pauses);
    const locks = await locksOf(stack, first);
    assert.ok(locks.length > left.length, 'the functions of today have written into it');
    assert.deepEqual(formatsOf(locks), [1]);

    const next = await startInPause(stack, 'after the update');
    assert.notEqual(await definitionOf(stack, next), await definitionOf(stack, first));
    await assertSeenAtWork(stack, program);
    assert.deepEqual(await completed(stack, next), []);
    assert.deepEqual(formatsOf(await locksOf(stack, next)), [2]);
  });
});

/** A command line of the other version shows the run of the stack, and that exporting is paused on its behalf. */
async function assertSeenAtWork(
  { stackName, file, emulator }: DeployedStack,
  program?: string,
): Promise<void> {
  const ended = await camundaBackup(['status', '--stack', stackName, '--config', file, '--json'], {
    env: emulator.environment,
    ...(program === undefined ? {} : { program }),
  }).ended;
  const { run, exporting } = statusOf(ended);
  assert.equal(run?.state, 'running');
  assert.deepEqual([exporting.paused, exporting.seen.pause], [true, 'explained']);
}

/** Starts a backup, which is at work on Zeebe's part when this resolves. */
async function startInPause(stack: DeployedStack, reason: string): Promise<string> {
  const { simulator } = stack;
  const before = simulator.backupIds('zeebe').length;
  const execution = await stack.start({ cluster: 'production', reason });
  await until('Zeebe’s part is under way', 120, async () =>
    simulator.backupIds('zeebe').length > before ? true : undefined,
  );
  assert.notEqual(simulator.pausedSince(), undefined);
  return execution;
}

/** Lets Zeebe's part end, and waits for the end of the execution, which has to be a good one. Returns the manifest's warnings. */
async function completed(stack: DeployedStack, execution: string): Promise<string[]> {
  const { simulator, ledger } = stack;
  stack.pass(hour);
  const { status, output = '', cause } = await stack.ended(execution);
  assert.equal(status, 'SUCCEEDED', cause);
  const { backupId, state } = z.object({ backupId: z.int(), state: z.string() }).parse(JSON.parse(output));
  assert.equal(state, 'COMPLETED');
  assert.deepEqual(new Set(simulator.exporterPhases().map(({ phase }) => phase)), new Set(['EXPORTING']));
  assert.equal(await ledger.readLock('production'), undefined);
  const manifest = await ledger.readManifest('production', backupId);
  assert.equal(manifest?.state, 'COMPLETED');
  assert.equal(manifest.runId, execution);
  assert.deepEqual(
    manifest.components.map(({ component, state }) => `${component} ${state}`).sort(),
    ['optimize', 'records', 'webApplications', 'zeebe'].map((component) => `${component} COMPLETED`),
  );
  assert.equal(manifest.exporting.pauseProof, 'proven');
  assert.equal(manifest.exporting.resumeProof, 'proven');
  assert.equal(manifest.exporting.leftPaused, false);
  return manifest.warnings;
}

/** Each document that was the lock of this run, which the bucket has kept all of. */
async function locksOf({ clients, output }: DeployedStack, runId: string): Promise<{ format: number }[]> {
  const Bucket = output('LedgerBucketName');
  const { Versions = [] } = await clients.s3.send(new ListObjectVersionsCommand({ Bucket }));
  const documents = await Promise.all(
    Versions.filter(({ Key }) => Key?.endsWith('production/lock.json')).map(async ({ Key, VersionId }) => {
      const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
      return anyLock.parse(JSON.parse((await Body?.transformToString()) ?? ''));
    }),
  );
  return documents.flatMap((document) => {
    const { data } = heldLock.safeParse(document);
    return data?.runId === runId ? [data] : [];
  });
}

const formatsOf = (locks: { format: number }[]) => [...new Set(locks.map(({ format }) => format))];

async function definitionOf({ clients }: DeployedStack, executionArn: string): Promise<string> {
  const { definition } = await clients.sfn.send(
    new DescribeStateMachineForExecutionCommand({ executionArn }),
  );
  assert.ok(definition);
  return definition;
}
