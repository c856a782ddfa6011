import { BackupError } from '../../core/errors.ts';

/** The services that a state uses beside the cluster and the ledger. */
const outsideCalls = ['tell', 'publish', 'measure', 'ping', 'secrets', 'config'] as const;
export type OutsideCall = (typeof outsideCalls)[number];

/** `hangs` means that the answer comes after every state has given up. */
export interface OutsideFault {
  call: OutsideCall;
  kind: 'throws' | 'hangs';
  skip: number;
  left: number;
}

const hangsForMilliseconds = 200_000;

/** Alerts, events, figures, the monitor, secrets and the configuration, with faults that a case orders. */
export class Outside {
  readonly faults: OutsideFault[] = [];
  /** The services that were broken at least once. */
  readonly struck = new Set<OutsideCall>();
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

  /** For services that answer at once or not at all. */
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
    this.struck.add(call);
    return fault;
  }
}

/** The errors are those of AWS. The state machine knows only the error of the secrets. */
function troubleOf(call: OutsideCall): Error {
  if (call === 'secrets') return new BackupError('SecretUnavailable', 'Secrets Manager does not answer');
  const error = new Error(`${call} does not work: Rate exceeded`);
  error.name = 'ThrottledException';
  return error;
}
