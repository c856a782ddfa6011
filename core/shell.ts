/** Quotes a word so that a POSIX shell reads it unchanged. */
export function quoted(text: string): string {
  return /^[\w.:/%@~+=,-]+$/.test(text) && !text.startsWith('~')
    ? text
    : `'${text.replaceAll("'", `'\\''`)}'`;
}
