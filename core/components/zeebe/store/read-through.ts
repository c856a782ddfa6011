import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Reading } from './files.ts';

/**
 * Reads a stream to its end. `failed` makes the error to throw of one of the stream; an error of the decompression is thrown
 * as it is. Each further stage costs time for each piece, so a stream without compression is read without any.
 */
export async function readThrough(
  stream: Readable,
  use: (piece: Buffer) => unknown,
  failed: (error: unknown) => Promise<Error>,
  { count = () => undefined, decompress }: Reading = {},
): Promise<void> {
  let broken: unknown;
  stream.once('error', (error) => {
    broken = error;
  });
  try {
    if (decompress) {
      stream.on('data', (piece: Buffer) => count(piece.length));
      await pipeline(stream, decompress, async (pieces: AsyncIterable<Buffer>) => {
        for await (const piece of pieces) use(piece);
      });
      return;
    }
    for await (const piece of stream) {
      count(piece.length);
      use(piece);
    }
  } catch (error) {
    throw error === broken ? await failed(error) : error;
  }
}
