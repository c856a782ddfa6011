import * as z from 'zod';
import { type Auth, auth } from '../connect/secrets.ts';
import { BackupError } from '../errors.ts';
import { deployment, schedule } from './deployment.ts';
import { durationUpTo } from './duration.ts';
import { nearest } from './nearest.ts';
import { fetched, url } from './url.ts';

/**
 * `camunda-backup.yaml`: what can be configured. Unknown keys are refused. `example` says what would be right
 * (config-mistakes.ts prints it); camunda-backup.example.yaml shows everything.
 */
const name = z.string().min(1);

const component = (example: string) =>
  z
    .strictObject({ url: fetched.meta({ example }), auth: auth.optional() })
    .optional()
    .meta({ example: `{ url: ${example} }` });

const zeebe = z.strictObject({
  url: fetched.meta({ example: 'http://camunda-zeebe-gateway:9600' }),
  auth: auth.optional(),
  brokers: z
    .array(fetched.meta({ example: 'http://camunda-zeebe-0.camunda-zeebe:9600' }))
    .min(1)
    .optional()
    .meta({ example: '[http://camunda-zeebe-0.camunda-zeebe:9600]' }),
  /** The REST API of the cluster, on the app port. */
  rest: z
    .strictObject({
      url: fetched
        .refine((text) => !/\/v2$/.test(text), { error: 'ends with /v2, which is added here' })
        .meta({ example: 'http://camunda-zeebe-gateway:8080' }),
      auth: auth.optional(),
    })
    .optional()
    .meta({ example: '{ url: http://camunda-zeebe-gateway:8080 }' }),
});

const search = z.strictObject({
  engine: z.enum(['elasticsearch', 'opensearch']).meta({ example: 'elasticsearch' }),
  url: url.meta({ example: 'http://camunda-elasticsearch:9200' }),
  repository: name
    .regex(/^[^\s/\\*?"<>|,#]+$/, 'is not the name of a snapshot repository')
    .meta({ example: 'camunda' }),
  auth: auth.optional(),
});

const records = z.strictObject({
  indexPrefix: name
    .regex(/^[a-z0-9][a-z0-9._-]*$/, 'is not an index prefix: lower case letters, digits, - _ and . (no *)')
    .default('zeebe-record')
    .meta({ example: 'zeebe-record' }),
});

const severities = z.enum(['refuse', 'warn']);
const severity = severities.default('refuse').meta({ example: 'warn' });
/** Of what may well be wanted. */
const mildSeverity = severities.default('warn').meta({ example: 'refuse' });

/** What is looked at before the pause (core/checks/judge.ts), and whether it refuses the backup or only warns. */
const checks = z.strictObject({
  brokers: severity,
  partitions: severity,
  backupStore: severity,
  repository: severity,
  components: severity,
  exporting: severity,
  exporters: mildSeverity,
  exporterLag: severity,
  records: severity,
  coverage: mildSeverity,
});
export type CheckName = keyof z.infer<typeof checks>;
export const checkNames: CheckName[] = checks.keyof().options;

/** The state machine's own limit (`TimeoutSeconds` in statemachine/backup.asl.json). */
const inOneRun = durationUpTo('14d', 'after which a run is ended, whatever it waits for');

const cluster = z
  .strictObject({
    version: z
      .string({ error: 'is not a version in quotes' })
      .regex(/^\d+\.\d+(\.\d+)?(-\S+)?$/, 'is not a version')
      .optional()
      .meta({ example: '"8.8"' }),
    zeebe: zeebe.meta({ example: '{ url: http://camunda-zeebe-gateway:9600 }' }),
    webApplications: component('http://camunda-zeebe-gateway:9600'),
    operate: component('http://camunda-operate:9600'),
    tasklist: component('http://camunda-tasklist:9600'),
    optimize: component('http://camunda-optimize:8092'),
    search: search.optional(),
    records: records.optional().meta({ example: '{ indexPrefix: zeebe-record }' }),
    /** How long one component's backup may take. */
    timeout: inOneRun.default(24 * 3600).meta({ example: '24h' }),
    /** How long INCOMPLETE, an unknown id, or no good answer may last. */
    patience: inOneRun.default(300).meta({ example: '5m' }),
    /** How long exporting may be paused before the run counts as stuck. */
    maxPause: inOneRun.optional().meta({ example: '60m' }),
    /** How many records the exporters may be behind before the pause: what they have not exported is in no backup of the applications. */
    maxExporterLag: z
      .int({ error: 'is not a whole number' })
      .min(1, { error: 'is below 1' })
      .default(100_000)
      .meta({ example: '100000' }),
    checks: checks.prefault({}).meta({ example: '{ exporterLag: warn }' }),
    /** How often a backup is tried in one run, each time with a new id, where its failure is known to pass. */
    attempts: z
      .int({ error: 'is not a whole number' })
      .min(1, { error: 'is below 1' })
      .max(5, { error: 'is above 5' })
      .default(2)
      .meta({ example: '2' }),
    /** How old the last completed backup may get before somebody is told. */
    maxAge: durationUpTo('366d', 'which is no age that anybody would want to be told of')
      .optional()
      .meta({ example: '26h' }),
    /** Of the deployment. */
    schedules: z.array(schedule).default([]),
    /** Called at the start (`/start`), on success, and on failure (`/fail`): the convention of healthchecks. */
    ping: fetched.optional().meta({ example: 'https://hc-ping.com/00000000-0000-0000-0000-000000000000' }),
  })
  .refine(({ records, search }) => !records || search, {
    path: ['search'],
    error: 'is missing: `records` are backed up by the search engine',
    when: isObject,
  })
  .refine(({ webApplications, operate, tasklist }) => !webApplications || !(operate || tasklist), {
    path: ['webApplications'],
    error:
      'stands beside operate or tasklist: 8.8 and later have webApplications, earlier versions the other two',
    when: isObject,
  });
/** Also beside other mistakes: all are reported at once. */
function isObject({ value }: { value: unknown }): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
export type ClusterConfig = z.infer<typeof cluster>;

/** Every `auth` of a cluster, with the path to what it is of. */
export function authsOf(cluster: ClusterConfig): [path: string, auth: Auth][] {
  const { zeebe, webApplications, operate, tasklist, optimize, search } = cluster;
  const all = { zeebe, 'zeebe.rest': zeebe.rest, webApplications, operate, tasklist, optimize, search };
  return Object.entries(all).flatMap(([path, part]): [string, Auth][] =>
    part?.auth ? [[path, part.auth]] : [],
  );
}

const ledger = z
  .strictObject({
    folder: name
      .refine((text) => !text.startsWith('~'), {
        error: 'begins with ~, which is not expanded: write the whole path',
      })
      .optional()
      .meta({ example: './camunda-backups' }),
    s3: z
      .strictObject({
        bucket: name.meta({ example: 'my-company-camunda-backups' }),
        prefix: z
          .string()
          .regex(/^[^/](.*[^/])?$/, 'begins or ends with a slash')
          .optional()
          .meta({ example: 'ledger' }),
        region: name.optional().meta({ example: 'eu-central-1' }),
        endpoint: url.optional().meta({ example: 'http://minio:9000' }),
      })
      .optional()
      .meta({ example: '{ bucket: my-company-camunda-backups }' }),
  })
  .refine(({ folder, s3 }) => Boolean(folder) !== Boolean(s3), { error: 'needs either `folder` or `s3`' })
  .meta({ example: '{ folder: ./camunda-backups }' });
export type LedgerConfig = z.infer<typeof ledger>;

const clusterName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'is not a cluster name: lower case letters, digits and hyphens');

export const config = z.strictObject({
  ledger,
  deployment: deployment.optional(),
  clusters: z
    .record(clusterName, cluster)
    .refine((clusters) => Object.keys(clusters).length > 0, { error: 'is empty' })
    .meta({ example: 'production: { zeebe: { url: http://camunda-zeebe-gateway:9600 } }' }),
});
export type Config = z.infer<typeof config>;

/**
 * The cluster of a name; the only one where none is named. Throws ConfigurationError, whose remedy begins with
 * `namingCluster`: how a cluster is named, as a sentence.
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
