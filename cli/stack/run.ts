import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { Commands } from '../../core/commands.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import type { Surroundings } from '../../deployment/commands.ts';
import { exitCodes } from '../exit-codes.ts';
import { failedResult } from '../result.ts';
import { type Output, printJson, printLine } from '../screen/output.ts';
import { shownBackup } from '../screen/shown-procedure.ts';
import type { onEnding } from '../signals.ts';
import { type Aws, aws as openAws } from './aws.ts';
import { follow } from './follow.ts';
import { ledgerOfStack } from './ledger.ts';
import { clusterOfStack, commandsOfStack, type DeployedStack, readStack } from './outputs.ts';
import { listenForStop } from './stopping.ts';

export interface StackRunOptions {
  stack: string;
  at: Surroundings;
  /** Optional if the stack backs up only one cluster. */
  cluster?: string;
  backupId?: number;
  reason: string;
  json: boolean;
  output: Output;
  onSignal: typeof onEnding;
  /** Tests replace the following. */
  aws?: Aws;
  openLedger?: (stack: DeployedStack, commands: Commands) => Ledger;
  clock?: Clock;
}

/** Starts a backup on a deployed stack and watches it to its end. Returns the exit code. */
export async function runOnStack(options: StackRunOptions): Promise<number> {
  const { at, backupId, reason, json, output } = options;
  const { aws = openAws(), openLedger = ledgerOfStack, clock = systemClock } = options;
  const stopping = listenForStop(options.onSignal);
  try {
    const stack = await readStack(options.stack, aws, stopping.signal).catch((error: unknown) => {
      if (stopping.seen) return undefined;
      throw error;
    });
    if (stopping.seen?.kind === 'bug') throw stopping.seen.error;
    if (!stack || stopping.seen) {
      const message = 'Nothing was started: the command was interrupted';
      printLine(output.stderr, `${message}.`);
      if (json) {
        const result = failedResult(options.cluster ?? null, { error: 'Interrupted', message }, 0);
        printJson(output.stdout, { ...result, state: 'INTERRUPTED', pausedSeconds: 0, execution: null });
      }
      return exitCodes.interrupted;
    }
    const cluster = clusterOfStack(stack, options.cluster);
    // A signal does not cancel this call, because the command must know which execution it has started.
    const { executionArn } = await aws.startExecution({
      stateMachineArn: stack.stateMachineArn,
      name: executionName(cluster, clock.now()),
      input: JSON.stringify({ cluster, reason, ...(backupId === undefined ? {} : { backupId }) }),
    });
    const commands = commandsOfStack(stack, at);
    return await follow({
      shown: shownBackup,
      commands,
      executionArn,
      cluster,
      startedHere: true,
      json,
      output,
      stopping,
      aws,
      ledger: openLedger(stack, commands),
      clock,
    });
  } finally {
    stopping.dispose();
  }
}

const longestName = 80;

/** A unique name such as `production-20261121T090500Z-1a2b`, of at most 80 characters that Step Functions can log. */
export function executionName(cluster: string, now: number): string {
  const moment = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const rest = `-${moment}-${randomBytes(2).toString('hex')}`;
  return `${cluster.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, longestName - rest.length)}${rest}`;
}
