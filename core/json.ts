/**
 * Parses JSON; undefined if the text is not JSON. An integer that a number cannot hold becomes a bigint, because ids
 * and positions of the servers are int64 and a rounded id would silently be a different one.
 */
export function parseJson(text: string): unknown {
  try {
    // Without a reviver, a large answer is parsed in a fraction of the time.
    return longNumber.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The smallest unsafe integer, 2^53, has 16 digits. */
const longNumber = /\d{16}/;

function exactly(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}
