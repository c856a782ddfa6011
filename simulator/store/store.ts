/** Objects by key, such as `manifests/1/100/0/manifest.json`. */
export interface ObjectStore {
  /** Zeebe's layout in an S3 bucket differs from that in a folder. */
  readonly kind: 's3' | 'folder';
  put(key: string, content: Uint8Array | string): Promise<void>;
  /** Undefined if there is no such object. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** The keys that begin with this text, sorted. */
  list(prefix: string): Promise<string[]>;
  /** Succeeds also if there is no such object. */
  delete(key: string): Promise<void>;
}
