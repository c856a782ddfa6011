/**
 * The ledger on an S3 server that is not ours: moto, from PyPI. Needs python3 (3.9 or later, with venv and pip);
 * the first run installs moto (some 140 MB) in the cache folder, CAMUNDA_BACKUP_CACHE or ~/.cache/camunda-backup.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, it } from '@jest/globals';
import { s3Client } from '../../core/connect/s3-client.ts';
import { isBackupError } from '../../core/errors.ts';
import { s3Store } from '../../core/ledger/store/s3.ts';
import { freePorts } from '../../simulator/http/free-ports.ts';
import { storeContract } from '../core/ledger/store/contract.ts';
import { unless } from '../support/unless.ts';

const run = promisify(execFile);

/** The last version that runs on Python 3.9. */
const motoVersion = '5.1.22';
const bucket = 'camunda-backup-ledger';

// Nothing of this machine's AWS configuration.
for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_CONFIG_FILE: '/does/not/exist',
  AWS_SHARED_CREDENTIALS_FILE: '/does/not/exist',
});

const python = await findPython();
const skip = python === undefined && 'python3 (3.9 or later) with venv and pip is not installed';

unless(skip).describe('the ledger on moto, an independent S3', () => {
  let moto: ChildProcess | undefined;
  let client: S3Client | undefined;
  const kill = () => moto?.kill();

  beforeAll(async () => {
    assert(python);
    const [port] = await freePorts(1);
    const program = await installMoto(python);
    moto = spawn(program, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    process.once('exit', kill);
    const endpoint = `http://127.0.0.1:${port}`;
    await answering(moto, `${endpoint}/moto-api/`);
    client = s3Client({ region: 'us-east-1', endpoint, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  });

  afterAll(async () => {
    client?.destroy();
    process.removeListener('exit', kill);
    if (moto && moto.exitCode === null && moto.signalCode === null) {
      const gone = once(moto, 'exit');
      moto.kill();
      await gone;
    }
  });

  const open = (name = bucket, prefix = 'ledgers') => {
    assert(client);
    return s3Store({ bucket: name, prefix, client });
  };
  let stores = 0;
  storeContract('s3Store', async () => open(bucket, `ledgers/${++stores}`), { keys: 1100 });

  it('A ledger in a bucket that does not exist is unusable, and the error says NoSuchBucket', async () => {
    for (const action of [
      () => open('nobodys-bucket').read('lock.json'),
      () => open('nobodys-bucket').create('lock.json', '{}'),
      () => open('nobodys-bucket').list(''),
    ]) {
      await assert.rejects(
        action(),
        (error) => isBackupError(error, 'LedgerUnusable') && error.message.includes('NoSuchBucket'),
      );
    }
  });
});

async function findPython(): Promise<string | undefined> {
  const check = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))';
  for (const name of ['python3', 'python']) {
    const usable = await run(name, ['-c', check]).then(
      () => true,
      () => false,
    );
    if (usable) return name;
  }
  return undefined;
}

/** The Python that has moto. */
async function installMoto(systemPython: string): Promise<string> {
  const cache = process.env['CAMUNDA_BACKUP_CACHE'] || path.join(homedir(), '.cache', 'camunda-backup');
  const folder = path.join(cache, `moto-${motoVersion}`);
  const bin = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  const program = path.join(folder, ...bin);
  const complete = path.join(folder, 'installed');
  const installed = await fs.access(complete).then(
    () => true,
    () => false,
  );
  if (installed) return program;
  await fs.rm(folder, { recursive: true, force: true });
  await fs.mkdir(cache, { recursive: true });
  await run(systemPython, ['-m', 'venv', folder]);
  // flask and flask-cors instead of moto[server], which brings every other service's packages.
  const packages = [`moto[s3]==${motoVersion}`, 'flask>=3,<4', 'flask-cors>=4'];
  await run(program, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  await fs.writeFile(complete, '');
  return program;
}

async function answering(child: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    assert.equal(child.exitCode, null, 'moto ended as soon as it was started');
    const answered = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await sleep(100);
  }
  assert.fail('moto did not answer within a minute');
}
