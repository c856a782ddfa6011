import type { Transform } from 'node:stream';

/** A file of a backup store. */
export interface StoredFile {
  /** The name below the base path of the store, with slashes. */
  name: string;
  bytes: number;
}

export interface Reading {
  /** Is told the size of each piece as the store sends it. */
  count?: ((bytes: number) => void) | undefined;
  decompress?: Transform | undefined;
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
  /**
   * Reads a file piece by piece, through `decompress` if there is one, and needs little memory whatever its size. Returns
   * `missing` if it does not exist. Throws also what `decompress` throws.
   */
  read(name: string, use: (piece: Buffer) => unknown, reading?: Reading): Promise<'read' | 'missing'>;
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
