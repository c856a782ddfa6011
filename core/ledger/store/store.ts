/**
 * The store of the ledger's documents: small JSON texts under slash-separated keys such as `production/lock.json`.
 * There are two implementations, an S3 bucket (s3.ts) and a local folder (folder.ts). The tests of
 * test/core/ledger/store/contract.ts run on both.
 *
 * Every method throws LedgerError if the store cannot be reached or is in trouble, and LedgerUnusable if it refuses and
 * a retry would not help. Both name the location and have a remedy.
 */
export interface Store {
  /** Reads a document and its version (an opaque text for `replace`); undefined if there is none. */
  read(key: string): Promise<{ text: string; version: string } | undefined>;
  /** Creates a document atomically. Returns false and writes nothing if it exists. */
  create(key: string, text: string): Promise<boolean>;
  /** Writes a document, whether or not it exists. A reader sees the old text or the new one, never a part of it. */
  write(key: string, text: string): Promise<void>;
  /** Replaces a document that is still at `version`. Returns false and writes nothing if it changed or is missing. */
  replace(key: string, text: string, version: string): Promise<boolean>;
  /** Removes a document. A missing document is not an error. */
  remove(key: string): Promise<void>;
  /**
   * Returns the seconds since the last change of a document; undefined if there is none. Both instants come from the
   * store's own clock, because the caller's clock may be wrong.
   */
  ageOf(key: string): Promise<number | undefined>;
  /** Lists all keys that begin with `prefix`, sorted. */
  list(prefix: string): Promise<string[]>;
  /**
   * Lists the names of the folders directly in `folder` (empty, or with a slash at its end), sorted as texts. With
   * `after` it lists only the names that come after it. It needs one request for each thousand folders, however many
   * documents they contain.
   */
  folders(folder: string, after?: string): Promise<string[]>;
  /** True if the store exists. A local folder is created with its first document. */
  exists(): Promise<boolean>;
  /** The location of the store, for people. */
  readonly home: string;
  /** Returns the location of a document, for people: `s3://bucket/prefix/key` or an absolute path. */
  location(key: string): string;
}
