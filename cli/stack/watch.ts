import { type Clock, systemClock } from '../../core/clock.ts';
import type { Commands } from '../../core/commands.ts';
import { BackupError } from '../../core/errors.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import type { StackCommands, Surroundings } from '../../deployment/commands.ts';
import { exitCodes } from '../exit-codes.ts';
import { failedResult } from '../result.ts';
import { type Output, printJson } from '../screen/output.ts';
import { shownBackup } from '../screen/shown-procedure.ts';
import type { onEnding } from '../signals.ts';
import { type Aws, aws as openAws } from './aws.ts';
import { follow } from './follow.ts';
import { ledgerOfStack } from './ledger.ts';
import { commandsOfStack, type DeployedStack, readStack } from './outputs.ts';
import { listenForStop } from './stopping.ts';

export interface WatchOptions {
  stack: string;
  at: Surroundings;
  /** The ARN or the name of an execution. The default is the newest that is running, otherwise the newest. */
  execution?: string;
  json: boolean;
  output: Output;
  onSignal: typeof onEnding;
  /** Tests replace the following. */
  aws?: Aws;
  openLedger?: (stack: DeployedStack, commands: Commands) => Ledger;
  clock?: Clock;
}

/** Watches a backup of a deployed stack until it ends. Returns the exit code of the backup. */
export async function watch(options: WatchOptions): Promise<number> {
  const { json, output } = options;
  const { aws = openAws(), openLedger = ledgerOfStack, clock = systemClock } = options;
  const stopping = listenForStop(options.onSignal);
  try {
    const stack = await readStack(options.stack, aws, stopping.signal);
    const commands = commandsOfStack(stack, options.at);
    const executionArn = await chooseExecution(stack, options.execution, aws, commands);
    return await follow({
      shown: shownBackup,
      commands,
      executionArn,
      startedHere: false,
      json,
      output,
      stopping,
      aws,
      ledger: openLedger(stack, commands),
      clock,
    });
  } catch (error) {
    if (stopping.seen?.kind !== 'signal' || !(error instanceof BackupError)) throw error;
    const failure = { error: 'Interrupted', message: 'The command was interrupted before it saw the backup' };
    if (json) {
      const result = failedResult(null, failure, 0);
      printJson(output.stdout, { ...result, state: 'INTERRUPTED', execution: null });
    }
    return exitCodes.interrupted;
  } finally {
    stopping.dispose();
  }
}

async function chooseExecution(
  { name, stateMachineArn }: DeployedStack,
  wanted: string | undefined,
  aws: Aws,
  commands: StackCommands,
): Promise<string> {
  if (wanted?.startsWith('arn:')) return wanted;
  if (wanted !== undefined) return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${wanted}`;
  // ListExecutions returns the newest first.
  const [running] = await aws.executions({ stateMachineArn, statusFilter: 'RUNNING', maxResults: 1 });
  const [newest] = running ? [running] : await aws.executions({ stateMachineArn, maxResults: 1 });
  if (newest?.executionArn) return newest.executionArn;
  throw new BackupError('ConfigurationError', `The stack ${name} has not run a backup yet`, {
    remedy: `Start one: ${commands.run()}`,
  });
}
