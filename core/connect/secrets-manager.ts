import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ErrorName } from '../error-names.ts';
import { BackupError, describe } from '../errors.ts';
import { awsPatience, httpStatusOf } from './aws-client.ts';
import { type FetchSecret, partsOfArn } from './secrets.ts';

/** Seconds that a value is cached: long enough for the checks of a backup, and short enough for a rotated secret. */
const maxAge = 300;

/** Reads each secret from Secrets Manager of the region that its ARN names. */
export function secretsManager(patience = awsPatience): FetchSecret {
  const providers = new Map<string, SecretsProvider>();
  return async (arn) => {
    const { region } = partsOfArn(arn);
    const provider =
      providers.get(region) ??
      new SecretsProvider({ awsSdkV3Client: new SecretsManagerClient({ region, ...patience }) });
    providers.set(region, provider);
    try {
      const value = await provider.get(arn, { maxAge });
      return typeof value === 'string' ? value : undefined;
    } catch (error) {
      // The provider's own error contains the message, but not the name that AWS gave the error.
      throw translated(arn, error instanceof Error && error.cause instanceof Error ? error.cause : error);
    }
  };
}

function translated(arn: string, error: unknown): BackupError {
  const { name, remedy } = troubleOf(arn, error);
  return new BackupError(name, `The secret ${arn} cannot be read: ${describe(error)}`, {
    cause: error,
    remedy,
  });
}

function troubleOf(arn: string, error: unknown): { name: ErrorName; remedy: string } {
  const { region, account } = partsOfArn(arn);
  const code = error instanceof Error ? error.name : '';
  const status = httpStatusOf(error);
  if (code === 'ResourceNotFoundException') {
    return {
      name: 'SecretUnavailable',
      remedy: `There is no such secret in ${region} of the account ${account}: correct the ARN in the configuration.`,
    };
  }
  if (/^AccessDenied/.test(code) || code === 'DecryptionFailure') {
    return {
      name: 'SecretUnavailable',
      remedy: 'Allow secretsmanager:GetSecretValue (and kms:Decrypt for its key) for this secret.',
    };
  }
  if (credentials.has(code)) {
    return {
      name: 'SecretUnavailable',
      remedy:
        'Provide valid AWS credentials: a role, a profile (AWS_PROFILE; renew it with aws sso login), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    };
  }
  if (status === undefined) {
    return {
      name: 'Unreachable',
      remedy: `Check that Secrets Manager of ${region} can be reached from here: network, proxy, and in a VPC its endpoint or the NAT gateway.`,
    };
  }
  if (status >= 500 || status === 429 || /Throttl|TooManyRequests/.test(code)) {
    return { name: 'ServerTrouble', remedy: 'AWS is in trouble or throttles; try again in some minutes.' };
  }
  return { name: 'SecretUnavailable', remedy: 'Check the ARN in the configuration, and what may read it.' };
}

const credentials = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredTokenException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'InvalidClientTokenId',
  'IncompleteSignature',
  'MissingAuthenticationToken',
]);
