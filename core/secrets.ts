import * as z from 'zod';
import { BackupError, describe } from './errors.ts';
import { parseJson } from './json.ts';

/**
 * Where a secret is: an environment variable, or Secrets Manager (in a deployment only there; `key` for a secret
 * that is a JSON object). The plan, the logs and the history hold this, never the value.
 */
export const secretRef = z
  .union(
    [
      z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) }),
      z.strictObject({
        secretsManager: z
          .string()
          .regex(/^arn:[^:]+:secretsmanager:[^:]+:\d+:secret:.+$/, 'is not an ARN of Secrets Manager'),
        key: z.string().min(1).optional(),
      }),
    ],
    { error: 'names no secret: secrets are named in this file, never written into it' },
  )
  .meta({ example: '{ env: ES_PASSWORD } or { secretsManager: "arn:aws:secretsmanager:…", key: password }' });
export type SecretRef = z.infer<typeof secretRef>;

/** How to authenticate at a server: `{ username, password }` or `{ apiKey }`. */
export const auth = z
  .strictObject({
    username: z.string().min(1).optional().meta({ example: 'backup' }),
    password: secretRef.optional(),
    apiKey: secretRef.optional(),
  })
  .refine((auth) => (auth.apiKey ? !auth.username && !auth.password : auth.username && auth.password), {
    error: 'needs either username and password, or apiKey alone',
  })
  .meta({ example: '{ username: backup, password: { env: ES_PASSWORD } }' });
export type Auth = z.infer<typeof auth>;

/** Reads the value of a secret. Throws SecretUnavailable. */
export type Secrets = (ref: SecretRef) => Promise<string>;

/** Secrets from the environment; those in Secrets Manager by `fetchSecret`, which returns the secret's text. */
export function secretReader(
  environment: NodeJS.ProcessEnv,
  fetchSecret: (arn: string) => Promise<string | undefined>,
): Secrets {
  return async (ref) => {
    if ('secretsManager' in ref) return readKey(ref, await fetchText(ref.secretsManager, fetchSecret));
    const value = environment[ref.env];
    if (value) return value;
    throw new BackupError(
      'SecretUnavailable',
      `The environment variable ${ref.env}, named in the configuration, is not set`,
      { remedy: `Set ${ref.env} where camunda-backup runs.` },
    );
  };
}

async function fetchText(
  arn: string,
  fetchSecret: (arn: string) => Promise<string | undefined>,
): Promise<string> {
  let text: string | undefined;
  try {
    text = await fetchSecret(arn);
  } catch (cause) {
    throw new BackupError('SecretUnavailable', `The secret ${arn} cannot be read: ${describe(cause)}`, {
      cause,
      remedy:
        'Check that it exists, and that secretsmanager:GetSecretValue (and kms:Decrypt) is allowed for it.',
    });
  }
  if (text) return text;
  throw new BackupError('SecretUnavailable', `The secret ${arn} has no text value`);
}

function readKey(
  { secretsManager, key }: { secretsManager: string; key?: string | undefined },
  text: string,
) {
  if (key === undefined) return text;
  const parsed = z.record(z.string(), z.unknown()).safeParse(parseJson(text));
  const value = parsed.success ? parsed.data[key] : undefined;
  if (typeof value === 'string' && value) return value;
  throw new BackupError(
    'SecretUnavailable',
    `The secret ${secretsManager} is no JSON object with a text under "${key}"`,
  );
}

/** The value of the Authorization header. */
export async function authorization(auth: Auth, secrets: Secrets): Promise<string> {
  if (auth.apiKey) return `ApiKey ${await secrets(auth.apiKey)}`;
  const password = auth.password ? await secrets(auth.password) : '';
  return `Basic ${Buffer.from(`${auth.username}:${password}`).toString('base64')}`;
}
