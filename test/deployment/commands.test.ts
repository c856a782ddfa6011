import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { commands, stackCommands } from '../../deployment/commands.ts';

describe('A command to be typed', () => {
  test('A command names the file where it has to be named, and the cluster where there are several', () => {
    const one = commands({ program: 'npx camunda-backup', clusters: ['production'] });
    assert.equal(one.repair('production', { force: true }), 'npx camunda-backup repair --force');
    const two = commands({ program: 'camunda-backup', file: "my file's.yaml", clusters: ['a', 'b'] });
    assert.equal(two.run('a', { id: 7 }), "camunda-backup run --cluster a -f 'my file'\\''s.yaml' --id 7");
    const unknown = commands({ program: 'camunda-backup' });
    assert.equal(unknown.status('a'), 'camunda-backup status --cluster a');
    assert.equal(unknown.repair(undefined, { dryRun: true }), 'camunda-backup repair --dry-run');
  });

  test('A command about a deployed stack names the stack and no file, also that of a repair', () => {
    const stack = stackCommands({ program: 'npx camunda-backup', stack: 'dr' });
    assert.equal(stack.run('a'), 'npx camunda-backup run --stack dr --cluster a');
    assert.equal(stack.status(), 'npx camunda-backup status --stack dr');
    assert.equal(stack.check('a'), 'npx camunda-backup check --stack dr --cluster a');
    assert.equal(stack.alertTest(), 'npx camunda-backup alert-test --stack dr');
    assert.equal(stack.watch('one'), 'npx camunda-backup watch --stack dr --execution one');
    assert.equal(
      stack.repair('a', { deleteLeftovers: true }),
      'npx camunda-backup repair --stack dr --cluster a --delete-leftovers',
    );
  });
});
