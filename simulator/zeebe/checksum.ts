import { Crc32c } from '@aws-crypto/crc32c';

interface NamedFile {
  name: string;
  content: Uint8Array;
}

const HEADER = `; This is an SFC checksum file for all files in the given directory.
; You might use cksfv or another tool to validate these files manually.
; This is an automatically created file - please do NOT modify.
`;

/** The checksum file of a snapshot: the name of each file, three spaces, and its CRC-32C in hex without leading zeros. */
export function checksumFile(snapshotId: string, files: NamedFile[]): string {
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const combined = new Crc32c();
  for (const { name, content } of sorted) {
    combined.update(Buffer.from(name));
    combined.update(content);
  }
  return [
    `${HEADER}; snapshot directory = ${snapshotId}`,
    `; combinedValue = ${hex(combined)}`,
    `; number of files used for combined value = ${sorted.length}`,
    ...sorted.map(({ name, content }) => `${name}   ${crc32c(content)}`),
    '',
  ].join('\n');
}

/** The name of a file that is missing, is not listed, or has another checksum; undefined if all files are intact. */
export function damagedFile(checksums: string, files: NamedFile[]): string | undefined {
  const expected = new Map(
    checksums
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith(';'))
      .map((line) => {
        const gap = line.lastIndexOf('   ');
        return [line.slice(0, gap), line.slice(gap + 3)] as const;
      }),
  );
  const names = new Set([...expected.keys(), ...files.map(({ name }) => name)]);
  return [...names].find((name) => {
    const file = files.find((one) => one.name === name);
    return file === undefined || crc32c(file.content) !== expected.get(name);
  });
}

const crc32c = (content: Uint8Array): string => hex(new Crc32c().update(content));

const hex = (checksum: Crc32c): string => checksum.digest().toString(16);
