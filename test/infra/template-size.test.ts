import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from '@jest/globals';
import { requireDeployableSize } from '../../infra/template-size.ts';
import { cleanUp } from '../support/clean-up.ts';

test('A template that is larger than CloudFormation takes is refused with the arithmetic, and how to split it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'camunda-backup-test-'));
  cleanUp(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'template.json');
  writeFileSync(file, ' '.repeat(1_000_000));
  requireDeployableSize(file, 60);
  writeFileSync(file, ' '.repeat(1_200_000));
  assert.throws(() => requireDeployableSize(file, 60), {
    name: 'ConfigurationError',
    message:
      'The template has 1200000 bytes, and CloudFormation takes 1000000: 60 clusters × about 20 kB, which are alarms, schedules, widgets of the dashboard and the permissions for secrets',
    remedy:
      'Deploy the clusters as several stacks, each with a configuration file of its own and at most 50 clusters.',
  });
});
