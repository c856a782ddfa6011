import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { test } from '@jest/globals';
import { contextOfCdk, fileOf, fullConfiguration, networkConfiguration, scratch } from '../infra/stack.ts';

const root = path.join(import.meta.dirname, '..', '..');
const binaries = path.join(root, 'node_modules', '.bin');

/** Starts a program as in a fresh clone: without an account, a region, or anything else of AWS. */
async function printed(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(program, args, {
    cwd: root,
    env: {
      PATH: [binaries, path.dirname(process.execPath), process.env['PATH']].join(path.delimiter),
      HOME: scratch,
      ...env,
    },
  });
  return stdout + stderr;
}

const output = () => mkdtempSync(path.join(scratch, 'synth-'));

/** `npx cdk synth`. */
function synth(file: string): Promise<string> {
  return printed(
    path.join(binaries, 'cdk'),
    ['synth', '--quiet', '--output', output(), '--context', `config=${file}`],
    { CDK_DISABLE_VERSION_CHECK: '1', CDK_DISABLE_CLI_TELEMETRY: 'true' },
  );
}

/** What `npx cdk synth` starts, which prints the findings: without what the CDK's own program costs. */
async function synthByApp(file: string): Promise<string> {
  const folder = output();
  const context = { ...contextOfCdk(), config: file };
  const said = await printed(process.execPath, ['infra/app.ts'], {
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify(context),
  });
  assert.ok(existsSync(path.join(folder, 'camunda-backup.template.json')), said);
  return said;
}

test('The example is synthesised with nothing of AWS at hand, and without an error of CloudFormation’s rules', async () => {
  assert.doesNotMatch(await synth('camunda-backup.example.yaml'), /ERROR/);
});

test('A configuration with everything in a VPC is synthesised without a warning', async () => {
  const said = await synthByApp(fileOf(fullConfiguration + networkConfiguration));
  assert.doesNotMatch(said, /ERROR|WARNING/);
});
