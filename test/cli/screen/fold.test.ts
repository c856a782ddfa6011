import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { fold } from '../../../cli/screen/fold.ts';

test('Lines are broken between words, and further ones stand below their first', () => {
  const text = 'The ledger has nothing of production.\n  Exporting was paused for 12 s and is resumed.';
  assert.deepEqual(fold(text, 24).split('\n'), [
    'The ledger has nothing',
    'of production.',
    '  Exporting was paused',
    '  for 12 s and is',
    '  resumed.',
  ]);
});

test('A text that fits is left as it is, colours are not counted, and a very narrow terminal changes nothing', () => {
  const red = '\x1b[31mNOT OK: exporting is\x1b[39m left';
  assert.equal(fold(red, 25), red);
  assert.equal(fold('one two three four five six seven', 5), 'one two three four five six seven');
});

for (const command of [
  'npx camunda-backup repair --cluster production -f full.yaml',
  "camunda-backup repair -f '../my files/full.yaml'",
  '/opt/node/bin/node /opt/camunda-backup/dist/cli/main.js run --id 17',
  "node '/my tools/main.js' status",
  "curl -X POST 'http://camunda-zeebe:9600/actuator/exporting/resume'",
]) {
  test(`A command stays in one line, where a shell can take it: ${command}`, () => {
    const lines = fold(`If you know that it does not run any more: ${command}`, 30).split('\n');
    assert.equal(lines.at(-1), command);
    assert.ok(
      lines.slice(0, -1).every((line) => line.length <= 30),
      lines.join('\n'),
    );
  });
}

test('An address stays in one piece', () => {
  const address = `s3://my-company-camunda-backups/${'a'.repeat(40)}/manifest.json`;
  assert.deepEqual(fold(`The manifest is ${address} now`, 30).split('\n'), [
    'The manifest is',
    address,
    'now',
  ]);
});
