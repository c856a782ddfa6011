/** A file of a backup store. */
export interface StoredFile {
  /** The name below the base path of the store, with slashes. */
  name: string;
  bytes: number;
}

/**
 * Read access to the files of a backup store: s3-files.ts and folder-files.ts. Nothing here writes. A folder that does
 * not exist is empty, as it is in S3. All methods throw Unreachable, ServerTrouble, RequestRefused or AddressUnusable,
 * and an error names the place.
 */
export interface StoreFiles {
  /** Lists the names of the folders directly in `folder`, which is empty or ends in a slash. */
  folders(folder: string): Promise<string[]>;
  /** Lists all files in `folder` and below it. */
  list(folder: string): Promise<StoredFile[]>;
  /** Reads a small file; undefined if it does not exist. */
  text(name: string): Promise<string | undefined>;
  /** Opens a file; undefined if it does not exist. Reading it throws the same errors as the methods. */
  open(name: string): Promise<AsyncIterable<Buffer> | undefined>;
  /**
   * Returns the state of a file's copy in another bucket, in the words of S3 (PENDING, COMPLETED, FAILED, REPLICA);
   * undefined if the store does not copy it, or does not say so.
   */
  replication(name: string): Promise<string | undefined>;
  /** The location of the store, for people. */
  readonly home: string;
  /** Returns the location of a file or a folder, for people. */
  location(name: string): string;
  close(): void;
}
