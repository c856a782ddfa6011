import assert from 'node:assert/strict';
import { DeleteFunctionConcurrencyCommand, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  paginateGetExecutionHistory,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { it } from '@jest/globals';
import type { Manifest } from '../../core/ledger/manifest.ts';
import type { FunctionName } from '../../lambdas/functions.ts';
import type { CourseFault, Operation } from '../../simulator/index.ts';
import { backup } from '../../statemachine/backup-procedure.ts';
import { allManifests } from '../support/all-manifests.ts';
import { cleanUp } from '../support/clean-up.ts';
import { type DeployedStack, until } from './deployed-stack.ts';

/** What keeps a run in a state until it is stopped there. */
type Stay =
  /** The cluster does this when the run is stopped already: a function is not stopped with its execution. */
  | { held: Operation }
  /** The function is not called: nothing of the state is done. */
  | { throttled: FunctionName };

interface Stop {
  stay: Stay;
  /** Whether exporting is paused when the run is stopped. */
  paused: boolean;
  /** How Zeebe's backup fails, where a good run does not come there. */
  zeebe?: Omit<CourseFault, 'component'>;
}

const forGood = { times: 'always', kind: { failed: {} } } as const;
const once = { kind: { failed: { reason: 'Backup is cancelled due to leader change.' } } } as const;

const stops: Record<string, Stop> = {
  PrepareBackup: { stay: { held: 'zeebe.discover' }, paused: false },
  PauseExporting: { stay: { held: 'zeebe.pause' }, paused: false },
  StartApplicationBackup: { stay: { held: 'webApplications.start' }, paused: true },
  CheckApplicationBackup: { stay: { held: 'webApplications.check' }, paused: true },
  StartRecordsBackup: { stay: { held: 'search.create' }, paused: true },
  CheckRecordsBackup: { stay: { held: 'search.get' }, paused: true },
  StartZeebeBackup: { stay: { held: 'zeebe.start' }, paused: true },
  CheckZeebeBackup: { stay: { held: 'zeebe.check' }, paused: true },
  ResumeExporting: { stay: { throttled: 'ResumeExporting' }, paused: true },
  DescribeSnapshots: { stay: { throttled: 'DescribeSnapshots' }, paused: false },
  CompleteBackup: { stay: { throttled: 'CompleteBackup' }, paused: false },
  ResumeExportingAfterFailure: { stay: { throttled: 'ResumeExporting' }, paused: true, zeebe: forGood },
  RecordFailure: { stay: { throttled: 'RecordFailure' }, paused: false, zeebe: forGood },
  DeleteFailedBackup: { stay: { held: 'zeebe.delete' }, paused: false, zeebe: once },
};

/** A run is stopped in each state, and the watchdog that its end calls has to put right what it left. */
export function stoppedInEachState(deployed: () => DeployedStack, start: (input: object) => Promise<string>) {
  for (const { state } of backup.tasks) {
    // It comes where the ledger takes nothing, and leaves nothing that RecordFailure has not left.
    if (state === 'TellFailure') continue;
    it(`Everything is put right when an execution is stopped in ${state}`, async () => {
      const stack = deployed();
      const { clients, simulator, ledger } = stack;
      const stop = stops[state];
      assert.ok(stop, 'nothing is known to keep a run in this state');
      if (stop.zeebe) simulator.order({ component: 'zeebe', ...stop.zeebe });
      const { begun, release } = await keep(stack, stop.stay);
      cleanUp(async () => {
        await release();
        // What is left here is not the next one's.
        simulator.setExporterPhase('EXPORTING');
      });
      const pauses = simulator.pauseHistory().length;

      const executionArn = await start({ cluster: 'production', reason: `stopped in ${state}` });
      await until(`${state} entered`, 120, async () => {
        const { status, cause } = await clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
        assert.equal(status, 'RUNNING', cause);
        return begun() && (await hasEntered(stack, executionArn, state)) ? true : undefined;
      });
      assert.equal(simulator.pausedSince() !== undefined, stop.paused);
      await clients.sfn.send(new StopExecutionCommand({ executionArn }));
      await release();

      assert.equal((await stack.ended(executionArn)).status, 'ABORTED');
      await until('the lock is free', 120, async () =>
        (await ledger.readLock('production')) ? undefined : true,
      );
      assert.deepEqual(new Set(simulator.exporterPhases().map(({ phase }) => phase)), new Set(['EXPORTING']));
      assert.equal(simulator.pauseHistory().length > pauses, state !== 'PrepareBackup');
      const left = await manifestsOf(stack, executionArn);
      // It may not have come to write it, or to choose an id.
      if (state !== 'PrepareBackup') assert.notDeepEqual(left, []);
      for (const { state, failure, exporting } of left) {
        assert.equal(state, 'FAILED');
        assert.ok(failure?.message, 'a reason');
        assert.equal(exporting.leftPaused, false);
      }
    });
  }

  it('A backup completes after all executions that were stopped', async () => {
    const executionArn = await start({ cluster: 'production', reason: 'after the stops' });
    const ended = await deployed().ended(executionArn);
    assert.equal(ended.status, 'SUCCEEDED', ended.cause);
    const [manifest] = await manifestsOf(deployed(), executionArn);
    assert.equal(manifest?.state, 'COMPLETED');
    const ids = await deployed().ledger.backupIds('production');
    assert.equal(ids.at(-1), manifest.backupId);
  });
}

/** `begun` says whether the run has come there, as far as the cluster sees it. */
async function keep(
  stack: DeployedStack,
  stay: Stay,
): Promise<{ begun: () => boolean; release: () => Promise<void> }> {
  if ('held' in stay) {
    const { begun, release } = stack.hold(stay.held);
    return { begun, release: async () => release() };
  }
  const { lambda } = stack.clients;
  const FunctionName = await stack.functionName(stay.throttled);
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
  return {
    begun: () => true,
    release: async () => void (await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }))),
  };
}

async function hasEntered({ clients }: DeployedStack, executionArn: string, state: string): Promise<boolean> {
  for await (const { events } of paginateGetExecutionHistory({ client: clients.sfn }, { executionArn })) {
    if (events?.some(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name === state)) return true;
  }
  return false;
}

async function manifestsOf({ ledger }: DeployedStack, runId: string): Promise<Manifest[]> {
  return (await allManifests(ledger, 'production')).filter((manifest) => manifest.runId === runId);
}
