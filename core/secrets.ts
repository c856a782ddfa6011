import { z } from 'zod';
import { BackupError } from './errors.ts';

/** Where a secret is. The plan, the logs and the history hold this, never the value. */
export const secretRef = z
  .strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) })
  .meta({ example: '{ env: ES_PASSWORD }' });
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

export function environmentSecrets(environment: NodeJS.ProcessEnv): Secrets {
  return async ({ env }) => {
    const value = environment[env];
    if (value) return value;
    throw new BackupError(
      'SecretUnavailable',
      `The environment variable ${env}, named in the configuration, is not set`,
      {
        remedy: `Set ${env} where camunda-backup runs.`,
      },
    );
  };
}

/** The value of the Authorization header. */
export async function authorization(auth: Auth, secrets: Secrets): Promise<string> {
  if (auth.apiKey) return `ApiKey ${await secrets(auth.apiKey)}`;
  const password = auth.password ? await secrets(auth.password) : '';
  return `Basic ${Buffer.from(`${auth.username}:${password}`).toString('base64')}`;
}
