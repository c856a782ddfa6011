import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from '@jest/globals';
import { schemaFiles } from '../../cli/json-schemas.ts';

const folder = new URL('../../docs/reference/', import.meta.url);

test('The JSON Schemas in the documentation are those of the objects that are printed', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.schema.json'));
  assert.equal(files.sort().join(), Object.keys(schemaFiles).sort().join());
  for (const [file, text] of Object.entries(schemaFiles)) {
    assert.equal(readFileSync(new URL(file, folder), 'utf8'), text, `npm run build:schemas writes ${file}`);
  }
});
