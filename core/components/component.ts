/** The state of one component's backup, as the component reports it. */
export type ComponentState =
  | 'COMPLETED'
  | 'IN_PROGRESS'
  | 'FAILED'
  | 'INCOMPLETE'
  | 'INCOMPATIBLE'
  /** The component does not know this id yet, or has forgotten it. */
  | 'ABSENT'
  /** The backup is not IN_PROGRESS and nothing more was asked, or the component used a word that is not known here. */
  | 'UNKNOWN';

/** One piece of a component's backup: a search snapshot, or a partition. */
export interface Part {
  /** The name of the snapshot, or `partition 3`. */
  name: string;
  /** The server's own word: SUCCESS, IN_PROGRESS, COMPLETED, FAILED, ... */
  state: string;
  /** ISO 8601 in UTC; undefined if the server does not report it. */
  startedAt?: string | undefined;
  endedAt?: string | undefined;
  failure?: string | undefined;
  /** This field and the next two are known for partitions only. A restore needs a broker of the same version. */
  brokerVersion?: string | undefined;
  checkpointPosition?: number | string | undefined;
  snapshotId?: string | undefined;
}

export interface ComponentStatus {
  state: ComponentState;
  parts: Part[];
  /** The number of parts that the backup will have; undefined if it is not known. */
  expectedParts?: number | undefined;
  failureReason?: string | undefined;
  /** The indices in the snapshot of the records; undefined for every other component. */
  indices?: string[] | undefined;
}

/** The answer to a start. */
export interface Started {
  /**
   * `already there` means that the component has a backup of this id and cannot tell whose it is. A component that
   * proves ownership answers `already ours` or `not ours` instead.
   */
  answer: 'accepted' | 'already ours' | 'already there' | 'not ours';
  /** The snapshots that the component will take, by its own answer. A restore needs exactly these. */
  scheduledSnapshots?: string[] | undefined;
}

export interface KnownBackup {
  backupId: number;
  state: ComponentState;
  /** When its first part began, in ISO 8601; undefined if the list does not show it. */
  startedAt?: string;
  /**
   * How many of Zeebe's partitions it has, if it is INCOMPLETE only because later ones are missing. Those may have been
   * added to the cluster since then.
   */
  firstPartitions?: number;
}

/** The description of a component that the ledger keeps from the beginning of a backup. It contains no credentials. */
export interface Description {
  url: string;
  version?: string;
  /** The number of Zeebe's partitions. A restore needs the same number. */
  partitions?: number;
  /** The snapshot repository of the records. */
  repository?: string;
  indexPattern?: string;
}

/** A component that makes backups under an id. All methods throw the errors of core/connect/answers.ts. */
export interface Component {
  describe(): Description;
  /** True if a start under an id that exists can tell whose that backup is. */
  provesOwnership?: true;
  /** Requests a backup for the run `runId` and does not wait until it is complete. */
  start(backupId: number, runId: string): Promise<Started>;
  check(backupId: number): Promise<ComponentStatus>;
  /** Every backup that the component knows, sorted by id. */
  list(): Promise<KnownBackup[]>;
  /**
   * Lists some backups when list() fails: those in progress, or those with ids close to `near`, the id that may be
   * chosen. Sorted by id.
   */
  listSome?(near: number): Promise<KnownBackup[]>;
  delete(backupId: number): Promise<void>;
  /** Returns the call that deletes the backup as a command that a person can paste into a shell. */
  deleteCall(backupId: number): string;
  /** Closes the clients of the component. openComponent calls this at the end of a block. */
  close?(): Promise<void>;
}

/** Describes a state that is missing in `known`; undefined for a known state. A later version may use new words. */
/** A component's own word for the state of a backup, as `known` translates it. */
export function stateIn(known: Partial<Record<string, ComponentState>>, word: string): ComponentState {
  return known[word] ?? 'UNKNOWN';
}

export function strangeWord(state: string, known: Partial<Record<string, unknown>>): string | undefined {
  return state in known ? undefined : `its state is ${state}, which is not known here`;
}

/** Makes the beginning of a backup from those of its parts, as a server shows them; `{}` if none can be read. */
export function beginning(ofParts: (string | null | undefined)[]): Pick<KnownBackup, 'startedAt'> {
  const [startedAt] = ofParts
    .map(readTimestamp)
    .filter((one) => one !== undefined)
    .sort();
  return startedAt === undefined ? {} : { startedAt };
}

/** Counts the partitions of a backup that lacks only later ones; `{}` if it lacks none, or anything else. */
export function firstPartitions(states: string[]): Pick<KnownBackup, 'firstPartitions'> {
  const count = states.indexOf('DOES_NOT_EXIST');
  const areComplete = states.slice(0, count).every((state) => state === 'COMPLETED');
  const areLater = states.slice(count).every((state) => state === 'DOES_NOT_EXIST');
  return count > 0 && areComplete && areLater ? { firstPartitions: count } : {};
}

/** Sorts backups by id, because servers list them in any order. */
export function sortById(backups: KnownBackup[]): KnownBackup[] {
  return [...backups].sort((a, b) => a.backupId - b.backupId);
}

/**
 * Reads a server's timestamp and returns it in UTC. Real servers send nanoseconds with Z
 * (`2026-11-21T06:09:00.701500462Z`) and offsets without a colon (`2026-11-21T06:18:03.235+0000`).
 */
export function readTimestamp(text: string | null | undefined): string | undefined {
  if (!text) return undefined;
  const normal = text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2').replace(/(\.\d{3})\d+/, '$1');
  const milliseconds = Date.parse(normal);
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds).toISOString();
}
