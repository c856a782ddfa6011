/** The polynomial of Castagnoli, reversed. Zeebe uses it; the CRC-32 of node:zlib has another one. */
const castagnoli = 0x82f63b78;

/** A CRC-32C that is computed piece by piece. */
export interface Crc32c {
  update(piece: Buffer): void;
  value(): number;
}

/** Where the binary is not there, such as in the bundle of a function, WebAssembly does the same, four times slower. */
export async function crc32c(): Promise<Crc32c> {
  return (await crc32cOfBinary()) ?? (await crc32cOfWasm());
}

export async function crc32cOfBinary(): Promise<Crc32c | undefined> {
  const native = await import('@node-rs/crc32').catch(() => undefined);
  if (!native) return undefined;
  let sum = 0;
  return {
    update(piece) {
      sum = native.crc32c(piece, sum);
    },
    value: () => sum,
  };
}

export async function crc32cOfWasm(): Promise<Crc32c> {
  const { createCRC32 } = await import('./crc32-wasm.ts');
  const hash = await createCRC32(castagnoli);
  hash.init();
  return {
    update(piece) {
      hash.update(piece);
    },
    value: () => Number.parseInt(hash.digest('hex'), 16),
  };
}
