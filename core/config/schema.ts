import * as z from 'zod';
import { BackupError } from '../errors.ts';
import { addressesIn, secretsIn } from './address.ts';
import { cluster } from './cluster.ts';
import { deployment } from './deployment.ts';
import { ledger } from './ledger.ts';
import { nearest } from './nearest.ts';
import { notify } from './notify.ts';

const clusterName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'is not a cluster name: lower case letters, digits and hyphens');

/**
 * The configuration file, `camunda-backup.yaml`. Unknown settings are refused. An error about a setting shows its
 * `example` (mistakes.ts). camunda-backup.example.yaml contains every setting.
 */
export const config = z.strictObject({
  ledger,
  notify: notify.optional(),
  deployment: deployment.optional(),
  clusters: z
    .record(clusterName, cluster)
    .refine((clusters) => Object.keys(clusters).length > 0, { error: 'is empty' })
    .meta({ example: 'production: { zeebe: { url: http://camunda-zeebe-gateway:9600 } }' }),
});
export type Config = z.infer<typeof config> & {
  /** The folder of the file, where the relative paths in it begin; undefined if it was not read from a folder. */
  folder?: string;
};
/** A configuration as people write it. */
export type ConfigInput = z.input<typeof config>;
export type ClusterConfig = Config['clusters'][string];
export type LedgerConfig = Config['ledger'];

/** The parts of a configuration that are right, if others are not. */
export interface Readable {
  ledger?: LedgerConfig;
  notify?: Config['notify'];
  deployment?: Config['deployment'];
  clusters: Config['clusters'];
}

/** Reads each cluster, the ledger, `notify` and the deployment for itself, and omits those that have mistakes. */
export function readablePartsOf(plain: unknown): Readable {
  const whole = anyParts.safeParse(plain);
  if (!whole.success) return { clusters: {} };
  const place = ledger.safeParse(whole.data.ledger);
  const told = notify.safeParse(whole.data.notify);
  const stack = deployment.safeParse(whole.data.deployment);
  const clusters = Object.entries(whole.data.clusters).flatMap(([name, settings]) => {
    const read = cluster.safeParse(settings);
    return read.success ? [[name, read.data] as const] : [];
  });
  return {
    ...(place.success ? { ledger: place.data } : {}),
    ...(told.success ? { notify: told.data } : {}),
    ...(stack.success ? { deployment: stack.data } : {}),
    clusters: Object.fromEntries(clusters),
  };
}

const anyParts = z.object({
  ledger: z.unknown().optional(),
  notify: z.unknown().optional(),
  deployment: z.unknown().optional(),
  clusters: z.record(z.string(), z.unknown()).catch({}),
});

/** Every address of a cluster. */
export const addressesOf = (config: ClusterConfig) => addressesIn(cluster, config);

/** Every secret that a cluster names. */
export const secretsOf = (config: ClusterConfig) => secretsIn(cluster, config);

/** Every secret with which people are told, such as the key of the webhook; the paths begin below `notify`. */
export const secretsOfNotify = (told: Config['notify']) => secretsIn(notify, told);

/** Every secret of a configuration, with paths that begin in the whole file. */
export const allSecretsOf = (parts: Pick<Readable, 'clusters' | 'notify'>) => secretsIn(config, parts);

/**
 * Finds a cluster by its name, or the only cluster if `name` is undefined. Throws ConfigurationError. Its remedy begins
 * with `namingCluster`, a sentence that says how to name a cluster.
 */
export function chooseCluster(
  { clusters }: Config,
  name: string | undefined,
  namingCluster = 'Name one of these.',
): { name: string; cluster: ClusterConfig } {
  const names = Object.keys(clusters);
  const chosen = name ?? (names.length === 1 ? names[0] : undefined);
  const cluster = chosen !== undefined && Object.hasOwn(clusters, chosen) ? clusters[chosen] : undefined;
  if (chosen !== undefined && cluster) return { name: chosen, cluster };
  const meant = chosen ? nearest(chosen, names) : undefined;
  throw new BackupError(
    'ConfigurationError',
    chosen === undefined
      ? `There are several clusters: ${names.join(', ')}`
      : `There is no cluster ${chosen}; there are: ${names.join(', ')}`,
    { remedy: `${namingCluster}${meant === undefined ? '' : ` Did you mean ${meant}?`}` },
  );
}
