import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Clock, systemClock } from '../clock.ts';
import { type BackupError, isBackupError } from '../errors.ts';
import { awsPatience } from './aws-client.ts';
import { awsError } from './aws-error.ts';
import { type FetchSecret, partsOfArn } from './secrets.ts';

/** A value is not read again for this long: long enough for the checks of a backup, short enough for a rotated secret. */
const freshSeconds = 300;
/** A value that cannot be read again is used for this long, which is longer than most backups take. */
const staleSeconds = 12 * 3600;
/** A value that may not be read any more is used for this long: a resume of exporting is retried for 46 minutes. */
const refusedSeconds = 3600;
/** After a failed attempt, the value is not read again for this long, because every attempt may take seconds. */
const pauseSeconds = 60;

interface Kept {
  text: string | undefined;
  /** Milliseconds since 1970. */
  readAt: number;
  readAgainAt: number;
}

export interface SecretsManagerOptions {
  patience?: typeof awsPatience;
  clock?: Pick<Clock, 'now'>;
  warn?: (text: string) => void;
}

/**
 * Reads each secret from Secrets Manager of the region that its ARN names, and keeps its value: trouble of Secrets
 * Manager must not end a backup, nor keep exporting paused. A wrong value would be refused by the server that it is for.
 */
export function secretsManager({
  patience = awsPatience,
  clock = systemClock,
  warn = () => {},
}: SecretsManagerOptions = {}): FetchSecret {
  const clients = new Map<string, SecretsManagerClient>();
  const kept = new Map<string, Kept>();
  const reading = new Map<string, Promise<string | undefined>>();

  const clientOf = (region: string, maxAttempts: number) => {
    const key = `${region} ${maxAttempts}`;
    const client = clients.get(key) ?? new SecretsManagerClient({ region, ...patience, maxAttempts });
    clients.set(key, client);
    return client;
  };

  const read = async (arn: string): Promise<string | undefined> => {
    const known = kept.get(arn);
    // With a value at hand, one attempt is enough.
    const client = clientOf(partsOfArn(arn).region, known ? 1 : patience.maxAttempts);
    try {
      const { SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
      const readAt = clock.now();
      kept.set(arn, { text, readAt, readAgainAt: readAt + freshSeconds * 1000 });
      return text;
    } catch (cause) {
      const error = unreadable(arn, cause);
      const age = known ? (clock.now() - known.readAt) / 1000 : Number.POSITIVE_INFINITY;
      const limit = isBackupError(error, 'SecretUnavailable') ? refusedSeconds : staleSeconds;
      if (!known || age > limit) throw error;
      known.readAgainAt = clock.now() + pauseSeconds * 1000;
      warn(
        `${error.message}. The value that was read ${Math.round(age / 60)} min ago is used. ${error.remedy}`,
      );
      return known.text;
    }
  };

  return async (arn) => {
    const known = kept.get(arn);
    if (known && clock.now() < known.readAgainAt) return known.text;
    const open = reading.get(arn) ?? read(arn).finally(() => reading.delete(arn));
    reading.set(arn, open);
    return open;
  };
}

/** The codes for a secret that is not there, or for a request that will be refused again. Any other code may pass. */
const final = /^(ResourceNotFound|Decryption|Invalid|Validation)/;

function unreadable(arn: string, error: unknown): BackupError {
  const { region, account } = partsOfArn(arn);
  const code = error instanceof Error ? error.name : '';
  return awsError(
    {
      what: `The secret ${arn} cannot be read`,
      service: 'Secrets Manager',
      region,
      permission: 'secretsmanager:GetSecretValue (and kms:Decrypt for its key) for this secret',
      check: checkOf(code, region, account),
    },
    error,
    {
      denied: 'SecretUnavailable',
      credentials: 'SecretUnavailable',
      refused: final.test(code) ? 'SecretUnavailable' : 'ServerTrouble',
    },
  );
}

function checkOf(code: string, region: string, account: string): string {
  if (code === 'ResourceNotFoundException') {
    return `There is no such secret in ${region} of the account ${account}: correct the ARN in the configuration.`;
  }
  if (code === 'DecryptionFailure') return 'Allow kms:Decrypt for the key of this secret.';
  return 'Check the ARN in the configuration, and what may read it.';
}
