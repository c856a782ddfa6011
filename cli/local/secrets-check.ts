import { type ClusterConfig, type Config, secretsOf, secretsOfNotify } from '../../core/config/schema.ts';
import type { Secrets } from '../../core/connect/secrets.ts';
import type { Context } from '../../core/context.ts';
import { BackupError, describe, isBackupError } from '../../core/errors.ts';

/**
 * Reads every secret that a cluster needs, before the run changes anything. Throws SecretUnavailable, which names all
 * secrets that cannot be used. Errors that may pass are left to the retries of the state machine.
 */
export async function requireSecrets(name: string, cluster: ClusterConfig, secrets: Secrets): Promise<void> {
  const found = await Promise.all(
    secretsOf(cluster).map(async ({ path, ref, form }) => {
      try {
        await secrets(ref, form);
        return [];
      } catch (error) {
        if (!isBackupError(error)) throw error;
        if (error.name !== 'SecretUnavailable') return [];
        return [{ where: ['clusters', name, ...path].join('.'), error }];
      }
    }),
  );
  const [first, ...others] = found.flat();
  if (!first) return;
  const head = `${first.error.message} (${first.where})`;
  if (others.length === 0) {
    throw new BackupError('SecretUnavailable', head, { remedy: first.error.remedy ?? '' });
  }
  const lines = others.map(({ where, error }) => `  - ${error.message} (${where})`);
  const remedies = new Set([first, ...others].map(({ error }) => error.remedy));
  throw new BackupError(
    'SecretUnavailable',
    `${others.length + 1} secrets cannot be used. The first: ${head}\n${lines.join('\n')}`,
    { remedy: [...remedies].join(' ') },
  );
}

/** Warns if the webhook's key cannot be used. A backup without alerts is better than none. */
export async function warnOfWebhook(
  { notify }: Pick<Config, 'notify'>,
  { secrets, warn }: Pick<Context, 'secrets' | 'warn'>,
): Promise<void> {
  for (const { path, ref, form } of secretsOfNotify(notify)) {
    try {
      await secrets(ref, form);
    } catch (error) {
      const remedy = isBackupError(error) ? ` ${error.remedy ?? ''}` : '';
      warn(
        `The webhook gets no alert about this run: ${describe(error)} (notify.${path.join('.')}).${remedy}`,
      );
    }
  }
}
