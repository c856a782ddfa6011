import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from '@jest/globals';
import { machines } from '../../statemachine/build.ts';
import { textOf } from '../../statemachine/states.ts';

const folder = new URL('../../statemachine/', import.meta.url);

for (const [file, machine] of Object.entries(machines)) {
  test(`${file} is what the builder makes, byte for byte`, () => {
    const checkedIn = readFileSync(new URL(file, folder), 'utf8');
    assert.equal(checkedIn, textOf(machine), 'npm run build:machine writes it anew');
  });
}

test('Every state machine that is checked in is one that the builder makes', () => {
  const checkedIn = [...readdirSync(folder)].filter((file) => file.endsWith('.asl.json'));
  assert.deepEqual(checkedIn.sort(), Object.keys(machines).sort());
});
