/** A backup of one component, as the component tells it. */
export type ComponentState =
  | 'COMPLETED'
  | 'IN_PROGRESS'
  | 'FAILED'
  | 'INCOMPLETE'
  | 'INCOMPATIBLE'
  /** The component does not know this id (yet, or any more). */
  | 'ABSENT'
  /** Not IN_PROGRESS, and no more was asked; or the component says it in a word that is not known here. */
  | 'UNKNOWN';

/** One piece of a component's backup: a search snapshot, or a partition. */
export interface Part {
  /** Snapshot name, or `partition 3`. */
  name: string;
  /** The server's own word: SUCCESS, IN_PROGRESS, COMPLETED, FAILED, ... */
  state: string;
  /** ISO-8601, in UTC, where the server says it. */
  startedAt?: string | undefined;
  endedAt?: string | undefined;
  failure?: string | undefined;
  /** Of a partition: what a restore must match. */
  brokerVersion?: string | undefined;
  checkpointPosition?: number | string | undefined;
  snapshotId?: string | undefined;
}

export interface ComponentStatus {
  state: ComponentState;
  parts: Part[];
  /** Number of parts that there will be, where it is known. */
  expectedParts?: number | undefined;
  failureReason?: string | undefined;
  /** Of the records: which indices the snapshot holds. */
  indices?: string[] | undefined;
}

/** What a start answered. */
export interface Started {
  /**
   * `already there`: the component has a backup of this id, and cannot tell whose. One that proves ownership says
   * `already ours` or `not ours` instead.
   */
  answer: 'accepted' | 'already ours' | 'already there' | 'not ours';
  /** The snapshots that the component said it will take: a restore needs exactly these. */
  scheduledSnapshots?: string[] | undefined;
}

export interface KnownBackup {
  backupId: number;
  state: ComponentState;
}

/** What the ledger keeps of a component before it is asked for anything: no credentials. */
export interface Description {
  url: string;
  version?: string;
  /** Of Zeebe: a restore needs the same number. */
  partitions?: number;
  /** Of the records. */
  repository?: string;
  indexPattern?: string;
}

/** A component that can be backed up under an id. All methods throw the errors of core/connect/answers.ts. */
export interface Component {
  describe(): Description;
  /** True where a start under an id that exists can tell whose the backup is. */
  provesOwnership?: true;
  /** Asks for a backup of the run `runId`. Does not wait for it. */
  start(backupId: number, runId: string): Promise<Started>;
  check(backupId: number): Promise<ComponentStatus>;
  /** Every backup that the component knows, sorted by id. */
  list(): Promise<KnownBackup[]>;
  /**
   * Where list() cannot be had, those that can be listed all the same: at work, or with an id near to one that may be
   * chosen. Sorted by id.
   */
  listSome?(near: number): Promise<KnownBackup[]>;
  delete(backupId: number): Promise<void>;
  /** The same as a call that a person can paste into a shell. */
  deleteCall(backupId: number): string;
  /** Gives back what was opened for it. Use openComponent, which calls this at the end of a block. */
  close?(): Promise<void>;
}

/** What is told of a state that `known` does not have; a later version may have words that are not known here. */
export function strangeWord(state: string, known: Partial<Record<string, unknown>>): string | undefined {
  return state in known ? undefined : `its state is ${state}, which is not known here`;
}

/** Sorted by id here: servers list in any order. */
export function sortById(backups: KnownBackup[]): KnownBackup[] {
  return [...backups].sort((a, b) => a.backupId - b.backupId);
}

/**
 * A server's timestamp in UTC. Seen: nanoseconds with Z (`2026-11-21T06:09:00.701500462Z`) and an offset
 * without colon (`2026-11-21T06:18:03.235+0000`).
 */
export function readTimestamp(text: string | null | undefined): string | undefined {
  if (!text) return undefined;
  const normal = text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2').replace(/(\.\d{3})\d+/, '$1');
  const milliseconds = Date.parse(normal);
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString();
}
