import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import https from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, test } from '@jest/globals';
import { config as configSchema } from '../../core/config/schema.ts';
import { bundleFunctions } from '../../infra/bundle.ts';
import { type ClusterDimensions, metricNamespace } from '../../infra/metrics.ts';
import { allFunctions } from '../../lambdas/functions.ts';
import { awsServer } from '../support/aws-server.ts';
import { certificateAuthority, serverCertificate } from '../support/certificates.ts';
import { cleanUp } from '../support/clean-up.ts';
import { configurationOf, fullConfiguration } from './stack.ts';

// As in Lambda. The modules of lambdas/aws read some of it when they are loaded.
Object.assign(process.env, {
  AWS_REGION: 'eu-central-1',
  LEDGER_BUCKET: 'my-company-camunda-backups',
  LEDGER_PREFIX: '',
  STACK_NAME: 'camunda-backup',
  POWERTOOLS_SERVICE_NAME: 'camunda-backup',
  POWERTOOLS_METRICS_NAMESPACE: metricNamespace,
  POWERTOOLS_LOG_LEVEL: 'SILENT',
});
const { config, written } = await configurationOf(fullConfiguration);
const bundles = mkdtempSync(path.join(tmpdir(), 'camunda-backup-bundles-'));
afterAll(() => rmSync(bundles, { recursive: true }));
const bundleFunction = await bundleFunctions(bundles);
const authorityArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:camunda/authority-AbCdEf';
const invocation = {
  awsRequestId: '1',
  functionName: 'test',
  invokedFunctionArn: 'arn',
  memoryLimitInMB: '256',
  getRemainingTimeInMillis: () => 60_000,
};

for (const [name, { definition }] of Object.entries(allFunctions)) {
  const search = definition.needs.includes('search');
  const configured = definition.needs.includes('configuration');
  test(`The bundle of ${name} is one small file with a source map that holds no path of this machine and nothing of X-Ray`, () => {
    const folder = bundleFunction(name, written);
    const kilobytes = statSync(path.join(folder, 'index.mjs')).size / 1000;
    assert.ok(kilobytes < (search ? 2300 : 800), `${Math.round(kilobytes)} kB`);
    const map = readFileSync(path.join(folder, 'index.mjs.map'), 'utf8');
    assert.ok(!map.includes(path.join(import.meta.dirname, '..', '..')));
    // In Lambda, the SDK of X-Ray cannot add an error to the function's own segment. The runtime does that by itself.
    assert.ok(!map.includes('aws-xray-sdk'));
    assert.deepEqual(
      [...readdirSync(folder)].sort(),
      [...(configured ? ['camunda-backup.json'] : []), 'index.mjs', 'index.mjs.map'].sort(),
    );
  });
}

test('Only a bundle for an address with TLS settings holds the certificates and what speaks TLS with them', async () => {
  const tlsFiles = { 'authority.pem': 'a certificate' };
  const folder = bundleFunction('ResumeExporting', written, tlsFiles);
  assert.deepEqual([...readdirSync(folder)].sort(), [
    'camunda-backup-files.json',
    'index.mjs',
    'index.mjs.map',
    'undici.mjs',
    'undici.mjs.map',
  ]);
  const found = readFileSync(path.join(folder, 'camunda-backup-files.json'), 'utf8');
  assert.deepEqual(JSON.parse(found), tlsFiles);
  assert.match(readFileSync(path.join(folder, 'index.mjs'), 'utf8'), /import\("\.\/undici\.mjs"\)/);
  assert.ok(!readdirSync(bundleFunction('RecordFailure', written, tlsFiles)).includes('undici.mjs'));
  const module: object = await import(pathToFileURL(path.join(folder, 'undici.mjs')).href);
  assert.deepEqual(Object.keys(module).sort(), ['Agent', 'fetch']);
});

test('A bundle holds the configuration that was checked, without any secret', () => {
  const text = readFileSync(
    path.join(bundleFunction('PrepareBackup', written), 'camunda-backup.json'),
    'utf8',
  );
  assert.deepEqual(configSchema.parse(JSON.parse(text)), config);
});

for (const name of ['ResumeExporting', 'StartRecordsBackup']) {
  test(`The bundle of ${name} loads, and refuses an empty input by the name of the error`, async () => {
    const module: unknown = await import(pathToFileURL(path.join(bundleFunction(name), 'index.mjs')).href);
    assert.ok(typeof module === 'object' && module !== null && 'handler' in module);
    const { handler } = module;
    assert.ok(typeof handler === 'function');
    await assert.rejects(async () => handler({}, invocation), { name: 'ConfigurationError' });
  });
}

test('A function whose time is nearly over says whom it waits for, before Lambda ends it without a word', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  cleanUp(() => {
    silent.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = silent.address() as AddressInfo;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    // The function goes on when the test is over: no second try loads a module then.
    AWS_MAX_ATTEMPTS: '1',
  });
  const file = path.join(bundleFunction('ResumeExporting'), 'index.mjs');
  const { handler } = await import(pathToFileURL(file).href);
  const run = { cluster: 'production', backupId: 1, runId: 'run-1' };
  const target = { url: 'http://zeebe:9600', brokers: ['http://zeebe:9600'], partitions: 1, provable: true };
  await assert.rejects(
    async () => handler({ run, target }, { ...invocation, getRemainingTimeInMillis: () => 5050 }),
    { name: 'Unreachable', message: /^This state did not end within 0 s: it was waiting for the ledger/ },
  );
});

for (const { what, ca } of [
  { what: 'in its bundle', ca: './authority.pem' },
  { what: 'in Secrets Manager', ca: { secretsManager: authorityArn } },
]) {
  test(`A deployed function trusts the private authority whose certificate is ${what}`, async () => {
    const authority = certificateAuthority('authority of the company');
    const asked: (string | undefined)[] = [];
    const cluster = https.createServer(
      serverCertificate({ name: 'localhost', issuer: authority }),
      ({ method, url }, response) => {
        asked.push(`${method} ${url}`);
        response.writeHead(503).end();
      },
    );
    cluster.listen(0, '127.0.0.1');
    await once(cluster, 'listening');
    cleanUp(() => {
      cluster.closeAllConnections();
      cluster.close();
    });
    // The ledger refuses, and exporting is resumed all the same: the input says where.
    const aws = await awsServer((_, { headers }) =>
      String(headers['x-amz-target']).startsWith('secretsmanager')
        ? { body: { SecretString: authority.cert } }
        : { status: 403, body: '<Error><Code>AccessDenied</Code></Error>' },
    );
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: aws.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    const folder = bundleFunction('ResumeExporting', written, { './authority.pem': authority.cert });
    const { handler } = await import(pathToFileURL(path.join(folder, 'index.mjs')).href);
    const { port } = cluster.address() as AddressInfo;
    const url = `https://localhost:${port}`;
    const run = { cluster: 'production', backupId: 1, runId: 'run-1' };
    const target = { url, tls: { ca }, brokers: [url], partitions: 1, provable: true };
    await assert.rejects(async () => handler({ run, target }, invocation), { message: /with 503/ });
    assert.ok(asked.includes('POST /actuator/exporting/resume'), asked.join(', '));
  });
}

test('The figures that the functions record have the dimensions that the dashboard looks at', async () => {
  const { lambdaContext } = await import('../../lambdas/aws/context.ts');
  const lines: string[] = [];
  const write = process.stdout.write;
  process.stdout.write = (chunk) => lines.push(String(chunk)) > 0;
  try {
    lambdaContext().measure([{ name: 'BackupAgeSeconds', unit: 'Seconds', value: 1, cluster: 'production' }]);
  } finally {
    process.stdout.write = write;
  }
  const line = lines.find((text) => text.includes('BackupAgeSeconds')) ?? '{}';
  const { _aws, ...values } = JSON.parse(line);
  assert.deepEqual(_aws.CloudWatchMetrics[0].Namespace, metricNamespace);
  const dimensions: ClusterDimensions = { service: 'camunda-backup', cluster: 'production' };
  assert.deepEqual(_aws.CloudWatchMetrics[0].Dimensions, [Object.keys(dimensions)]);
  assert.deepEqual(values, { ...dimensions, BackupAgeSeconds: 1 });
});
