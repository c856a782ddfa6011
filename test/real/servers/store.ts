import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { emulatorAvailable, startEmulator } from '../../deploy/emulator/index.ts';
import type { Availability } from './availability.ts';

/** A real S3 server on loopback, with conditional writes, and one bucket. It keeps nothing when it ends. */
export interface RealStore {
  /** `http://127.0.0.1:PORT`, for path-style access. */
  endpoint: string;
  region: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
  /** The variables that give the AWS SDK of a child process these keys, and nothing of this machine's configuration. */
  environment: Record<string, string>;
  /** For what a test wants to know from the store without asking the code under test. */
  client: S3Client;
  close(): Promise<void>;
}

export function realStoreAvailable(): Promise<Availability> {
  return emulatorAvailable();
}

/** Starts the S3 of the emulator alone. */
export async function startRealStore(options: { log?: (line: string) => void } = {}): Promise<RealStore> {
  const emulator = await startEmulator({ ...options, services: ['s3'] });
  const { endpoint, region } = emulator;
  // The endpoint is left to the configuration, where users write it.
  const { AWS_ENDPOINT_URL: _, ...environment } = emulator.environment;
  const bucket = 'camunda-backup';
  const keys = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: keys });
  const close = async () => {
    client.destroy();
    await emulator.close();
  };
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    endpoint,
    region,
    bucket,
    accessKey: keys.accessKeyId,
    secretKey: keys.secretAccessKey,
    environment,
    client,
    close,
  };
}
