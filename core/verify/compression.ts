import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';

/** The algorithms by the names that Zeebe's brokers write into manifests, which are those of Apache Commons Compress. */
const decompressors: Record<string, () => Transform> = {
  gz: () => zlib.createGunzip(),
  // Node.js knows Zstandard from 22.15 on.
  ...('createZstdDecompress' in zlib ? { zstd: () => zlib.createZstdDecompress() } : {}),
};

/** Makes a stream that decompresses; `not known` for an algorithm that is not known here. */
export function decompressor(algorithm: string): Transform | 'not known' {
  const name = algorithm.toLowerCase();
  return (Object.hasOwn(decompressors, name) ? decompressors[name]?.() : undefined) ?? 'not known';
}

/** True for the error of such a stream if its input is not what the compression wrote. */
export function isCorrupt(error: unknown): error is Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(Z_|ZSTD_|ERR_ZLIB)/.test(code);
}
