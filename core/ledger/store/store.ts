/**
 * Where the ledger keeps its documents: small JSON texts under slash-separated keys such as
 * `production/lock.json`. Two homes implement it: an S3 bucket (s3.ts) and a local folder
 * (folder.ts); test/core/ledger/store/contract.ts runs on both.
 *
 * Every method throws LedgerError, naming the location and the remedy, when the home cannot be reached or is in
 * trouble, and LedgerUnusable when it refuses and will go on refusing.
 */
export interface Store {
  /** The document and its version (opaque; for `replace`), or undefined where there is none. */
  read(key: string): Promise<{ text: string; version: string } | undefined>;
  /** Writes a document that must not exist yet. False, and nothing written, when it exists. Atomic. */
  create(key: string, text: string): Promise<boolean>;
  /** Writes a document, whether or not it exists. A reader sees the old text or the new one, never a part. */
  write(key: string, text: string): Promise<void>;
  /** Overwrites a document that is still at `version`. False, and nothing written, when it changed or is gone. */
  replace(key: string, text: string, version: string): Promise<boolean>;
  /** Removes a document; one that is not there is no error. */
  remove(key: string): Promise<void>;
  /**
   * For how many seconds a document has been as it is; undefined where there is none. Two instants of the home's own
   * clock: whoever asks may have a clock that is wrong.
   */
  ageOf(key: string): Promise<number | undefined>;
  /** All keys that begin with `prefix`, sorted. */
  list(prefix: string): Promise<string[]>;
  /**
   * The names of the folders directly in `folder` (empty, or with a slash at its end), sorted as texts; with `after` only
   * those that come after it. One request for each thousand of them, however many documents are in them.
   */
  folders(folder: string, after?: string): Promise<string[]>;
  /** Whether the home is there at all: a folder is made with its first document. */
  exists(): Promise<boolean>;
  /** Where all of it is, for people. */
  readonly home: string;
  /** Where a document is, for people: `s3://bucket/prefix/key` or an absolute path. */
  location(key: string): string;
}
