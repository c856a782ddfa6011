/**
 * The keys of the signatures of webhooks, as the Standard Webhooks specification has them: 24 to 64 random bytes in
 * base64, with `whsec_` before them. Some libraries omit that prefix.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 */

const prefix = /^whsec_/;
const fewestBytes = 24;
const mostBytes = 64;

/** The bytes of a key whose text has nothing wrong. */
export function bytesOfKey(text: string): Buffer {
  return Buffer.from(base64In(text), 'base64');
}

/** What is wrong with the text of a key, as the end of a sentence that begins with `it`. The text is not repeated. */
export function whatIsWrongWith(text: string): string | undefined {
  const base64 = base64In(text);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) return 'is not base64';
  const { length } = bytesOfKey(text);
  if (length >= fewestBytes && length <= mostBytes) return undefined;
  return `has ${length} bytes instead of ${fewestBytes} to ${mostBytes}`;
}

/** The last line of a file ends in a line break. */
const base64In = (text: string) => text.trim().replace(prefix, '');
