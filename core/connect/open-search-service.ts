import type { Clock } from '../clock.ts';
import { BackupError, describe } from '../errors.ts';
import type { AwsAuth } from './authenticate.ts';
import { awsPatience } from './aws-client.ts';
import { credentialsRemedy } from './aws-error.ts';

/** Credentials as the SDK returns them. */
interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

/** What a client needs to sign its requests for Amazon OpenSearch Service. */
export interface AwsSigning {
  region: string;
  credentials: () => Promise<Credentials>;
  clock: Pick<Clock, 'now'>;
}

/**
 * The region and the domain in an address that Amazon OpenSearch Service has given to a domain; undefined for another
 * address, such as a custom one: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/createupdatedomains.html
 */
export function domainIn(url: string): { region: string; name: string } | undefined {
  const { hostname } = new URL(url);
  const found =
    /^(?:search|vpc)-(?<name>.+)-[a-z0-9]{26}\.(?:(?<region>[a-z0-9-]+)\.es\.amazonaws\.(?:com|com\.cn|eu)|aos\.(?<dual>[a-z0-9-]+)\.on\.(?:aws|amazonwebservices\.com\.cn))$/.exec(
      hostname,
    );
  const { name, region, dual } = found?.groups ?? {};
  const where = region ?? dual;
  return name && where ? { name, region: where } : undefined;
}

/** The region in which requests to `url` are signed. Throws ConfigurationError if nothing says it. */
export function signingRegion({ region }: AwsAuth, url: string): string {
  const known = region ?? domainIn(url)?.region ?? process.env['AWS_REGION'];
  if (known) return known;
  throw new BackupError('ConfigurationError', `The region of ${url} is not known`, {
    remedy: 'Write the region of the domain into `search.auth.region`, or set AWS_REGION.',
  });
}

/**
 * Returns a function that reads the credentials of this process: those of the function's role, or what the SDK finds on
 * the command line. It throws SecretUnavailable if there are none, and ServerTrouble if they cannot be renewed.
 */
export function awsCredentials(): AwsSigning['credentials'] {
  let provider: Promise<() => Promise<Credentials>> | undefined;
  let wereFound = false;
  return async () => {
    provider ??= import('@aws-sdk/credential-provider-node').then(({ defaultProvider }) =>
      // A role of a profile is assumed by a call to STS.
      defaultProvider({ clientConfig: awsPatience }),
    );
    try {
      const found = await (await provider)();
      wereFound = true;
      return found;
    } catch (cause) {
      throw new BackupError(
        wereFound ? 'ServerTrouble' : 'SecretUnavailable',
        `Requests cannot be signed: ${describe(cause)}`,
        { cause, remedy: credentialsRemedy },
      );
    }
  };
}
