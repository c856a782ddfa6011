import { describe, expect, it } from '@jest/globals';
import { checksumFile, damagedFile } from '../../../simulator/zeebe/checksum.ts';

const file = (name: string, text: string) => ({ name, content: Buffer.from(text) });
// The first is the check value of CRC-32C, and the second has leading zeros.
const files = [file('b.sst', '123456789'), file('a.sst', 'zeebe-768')];
const text = checksumFile('1-1-3-3-0', files);

describe('the checksum file of a snapshot', () => {
  it('has a line for each file with its CRC-32C, and comments', () => {
    expect(text.split('\n').filter((line) => !line.startsWith(';'))).toEqual([
      'a.sst   8d4ed8',
      'b.sst   e3069283',
      '',
    ]);
    expect(text).toContain('\n; snapshot directory = 1-1-3-3-0\n; combinedValue = ');
    expect(text).toContain('\n; number of files used for combined value = 2\n');
  });

  it.each([
    { title: 'intact files', found: files, damaged: undefined },
    {
      title: 'a changed file',
      found: [file('b.sst', '123456780'), files[1] ?? file('', '')],
      damaged: 'b.sst',
    },
    { title: 'a missing file', found: files.slice(0, 1), damaged: 'a.sst' },
    { title: 'a file too many', found: [...files, file('c.sst', '')], damaged: 'c.sst' },
  ])('tells $title', ({ found, damaged }) => {
    expect(damagedFile(text, found)).toBe(damaged);
  });
});
