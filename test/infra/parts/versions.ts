import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alerts } from '../../../infra/alerts-topic.ts';
import { Functions } from '../../../infra/functions.ts';
import { instanceOf } from '../../../infra/instance.ts';
import { ledgerBucket } from '../../../infra/ledger-bucket.ts';
import { BackupStack } from '../../../infra/stack.ts';
import { definition as pauseExporting } from '../../../lambdas/backup/pause-exporting.ts';
import type { FunctionDefinition } from '../../../lambdas/definition.ts';
import { backup } from '../../../statemachine/backup-procedure.ts';
import { housekeeping } from '../../../statemachine/housekeeping-procedure.ts';
import {
  appOf,
  configurationOf,
  contextOfCdk,
  emptyFunction,
  fileOf,
  fullConfiguration,
  networkConfiguration,
  scratch,
  stackOf,
  templateOf,
} from '../stack.ts';
import { versionsIn } from '../versions.ts';

const versions = versionsIn(await templateOf(fullConfiguration));
const ofTheMachines = Object.keys({ ...backup.functions, ...housekeeping.functions }).sort();

/** The functions of which another template publishes another version. */
const newVersionsIn = (other: Template) =>
  [...versionsIn(other)]
    .filter(([name, id]) => versions.get(name) !== id)
    .map(([name]) => name)
    .sort();

function otherCode(): string {
  const folder = path.join(scratch, 'other-function');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'index.mjs'), 'export const handler = () => 1;\n');
  return folder;
}

test('Each function of the state machines has one published version, and the watchdog has none', () => {
  assert.deepEqual([...versions.keys()].sort(), ofTheMachines);
});

test('A stack that did not change publishes no new version', async () => {
  const again = await stackOf(fullConfiguration);
  assert.deepEqual(newVersionsIn(Template.fromStack(again)), []);
});

test('Other code publishes new versions of all functions', async () => {
  const changed = new BackupStack(appOf(), fileOf(fullConfiguration), otherCode);
  assert.deepEqual(newVersionsIn(Template.fromStack(changed)), ofTheMachines);
});

test('Another environment publishes new versions of all functions', async () => {
  const changed = await templateOf(fullConfiguration.replace('prefix: ledger', 'prefix: other'));
  assert.deepEqual(newVersionsIn(changed), ofTheMachines);
});

test('Another bucket publishes new versions of all functions, although its reference in the template is the same', async () => {
  const changed = await templateOf(fullConfiguration.replace('my-company', 'another-company'));
  assert.deepEqual(newVersionsIn(changed), ofTheMachines);
});

test('A network publishes new versions of the functions in it', async () => {
  const inVpc = Object.entries({ ...backup.functions, ...housekeeping.functions })
    .filter(([, { definition }]) => definition.needs.includes('cluster'))
    .map(([name]) => name)
    .sort();
  const changed = await templateOf(fullConfiguration + networkConfiguration);
  assert.deepEqual(newVersionsIn(changed), inVpc);
});

/** The logical id of the version of one function with these settings. */
async function versionWith(settings: Partial<FunctionDefinition>): Promise<string> {
  const deployable = await configurationOf(fullConfiguration);
  const stack = new Stack(appOf(), 'one-function');
  const functions = new Functions(stack, 'Functions', {
    ...deployable,
    instance: instanceOf(stack),
    functions: { PauseExporting: { definition: { ...pauseExporting, ...settings } } },
    ledger: ledgerBucket(stack, deployable),
    alerts: new Alerts(stack, 'Alerts', deployable.deployment),
    network: undefined,
    bundle: emptyFunction,
  });
  functions.versionOf('PauseExporting');
  const [id] = versionsIn(Template.fromStack(stack)).values();
  assert.ok(id);
  return id;
}

test('Another size or time limit of a function publishes a new version', async () => {
  const before = await versionWith({});
  assert.equal(await versionWith({}), before);
  assert.notEqual(await versionWith({ memoryMegabytes: 1024 }), before);
  assert.notEqual(await versionWith({ timeoutSeconds: 100 }), before);
});

test('A layer of another version publishes a new version of its function', () => {
  assert.equal(contextOfCdk()['@aws-cdk/aws-lambda:recognizeLayerVersion'], true);
});
