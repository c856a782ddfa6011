import { BackupError } from '../../core/errors.ts';

/** What a state asks for beside the cluster and the ledger. */
const outsideCalls = ['tell', 'measure', 'ping', 'secrets', 'config'] as const;
export type OutsideCall = (typeof outsideCalls)[number];

/** `hang`: it is answered when every state has given up waiting. */
export interface OutsideFault {
  call: OutsideCall;
  kind: 'throws' | 'hangs';
  skip: number;
  left: number;
}

const hangsForMilliseconds = 200_000;

/** People, figures, the monitor, secrets and the configuration, with faults on order. */
export class Outside {
  readonly faults: OutsideFault[] = [];
  readonly #sleep: (milliseconds: number) => Promise<void>;

  constructor(sleep: (milliseconds: number) => Promise<void>) {
    this.#sleep = sleep;
  }

  async call<T>(call: OutsideCall, work: () => Promise<T>): Promise<T> {
    const fault = this.#take(call);
    if (fault?.kind === 'throws') throw troubleOf(call);
    if (fault) await this.#sleep(hangsForMilliseconds);
    return work();
  }

  /** What answers at once, or not at all. */
  callNow(call: OutsideCall, work: () => void): void {
    if (this.#take(call)) throw troubleOf(call);
    work();
  }

  #take(call: OutsideCall): OutsideFault | undefined {
    const fault = this.faults.find((one) => one.left > 0 && one.call === call);
    if (!fault) return undefined;
    if (fault.skip > 0) {
      fault.skip -= 1;
      return undefined;
    }
    fault.left -= 1;
    return fault;
  }
}

/** As they fail on AWS: only secrets have an error that the state machine knows. */
function troubleOf(call: OutsideCall): Error {
  if (call === 'secrets') return new BackupError('SecretUnavailable', 'Secrets Manager does not answer');
  const error = new Error(`${call} does not work: Rate exceeded`);
  error.name = 'ThrottledException';
  return error;
}
