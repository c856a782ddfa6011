import type { Alert } from './alert.ts';
import type { Clock } from './clock.ts';
import type { Commands } from './commands.ts';
import type { SearchAddress, SearchEngine } from './components/search/engine.ts';
import type { Config } from './config/schema.ts';
import type { Http } from './connect/http.ts';
import type { Secrets } from './connect/secrets.ts';
import type { BackupEvent } from './event.ts';
import type { Figure } from './figures.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Owner } from './ledger/lock/lock.ts';
import type { ExecutionStates } from './ledger/lock/owner.ts';
import type { Resumed } from './ledger/lock/unwritten-resume.ts';
import type { Pacing } from './pacing.ts';

/** Everything outside of this process that handlers use. It is passed in, so that tests can replace it. */
export interface Context {
  config: () => Promise<Config>;
  ledger: Ledger;
  http: Http;
  secrets: Secrets;
  /** Opens a client, which the caller closes. */
  search: (address: SearchAddress) => Promise<SearchEngine>;
  clock: Clock;
  /** The owner that a lock of the execution `runId` names. */
  owner: (runId: string) => Owner;
  /** The owner of repairs that this process makes; undefined for the deployed watchdog, which is not an execution. */
  repairer: () => Owner | undefined;
  /** Asks Step Functions about the owners of locks; undefined where nobody can ask it. */
  executions?: ExecutionStates;
  /** Sends an alert to people. */
  tell: (alert: Alert) => Promise<void>;
  /** False if `tell` has nobody to tell: the command line without a webhook. */
  canTell: boolean;
  /** Sends an event to other programs. */
  publish: (event: BackupEvent) => Promise<void>;
  /** Records metrics of a cluster. */
  measure: (figures: Figure[]) => void;
  /** Logs a problem that does not harm the backup. */
  warn: (text: string) => void;
  /** The commands that messages tell people to type, as the reader can type them. */
  commands: Commands;
  /** Resumes of exporting by this process that the ledger has not recorded yet; see core/ledger/lock/unwritten-resume.ts. */
  unwritten: Map<string, Resumed>;
  /** How often the backup of a component is checked. */
  pacing: Pacing;
}
