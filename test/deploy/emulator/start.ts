import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../../simulator/http/free-ports.ts';
import { postGuard } from '../../support/servers/guard.ts';
import { ServerProcess } from '../../support/servers/server-process.ts';
import { findPython, pythonEnvironment, pythonOf } from '../python.ts';
import { hostModeFile } from './files.ts';

const region = 'us-east-1';
/** To which every access key belongs that is not itself an account number. */
const account = '000000000000';

/** It takes 1.5 s where nothing else runs. */
const readyWithinMs = 120_000;

/** A local AWS. It knows one region and one account, and lets everybody do everything. */
export interface Emulator {
  /** `http://127.0.0.1:PORT` */
  endpoint: string;
  /** What makes the AWS SDK, the CDK and the AWS CLI of a child process talk to it, and to nothing else. */
  environment: Record<string, string>;
  region: string;
  account: string;
  /** What LocalStack printed so far; the lines of a Lambda function have its name in brackets. */
  log(): string;
  /** Ends LocalStack with the processes of its functions and removes all that it wrote. */
  close(): Promise<void>;
}

export interface EmulatorOptions {
  log?: (line: string) => void;
  /** As LocalStack calls them, such as `s3`. All, if it is missing. */
  services?: string[];
}

/** Starts LocalStack; the first time on a machine it is installed in the cache before, which takes a minute. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const log = options.log ?? (() => {});
  const python = await findPython();
  if (typeof python === 'string') throw new Error(python);
  // This takes 520 MB and a minute if LocalStack is not there yet.
  const environment = await pythonEnvironment(python.program, 'localstack', hostModeFile('requirements.txt'));
  const program = pythonOf(environment);
  log('LocalStack is in the cache');

  const folder = mkdtempSync(join(tmpdir(), 'camunda-backup-emulator-'));
  const logFile = join(folder, 'localstack.log');
  const guard = postGuard(folder);
  const server = new ServerProcess('LocalStack', folder, logFile, guard);
  let lastLog: string | undefined;
  const read = () => lastLog ?? (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  const close = async () => {
    // nothing of it is kept, so there is nothing to be shut down in an orderly way
    if (server.isRunning) await server.kill();
    lastLog ??= read();
    await guard.dismiss();
    log('LocalStack ended');
  };

  try {
    const [port] = await freePorts(1);
    const endpoint = `http://127.0.0.1:${port}`;
    server.spawn({ program, args: [hostModeFile('start.py')], env: settings(folder, Number(port), options) });
    await server.ready(() => isReady(endpoint), readyWithinMs);
    log(`LocalStack is ready: ${endpoint}`);
    let closing: Promise<void> | undefined;
    return {
      endpoint,
      environment: clientEnvironment(endpoint),
      region,
      account,
      log: read,
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function settings(folder: string, port: number, { services }: EmulatorOptions): Record<string, string> {
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  return {
    // Everything that it writes goes there, but for its S3, which has a fixed folder in the system's temporary one.
    FILESYSTEM_ROOT: folder,
    TMPDIR: temporary,
    HOME: folder,
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
    OVERRIDE_IN_DOCKER: '0',
    GATEWAY_LISTEN: `127.0.0.1:${port}`,
    // in the addresses that it gives out, of queues for instance: no name to be resolved
    LOCALSTACK_HOST: `127.0.0.1:${port}`,
    SQS_ENDPOINT_STRATEGY: 'path',
    // no DNS server of its own, no certificate and no statistics over the network
    DNS_ADDRESS: '0',
    SKIP_SSL_CERT_DOWNLOAD: '1',
    DISABLE_EVENTS: '1',
    // deployed as if it were there: a dashboard, for instance
    CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES: '1',
    // before an asynchronous invocation that failed is tried again; AWS waits a minute, then two
    LAMBDA_RETRY_BASE_DELAY: '1',
    EMULATOR_NODE: process.execPath,
    // It refuses the others, and loads these before it says that it is ready.
    ...(services ? { SERVICES: services.join(','), EAGER_SERVICE_LOADING: '1' } : {}),
  };
}

function clientEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_CONFIG_FILE: '/does/not/exist',
    AWS_SHARED_CREDENTIALS_FILE: '/does/not/exist',
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_VERSION_CHECK: '1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}

async function isReady(endpoint: string): Promise<boolean> {
  const answer = await fetch(`${endpoint}/_localstack/health`, { signal: AbortSignal.timeout(2_000) });
  await answer.arrayBuffer();
  return answer.ok;
}
