/**
 * Reads the `.checksum` file in a snapshot of Zeebe: lines of comments that begin with a semicolon, and a line for each
 * other file of the snapshot with its name and its CRC-32C in hexadecimal digits. The first versions wrote only eight bytes
 * for all files together, from which nothing follows about a single one.
 */
export type Checksums =
  | { byFile: Map<string, number>; strange?: never; damaged?: never }
  /** Its form is not known: the reason. */
  | { byFile?: never; strange: string; damaged?: never }
  /** It was compressed, and is not any more what the compression wrote. */
  | { byFile?: never; strange?: never; damaged: string };

export function readChecksums(text: string): Checksums {
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith(';'));
  const byFile = new Map<string, number>();
  for (const line of lines) {
    const [, name, digits] = /^(\S.*?)\s+([0-9a-f]{1,8})$/i.exec(line) ?? [];
    if (name === undefined || digits === undefined) {
      return { strange: 'it does not consist of lines with a name and a checksum' };
    }
    byFile.set(name, Number.parseInt(digits, 16));
  }
  return byFile.size > 0 ? { byFile } : { strange: 'it has no line for any file' };
}
