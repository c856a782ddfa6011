/** A record of a partition's log, as an exporter gets it. */
export interface LogRecord {
  partition: number;
  /** Grows by one from record to record of a partition. */
  position: number;
  /** Decimal digits, because keys of 64 bits do not fit into a number. */
  key: string;
  /** Milliseconds since 1970. */
  timestamp: number;
  valueType: 'PROCESS_INSTANCE' | 'JOB' | 'VARIABLE';
  intent: string;
  value: Record<string, unknown>;
}

/** Copies the records of all partitions to somewhere else. */
export interface Exporter {
  /** The id in the broker's configuration and in `GET /actuator/exporters`. */
  id: string;
  /**
   * Writes some records of one partition, the oldest first. When it resolves they are written for good. When it rejects,
   * or the broker dies before the position is acknowledged and in a snapshot, the same records come again, so documents
   * are upserts. Calls for several partitions run at the same time. Positions may have gaps, because an exporter does not
   * get the records of checkpoints and of activated jobs.
   */
  export(records: LogRecord[]): Promise<void>;
}
