import type { ErrorName } from '../error-names.ts';
import { BackupError, describe, type ErrorDetails } from '../errors.ts';
import { httpStatusOf } from './aws-client.ts';

/**
 * What an error of an SDK client means: a region or credentials are missing here, AWS refuses, AWS has a problem that
 * passes, or AWS gave no answer.
 */
export type AwsTrouble = 'noRegion' | 'credentials' | 'denied' | 'refused' | 'passes' | 'noAnswer';

/** The SDK uses the error code of the service as the name of the error. */
const credentials = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);
const denied = /AccessDenied|AuthorizationError|UnauthorizedOperation/;
const passing =
  /Throttl|TooManyRequests|RequestLimitExceeded|RequestTimeout|SlowDown|ServiceUnavailable|InternalFailure|InternalServer|InternalServiceError/;

export function awsTroubleOf(error: unknown): AwsTrouble {
  const name = error instanceof Error ? error.name : '';
  const status = httpStatusOf(error);
  if (/^Region is missing/.test(describe(error))) return 'noRegion';
  if (credentials.has(name)) return 'credentials';
  // Services throttle with 400 too.
  if (passing.test(name) || status === 429 || (status !== undefined && status >= 500)) return 'passes';
  if (denied.test(name)) return 'denied';
  return status === undefined ? 'noAnswer' : 'refused';
}

/** A call to a service of AWS that failed. */
interface FailedCall {
  /** The first part of a sentence, such as `Cannot publish …`. */
  what: string;
  /** Such as `SNS`. */
  service: string;
  region: string;
  /** The permission that the call needs, such as `sns:Publish on the topic`. */
  permission: string;
  /** The remedy if AWS refuses the call for another reason. */
  check: string;
}

/** The names of the errors; those of the last two pass by themselves. */
const names: Record<AwsTrouble, ErrorName> = {
  noRegion: 'ConfigurationError',
  credentials: 'RequestRefused',
  denied: 'RequestRefused',
  refused: 'RequestRefused',
  passes: 'ServerTrouble',
  noAnswer: 'Unreachable',
};

/**
 * Turns an error of an SDK client into a BackupError with a remedy. `named` replaces the name for a trouble.
 */
export function awsError(
  call: FailedCall,
  error: unknown,
  named: Partial<Record<AwsTrouble, ErrorName>> = {},
): BackupError {
  const trouble = awsTroubleOf(error);
  const status = httpStatusOf(error);
  const details: ErrorDetails = {
    cause: error,
    remedy: remedyOf(trouble, call),
    ...(status === undefined ? {} : { status }),
  };
  return new BackupError(named[trouble] ?? names[trouble], `${call.what}: ${describe(error)}`, details);
}

function remedyOf(trouble: AwsTrouble, { service, region, permission, check }: FailedCall): string {
  switch (trouble) {
    case 'noRegion':
      return 'Set AWS_REGION.';
    case 'credentials':
      return credentialsRemedy;
    case 'denied':
      return `Allow ${permission}.`;
    case 'passes':
      return troubleRemedy;
    case 'noAnswer':
      return `Check that ${service} of ${region} can be reached from here: network, proxy, and in a VPC the endpoint of ${service} or the NAT gateway.`;
    case 'refused':
      return check;
  }
}

export const credentialsRemedy =
  'Provide valid AWS credentials: a role, a profile (AWS_PROFILE; renew it with aws sso login), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';
const troubleRemedy = 'AWS is in trouble or throttles; try again in some minutes.';
