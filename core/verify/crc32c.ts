import { createCRC32 } from 'hash-wasm';

/** The polynomial of Castagnoli, reversed. Zeebe uses it; the CRC-32 of node:zlib has another one. */
const castagnoli = 0x82f63b78;

/** A CRC-32C that is computed piece by piece. */
export async function crc32c() {
  const hash = await createCRC32(castagnoli);
  hash.init();
  return {
    update(piece: Uint8Array): void {
      hash.update(piece);
    },
    value: () => Number.parseInt(hash.digest('hex'), 16),
  };
}
