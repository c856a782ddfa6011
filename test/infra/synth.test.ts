import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { test } from '@jest/globals';
import { fileOf, fullConfiguration, networkConfiguration, scratch } from './stack.ts';

const root = path.join(import.meta.dirname, '..', '..');
const binaries = path.join(root, 'node_modules', '.bin');

/** `npx cdk synth` as in a fresh clone: without an account, a region, or anything else of AWS. */
async function synth(file: string): Promise<string> {
  const output = mkdtempSync(path.join(scratch, 'synth-'));
  const { stdout, stderr } = await promisify(execFile)(
    path.join(binaries, 'cdk'),
    ['synth', '--quiet', '--output', output, '--context', `config=${file}`],
    {
      cwd: root,
      env: {
        PATH: [binaries, path.dirname(process.execPath), process.env['PATH']].join(path.delimiter),
        HOME: scratch,
        CDK_DISABLE_VERSION_CHECK: '1',
        CDK_DISABLE_CLI_TELEMETRY: 'true',
      },
    },
  );
  return stdout + stderr;
}

test('The example is synthesised with nothing of AWS at hand, and without an error of CloudFormation’s rules', async () => {
  assert.doesNotMatch(await synth('camunda-backup.example.yaml'), /ERROR/);
});

test('A configuration with everything in a VPC is synthesised without a warning', async () => {
  assert.doesNotMatch(await synth(fileOf(fullConfiguration + networkConfiguration)), /ERROR|WARNING/);
});
