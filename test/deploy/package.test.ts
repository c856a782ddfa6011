import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import * as z from 'zod';

const root = path.join(import.meta.dirname, '..', '..');
const modules = path.join(root, 'node_modules');
const folder = mkdtempSync(path.join(tmpdir(), 'camunda-backup-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dependencies = z.record(z.string(), z.string());
const packageFile = z.object({ dependencies, peerDependencies: dependencies });
const packed = z.tuple([z.object({ filename: z.string() })]);

/** Runs a program in the app, with nothing of AWS in its environment. */
async function run(program: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  return await promisify(execFile)(program, args, {
    cwd: folder,
    env: {
      PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}`,
      HOME: folder,
      ...env,
    },
  });
}

/** Links a package of this repository into the app. Node then loads it from there, as if it were installed. */
function link(name: string): void {
  const to = path.join(folder, 'node_modules', name);
  mkdirSync(path.dirname(to), { recursive: true });
  symlinkSync(path.join(modules, name), to);
}

/** The TypeScript of the page for people who use the construct. */
function example(): string {
  const page = readFileSync(path.join(root, 'docs', 'construct.md'), 'utf8');
  const [, code] = /```ts\n(.*?)```/s.exec(page) ?? [];
  assert.ok(code);
  return code;
}

describe('The package in an empty app', () => {
  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(
      'npm',
      ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
      { cwd: root, maxBuffer: 10_000_000 },
    );
    const [{ filename }] = packed.parse(JSON.parse(stdout));
    const installed = path.join(folder, 'node_modules', 'camunda-backup');
    mkdirSync(installed, { recursive: true });
    await run('tar', ['-xzf', filename, '--strip-components=1', '-C', installed]);
    const needs = packageFile.parse(JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')));
    for (const name of Object.keys({ ...needs.dependencies, ...needs.peerDependencies })) link(name);
    link('@types/node');

    const settings = { module: 'nodenext', target: 'es2022', strict: true, noEmit: true, skipLibCheck: true };
    const tsconfig = { compilerOptions: { ...settings, types: ['node'] }, include: ['*.ts'] };
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    writeFileSync(path.join(folder, 'app.ts'), example());
    writeFileSync(
      path.join(folder, 'camunda-backup.yaml'),
      readFileSync(path.join(root, 'camunda-backup.example.yaml')),
    );
  });

  it('The example is checked by the compiler, and a setting that does not exist is a mistake', async () => {
    const compiler = path.join(modules, '.bin', 'tsc');
    await run(compiler, ['--project', folder]);
    writeFileSync(path.join(folder, 'app.ts'), example().replace('maxAge:', 'maximumAge:'));
    await assert.rejects(run(compiler, ['--project', folder]), { stdout: /app\.ts.*maximumAge/ });
    writeFileSync(path.join(folder, 'app.ts'), example());
  });

  it('Two backups in one stack are synthesised from the bundles of the package', async () => {
    const out = path.join(folder, 'cdk.out');
    await run(process.execPath, ['app.ts'], { CDK_OUTDIR: out });
    const template: unknown = JSON.parse(readFileSync(path.join(out, 'Camunda.template.json'), 'utf8'));
    const resource = z.object({ Type: z.string(), Properties: z.looseObject({}).optional() });
    const deployedCode = z.object({ Code: z.object({ S3Key: z.string() }) });
    const { Resources, Outputs } = z
      .object({ Resources: z.record(z.string(), resource), Outputs: z.record(z.string(), z.unknown()) })
      .parse(template);
    const count = (type: string) => Object.values(Resources).filter(({ Type }) => Type === type).length;
    // Each has one for backups and one for verifications.
    assert.equal(count('AWS::StepFunctions::StateMachine'), 4);
    assert.equal(count('AWS::S3::Bucket'), 2);
    for (const name of ['ProductionStateMachineArn', 'StagingStateMachineArn'])
      assert.ok(name in Outputs, name);
    const code = Object.values(Resources).flatMap(({ Type, Properties }) =>
      Type === 'AWS::Lambda::Function' ? [deployedCode.parse(Properties).Code.S3Key] : [],
    );
    assert.ok(code.length > 20);
    for (const key of code) {
      const file = path.join(out, `asset.${path.basename(key, '.zip')}`, 'index.mjs');
      assert.ok(readFileSync(file).length > 100_000, file);
    }
  });

  it('A mistake in the configuration ends the synth with its place', async () => {
    const app = example().replace("'26h'", "'26 hours'");
    writeFileSync(path.join(folder, 'mistaken.ts'), app);
    await assert.rejects(run(process.execPath, ['mistaken.ts']), {
      stderr: /ConfigurationError\]: The configuration has a mistake:\n {2}clusters\.staging\.maxAge/,
    });
  });
});
