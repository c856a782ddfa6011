import type { Clock } from '../../core/clock.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import type { StackCommands } from '../../deployment/commands.ts';

/** Everything outside of this process that the guard uses. It is passed in, so that tests can replace it. */
export interface GuardWorld {
  /** The status of a stack, such as UPDATE_IN_PROGRESS. */
  stackStatus(stackId: string): Promise<string>;
  /** The physical id of a resource of a stack; undefined if the stack does not have this resource. */
  physicalId(stackId: string, logicalId: string): Promise<string | undefined>;
  /** The ARNs of the running executions of a state machine. */
  running(machineArn: string): Promise<string[]>;
  /** The input of an execution, as JSON text; undefined if the execution has ended. */
  inputOf(executionArn: string): Promise<string | undefined>;
  /** The ledger in a bucket, and the commands for people who have to wait for a run of it. */
  ledgerIn(place: { bucket: string; prefix: string }): {
    ledger: Pick<Ledger, 'readHolder'>;
    commands: Pick<StackCommands, 'repair' | 'watch'>;
  };
  clock: Clock;
}
