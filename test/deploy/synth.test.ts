import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { test } from '@jest/globals';
import {
  contextOfCdk,
  fileOf,
  fullConfiguration,
  networkConfiguration,
  scratch,
  smallConfiguration,
} from '../infra/stack.ts';
import { cleanUp } from '../support/clean-up.ts';

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

test('A mistake is a message and exit code 1 at synth, without a stack trace', () => {
  const file = fileOf(`${smallConfiguration}\ndeployment: { logRetention: 91d }`);
  const { status, stderr } = spawnSync(process.execPath, ['infra/app.ts'], {
    cwd: root,
    env: { ...process.env, CAMUNDA_BACKUP_CONFIG: file },
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.match(stderr, /deployment\.logRetention is none of 1d, 3d/);
  assert.doesNotMatch(stderr, /^\s+at /m);
});

test('A Node that is too old for the app is refused in one sentence', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'camunda-backup-test-'));
  cleanUp(() => rmSync(folder, { recursive: true }));
  const preload = path.join(folder, 'old.cjs');
  writeFileSync(
    preload,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`,
  );
  const { app } = JSON.parse(readFileSync(path.join(root, 'cdk.json'), 'utf8'));
  const { status, stderr } = spawnSync(app, {
    shell: true,
    cwd: root,
    env: {
      ...process.env,
      PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}`,
      NODE_OPTIONS: `-r ${preload}`,
    },
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^The stack is made with Node 22\.18 or later, and this is Node 20\.20\.2 .*npx cdk.*\n$/,
  );
});
