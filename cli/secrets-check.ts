import { authsOf, type ClusterConfig } from '../core/config.ts';
import { BackupError } from '../core/errors.ts';

/** Every environment variable that a cluster needs and that is not set, at once. Throws SecretUnavailable. */
export function requireSecrets(name: string, cluster: ClusterConfig, environment: NodeJS.ProcessEnv): void {
  const missing = authsOf(cluster).flatMap(([path, { password, apiKey }]) =>
    Object.entries({ password, apiKey }).flatMap(([key, secret]) =>
      secret && 'env' in secret && !environment[secret.env]
        ? [{ variable: secret.env, where: `clusters.${name}.${path}.auth.${key}` }]
        : [],
    ),
  );
  if (missing.length === 0) return;
  const variables = [...new Set(missing.map(({ variable }) => variable))];
  const lines = missing.map(
    ({ variable, where }) => `  ${where}: the environment variable ${variable} is not set`,
  );
  throw new BackupError(
    'SecretUnavailable',
    `A secret of the configuration is missing:\n${lines.join('\n')}`,
    {
      remedy: `Set ${variables.join(', ')} where camunda-backup runs.`,
    },
  );
}
