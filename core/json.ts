/**
 * What a text is as JSON; undefined where it is none. An integer that a number cannot hold is a bigint: the servers'
 * ids and positions are int64, and what is rounded silently is another one.
 */
export function parseJson(text: string): unknown {
  try {
    // Looked for first: large answers are read in a fraction of the time without a reviver.
    return longNumber.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The smallest integer that is not safe, 2^53, has 16 digits. */
const longNumber = /\d{16}/;

function exactly(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}
