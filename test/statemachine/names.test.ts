import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from '@jest/globals';
import { errorNames } from '../../core/error-names.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The source of the product, file by file. */
const sources = ['core', 'lambdas', 'cli']
  .flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  )
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(`${root}${file}`, 'utf8') }));

test('Every error name is thrown or recorded somewhere', () => {
  const text = sources
    .filter(({ file }) => file !== 'core/errors.ts')
    .map(({ text }) => text.replaceAll(/isBackupError\([^)]*\)/g, ''))
    .join('\n');
  for (const name of Object.keys(errorNames)) {
    const thrown = new RegExp(`new BackupError\\(\\s*'${name}'`);
    const handedOn = new RegExp(`(name|error|Error): '${name}'|[?:,] '${name}'`);
    assert(thrown.test(text) || handedOn.test(text), `nothing throws ${name}`);
  }
});

test('Every error name is the key that stands for it', () => {
  for (const [key, value] of Object.entries(errorNames)) assert.equal(key, value);
});

test('The core opens search engines in five files alone, each of which has them closed', () => {
  const opening = sources.filter(
    ({ file, text }) => file.startsWith('core/') && /\bcontext\.search\(/.test(text),
  );
  // calls.ts and reached.ts open one for whoever asks, and do not use it; openComponent, open-search.ts and shared.ts close what is opened, within a limit.
  assert.deepEqual(opening.map(({ file }) => file).sort(), [
    'core/calls.ts',
    'core/checks/reached.ts',
    'core/components/records/kind.ts',
    'core/components/search/open-search.ts',
    'core/components/search/shared.ts',
  ]);
});

test('No request pauses exporting but softly: a hard pause corrupts the state of a partition', () => {
  const requests = sources.flatMap(({ file, text }) =>
    [...text.matchAll(/exporting\/pause[^'"`\s)]*/g)].map(([request]) => ({ file, request })),
  );
  assert(requests.length > 0);
  for (const { file, request } of requests) assert.equal(request, 'exporting/pause?soft=true', file);
});
