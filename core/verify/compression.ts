import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { describe } from '../errors.ts';

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

/**
 * Passes the pieces of a file to `use`, decompressed if there is a stream for that. Returns the reason if they are not
 * what the compression wrote. Throws the errors of the pieces.
 */
export async function passThrough(
  pieces: AsyncIterable<Buffer> | Iterable<Buffer>,
  stream: Transform | undefined,
  use: (piece: Buffer) => unknown,
): Promise<string | undefined> {
  if (!stream) {
    for await (const piece of pieces) use(piece);
    return undefined;
  }
  try {
    await pipeline(pieces, stream, async (decompressed: AsyncIterable<Buffer>) => {
      for await (const piece of decompressed) use(piece);
    });
    return undefined;
  } catch (error) {
    if (isCorrupt(error)) return describe(error);
    throw error;
  }
}

function isCorrupt(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(Z_|ZSTD_|ERR_ZLIB)/.test(code);
}
