import { register } from '../world.ts';
import { answer, type Row } from './row.ts';

export const search: Row[] = [
  {
    title: 'The repository is registered readonly',
    before: (simulator) => register(simulator, { bucket: 'camunda', readonly: true }),
    name: 'repository',
    severity: 'error',
    subject: 'search',
    says: /is registered readonly/,
    remedy: /Register it again without `readonly`/,
  },
  {
    title: 'The repository is not registered',
    before: (simulator) => simulator.removeRepository(),
    name: 'repository',
    severity: 'error',
    subject: 'search',
    says: /The snapshot repository camunda is not registered/,
    remedy: /^Register it, or correct `search\.repository`/,
  },
  {
    title: 'An application looks for a repository that is not registered, in 8.6',
    of: { camunda: '8.6', repository: 'one' },
    before: async (simulator) => {
      await register(simulator, { bucket: 'b' }, 'two');
      simulator.removeRepository('one');
    },
    configured: (cluster) => ({ ...cluster, search: { ...Object(cluster['search']), repository: 'two' } }),
    name: 'oneRepository',
    severity: 'error',
    subject: 'tasklist',
    says: /Tasklist looks for a repository one, and `search\.repository` is two/,
    remedy:
      /Set `camunda\.tasklist\.backup\.repositoryName` \(CAMUNDA_TASKLIST_BACKUP_REPOSITORYNAME\) to two/,
  },
  {
    title: 'The applications have two repository names, by the properties of 8.8',
    of: {
      properties: () => ({
        'camunda.operate': { backup: { repositoryName: 'camunda' } },
        'camunda.tasklist': { backup: { repositoryName: 'other' } },
      }),
    },
    name: 'oneRepository',
    severity: 'error',
    subject: 'webApplications',
    says: /is configured with the repository other, and `search\.repository` is camunda/,
    remedy: /`camunda\.data\.backup\.repository-name` \(CAMUNDA_DATA_BACKUP_REPOSITORYNAME\) to camunda/,
  },
  {
    title: 'The snapshots of an application are not in the configured repository',
    of: { camunda: '8.6' },
    before: async (simulator) => {
      simulator.seedBackup('optimize', 100);
      await register(simulator, { bucket: 'b' }, 'two');
    },
    configured: (cluster) => ({ ...cluster, search: { ...Object(cluster['search']), repository: 'two' } }),
    name: 'oneRepository',
    severity: 'error',
    subject: 'optimize',
    says: /Optimize has the backup 100, whose snapshot camunda_optimize_100_8\.6\.0_part_1_of_2 is not in two/,
    remedy: /`backup\.repositoryName` \(CAMUNDA_OPTIMIZE_BACKUP_REPOSITORY_NAME\) to two/,
  },
  {
    title: 'Optimize cannot read a repository of OpenSearch in S3',
    of: { components: { search: 'opensearch' } },
    before: (simulator) =>
      simulator.order({
        operation: 'optimize.list',
        times: 'always',
        kind: answer(400, { errorMessage: "Missing required property 'RepositorySettings.location'" }),
      }),
    name: 'components',
    severity: 'error',
    subject: 'optimize',
    says: /RepositorySettings\.location/,
    remedy: /issues\/33905.*update it/,
  },
  {
    title: 'A component signs its requests to OpenSearch wrongly',
    of: { camunda: '8.6', components: { search: 'opensearch' } },
    before: (simulator) =>
      simulator.order({
        operation: 'operate.list',
        times: 'always',
        kind: answer(400, {
          message: 'The request signature we calculated does not match the signature you provided',
        }),
      }),
    name: 'components',
    severity: 'error',
    subject: 'operate',
    says: /request signature we calculated does not match/,
    remedy: /`camunda\.operate\.opensearch\.awsEnabled` \(CAMUNDA_OPERATE_OPENSEARCH_AWSENABLED\)/,
  },
  {
    title: 'The user of the search engine may not read what a restore needs',
    before: (simulator) =>
      simulator.order({
        operation: 'search.policies',
        times: 'always',
        kind: answer(403, { error: { type: 'security_exception', reason: 'no' }, status: 403 }),
      }),
    name: 'permissions',
    severity: 'warning',
    subject: 'search',
    says: /lacks the cluster privilege read_ilm: the backups lack facts/,
    remedy: /^Grant the cluster privilege read_ilm/,
  },
  {
    title: 'The user of the REST API may not read whether exporting is paused',
    of: { restExporting: true },
    before: (simulator) =>
      simulator.order({
        operation: 'zeebe.exporting',
        times: 'always',
        kind: answer(403, { title: 'FORBIDDEN', status: 403, detail: 'EXPORTER PAUSE' }),
      }),
    configured: (cluster, { rest }) => ({
      ...cluster,
      zeebe: { ...Object(cluster['zeebe']), rest: { url: rest } },
    }),
    name: 'permissions',
    severity: 'warning',
    subject: 'zeebe',
    says: /lacks the permission PAUSE on the resource EXPORTER/,
    remedy: /^Grant the permission PAUSE/,
  },
  {
    title: 'There are no indices of records',
    of: { recordsIndices: [] },
    name: 'records',
    severity: 'error',
    subject: 'records',
    says: /^No index at .* matches zeebe-record\*/,
    remedy:
      /`zeebe\.broker\.exporters\.elasticsearch\.args\.index\.prefix` \(ZEEBE_BROKER_EXPORTERS_ELASTICSEARCH_ARGS_INDEX_PREFIX\)/,
  },
  {
    title: 'The exporter of the records has another prefix than the configured one',
    of: { recordsIndices: ['eu_job_8.8.0_2026-11-20', 'zeebe-record_job_8.8.0_2026-11-20'] },
    name: 'coverage',
    severity: 'warning',
    subject: 'records',
    says: /records with the prefix zeebe-record, but .* has others \(eu_job/,
    remedy: /Correct `records\.indexPrefix`/,
  },
  {
    title: 'The indices of the web applications have two prefixes',
    of: { recordsIndices: ['zeebe-record_job_8.8.0_2026-11-20', 'blue-tasklist-task-8.5.0_'] },
    name: 'indexPrefix',
    severity: 'warning',
    subject: 'webApplications',
    says: /have several prefixes: .*blue/,
    remedy:
      /`camunda\.data\.secondary-storage\.elasticsearch\.index-prefix` \(CAMUNDA_DATA_SECONDARYSTORAGE_ELASTICSEARCH_INDEXPREFIX\)/,
  },
  {
    title: 'The web applications are configured with two prefixes',
    of: {
      properties: () => ({
        'camunda.operate': { elasticsearch: { indexPrefix: 'green' } },
        'camunda.tasklist': { elasticsearch: { indexPrefix: 'blue' } },
        camunda: {},
      }),
    },
    name: 'indexPrefix',
    severity: 'error',
    subject: 'webApplications',
    says: /several index prefixes: green and blue/,
    remedy: /index-prefix` \(CAMUNDA_DATA_SECONDARYSTORAGE_ELASTICSEARCH_INDEXPREFIX\) to one value/,
  },
];
