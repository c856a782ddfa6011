import * as z from 'zod';
import { BackupError } from '../errors.ts';
import { quoted } from '../shell.ts';
import type { Http } from './http.ts';
import { controlIn, nameOfSecret, type SecretRef, type Secrets, secret } from './secrets.ts';

/**
 * The ways to authenticate at a server. The names of the settings decide the scheme. To add a scheme, write its schema,
 * add it to `schemes` and `auth`, and add a case to `schemeOf`. The client of OpenSearch signs each request for AWS by
 * itself (core/components/search/opensearch.ts).
 */
const basic = z.strictObject({
  username: z
    .string()
    .min(1)
    .refine((name) => !name.includes(':') && !controlIn(name), {
      error: 'has a colon or a line break in it, which no login can carry',
    })
    .meta({ example: 'backup' }),
  password: secret('password'),
});
const apiKey = z.strictObject({ apiKey: secret('apiKey') });
const aws = z.strictObject({
  aws: z
    .custom<'es'>((value) => value === 'es', {
      error: ({ input }) =>
        input === 'aoss'
          ? 'is aoss: Amazon OpenSearch Serverless takes no snapshots on request and restores its own ones only into the same collection, so that a backup of Camunda cannot contain it; use a domain of Amazon OpenSearch Service'
          : 'is not es, which stands for a domain of Amazon OpenSearch Service',
    })
    .meta({ example: 'es' }),
  /** The default is the region in the address, or AWS_REGION. */
  region: z.string().min(1).optional().meta({ example: 'eu-central-1' }),
  /** A deployment needs it if the address of the domain is a custom one. */
  domainArn: z
    .string()
    .regex(/^arn:[^:]+:es:[^:]+:\d{12}:domain\/[a-z][a-z0-9-]{2,27}$/, 'is not the ARN of a domain')
    .optional()
    .meta({ example: 'arn:aws:es:eu-central-1:123456789012:domain/camunda' }),
});
type Basic = z.infer<typeof basic>;
type ApiKey = z.infer<typeof apiKey>;
export type AwsAuth = z.infer<typeof aws>;
const schemes = z.union([basic, apiKey, aws], {
  error: 'needs either username and password, or apiKey alone, or aws',
});

/** `auth` in the configuration, in the plan and in the lock: it names secrets and contains none. */
export const auth = z
  // Each setting is first checked by itself, so that a mistake is reported at its own setting.
  .strictObject({ ...basic.partial().shape, ...apiKey.partial().shape, ...aws.partial().shape })
  .pipe(schemes)
  .meta({ example: '{ username: backup, password: { env: ES_PASSWORD } }' });
export type Auth = z.infer<typeof auth>;

/** A request as it is about to be sent: everything that a signature can cover. */
export interface Unsigned {
  method: string;
  url: string;
  headers: Record<string, string>;
  /** The text of the body; undefined if there is none. */
  body?: string | undefined;
}

/** The means to sign a request: secrets, and `http` for a scheme that requests a token from another server. */
export interface Signing {
  secrets: Secrets;
  http: Http;
}

/** One way to authenticate, with the settings that it was given. */
interface Scheme {
  /** Returns the headers that authenticate the request. */
  sign(request: Unsigned, signing: Signing): Promise<Record<string, string>>;
  /** The user, as the beginning of a sentence, without a secret. */
  who: string;
  /** Where the secret comes from, as a part of a sentence. */
  source: string;
  /** The options of curl that do the same, with the variable that holds the secret. */
  curl: string[];
}

/**
 * The headers that authenticate a request. Throws SecretUnavailable if a secret cannot be read or used, and Unreachable
 * or ServerTrouble if reading it may succeed later.
 */
export async function authenticate(
  auth: Auth | undefined,
  request: Unsigned,
  signing: Signing,
): Promise<Record<string, string>> {
  return auth ? schemeOf(auth).sign(request, signing) : {};
}

export function schemeOf(auth: Auth): Scheme {
  if ('apiKey' in auth) return apiKeyScheme(auth);
  if ('aws' in auth) return awsScheme(auth);
  return basicScheme(auth);
}

function basicScheme({ username, password }: Basic): Scheme {
  const variable = variableOf(password);
  return {
    async sign(_, { secrets }) {
      const login = `${username}:${await secrets(password)}`;
      return { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
    },
    who: `The user ${username}`,
    source: `whose password comes from ${nameOfSecret(password)}`,
    // Without a password curl asks for it.
    curl: ['-u', variable ? `${quoted(username)}:"${variable}"` : quoted(username)],
  };
}

function apiKeyScheme({ apiKey }: ApiKey): Scheme {
  return {
    sign: async (_, { secrets }) => ({ authorization: `ApiKey ${await secrets(apiKey, 'apiKey')}` }),
    who: 'This API key',
    source: `whose value comes from ${nameOfSecret(apiKey)}`,
    curl: ['-H', `"Authorization: ApiKey ${variableOf(apiKey) ?? 'THE_API_KEY'}"`],
  };
}

function awsScheme({ aws: service, region = '$AWS_REGION' }: AwsAuth): Scheme {
  return {
    async sign() {
      throw new BackupError('ConfigurationError', 'Only the requests to OpenSearch are signed for AWS');
    },
    who: 'This AWS identity',
    source: 'whose credentials the SDK of AWS finds (a role, AWS_PROFILE or AWS_ACCESS_KEY_ID)',
    curl: [
      '--aws-sigv4',
      `"aws:amz:${region}:${service}"`,
      '-u',
      '"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"',
      '-H',
      '"X-Amz-Security-Token: $AWS_SESSION_TOKEN"',
    ],
  };
}

function variableOf(ref: SecretRef): string | undefined {
  return 'env' in ref ? `$${ref.env}` : undefined;
}
