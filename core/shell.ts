/** A word as a POSIX shell reads it back unchanged. */
export function quoted(text: string): string {
  return /^[\w.:/%@~+=,-]+$/.test(text) && !text.startsWith('~')
    ? text
    : `'${text.replaceAll("'", `'\\''`)}'`;
}
