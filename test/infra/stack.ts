import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { type Deployable, loadDeployable } from '../../infra/configuration.ts';
import { BackupStack } from '../../infra/stack.ts';

export const scratch = mkdtempSync(path.join(tmpdir(), 'camunda-backup-infra-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

export const elasticsearchSecret =
  'arn:aws:secretsmanager:eu-central-1:123456789012:secret:camunda/elasticsearch-AbCdEf';

/** What most tests deploy: two clusters, one of them with everything. */
export const fullConfiguration = `
ledger: { s3: { bucket: my-company-camunda-backups, prefix: ledger } }
clusters:
  production:
    zeebe: { url: http://zeebe.example.com:9600 }
    search:
      engine: elasticsearch
      url: https://elasticsearch.example.com:9200
      repository: camunda
      auth: { username: backup, password: { secretsManager: "${elasticsearchSecret}", key: password } }
    maxPause: 30m
    maxAge: 26h
    schedules:
      - { cron: "0 3 * * ? *", timezone: Europe/Berlin, flexibleWindow: 15m, retryAttempts: 5, retryFor: 2h }
      - { every: 6h, enabled: false }
  older:
    zeebe: { url: http://older.example.com:9600 }
    maxAge: 2d
    schedules: [{ cron: "0 4 * * ? *" }]
deployment:
  alerts: { email: [on-call@example.com] }
`;

export const dashboardConfiguration = `${fullConfiguration}  dashboard: true\n`;

/** To be put behind fullConfiguration. */
export const networkConfiguration = `
  network:
    vpcId: vpc-0123456789abcdef0
    availabilityZones: [eu-central-1a, eu-central-1b]
    subnetIds: [subnet-0a0a0a0a0a0a0a0a0, subnet-0b0b0b0b0b0b0b0b0]
    securityGroupIds: [sg-0123456789abcdef0]
`;

/** The smallest that can be deployed: everything else is a default. */
export const smallConfiguration = `
ledger: { folder: ./camunda-backups }
clusters: { small: { zeebe: { url: http://zeebe:9600 } } }
`;

export async function configurationOf(yaml: string): Promise<Deployable> {
  return loadDeployable(fileOf(yaml));
}

export function fileOf(yaml: string): string {
  const file = path.join(mkdtempSync(path.join(scratch, 'file-')), 'camunda-backup.yaml');
  writeFileSync(file, yaml);
  return file;
}

/** The stack with functions that hold nothing: bundle.test.ts looks into the real ones. */
export async function stackOf(yaml: string): Promise<BackupStack> {
  return new BackupStack(appOf(), fileOf(yaml), emptyFunction);
}

/** Every test of a file that asks for the same template gets the same one: nobody changes it. */
export function templateOf(yaml: string): Promise<Template> {
  const known = templates.get(yaml) ?? stackOf(yaml).then((stack) => Template.fromStack(stack));
  templates.set(yaml, known);
  return known;
}
const templates = new Map<string, Promise<Template>>();

const cdkSettings = z.object({ context: z.record(z.string(), z.unknown()) });

/** The context of cdk.json, as `cdk synth` gives it to the app. */
export function contextOfCdk(): Record<string, unknown> {
  const text = readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8');
  return cdkSettings.parse(JSON.parse(text)).context;
}

export function appOf(): App {
  // Printing the warnings is for people, and CloudFormation's own rules take seconds: synth.test.ts has both.
  const quiet = { '@aws-cdk/core:annotationsInValidationReport': false };
  return new App({
    context: { ...contextOfCdk(), ...quiet },
    outdir: mkdtempSync(path.join(scratch, 'cdk.out-')),
    builtinCloudFormationValidation: false,
  });
}

export function emptyFunction(): string {
  const folder = path.join(scratch, 'empty-function');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'index.mjs'), 'export const handler = () => {};\n');
  return folder;
}
