import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { s3Client } from '../../../../core/connect/s3-client.ts';
import { ledgerTrouble } from '../../../../core/error-names.ts';
import { BackupError, isBackupError } from '../../../../core/errors.ts';
import { s3Store } from '../../../../core/ledger/store/s3.ts';
import { type S3Server, startS3Server } from './s3-server.ts';

// Nothing of this machine's AWS configuration.
for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_CONFIG_FILE: '/does/not/exist',
  AWS_SHARED_CREDENTIALS_FILE: '/does/not/exist',
  AWS_EC2_METADATA_DISABLED: 'true',
});

export const bucket = 'ledger-bucket';
export const clients: { destroy(): void }[] = [];
export let server: S3Server;
beforeAll(async () => {
  server = await startS3Server([bucket]);
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await server.close();
});

export function clientOf(endpoint: string, region: string | undefined = 'eu-central-1') {
  const client = s3Client({ region, endpoint, forcePathStyle: true });
  clients.push(client);
  return client;
}

afterEach(() => assert.equal(server.pendingFaults(), 0));

export let stores = 0;
export function open(prefix = `ledgers/${++stores}`) {
  return s3Store({ bucket, prefix, client: clientOf(server.endpoint) });
}

export async function ledgerError(action: Promise<unknown>, ...mentions: string[]): Promise<BackupError> {
  const error = await action.then(
    () => assert.fail('it did not throw'),
    (thrown: unknown) => thrown,
  );
  assert(error instanceof BackupError, String(error));
  assert(isBackupError(error, ...ledgerTrouble));
  assert(error.remedy);
  const words = `${error.message}\n${error.remedy}`;
  for (const mention of mentions)
    assert(words.includes(mention), `${JSON.stringify(mention)} is not in: ${words}`);
  return error;
}
