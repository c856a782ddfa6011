/** What real servers answered, by the names that the tests use. */
import {
  camunda,
  elasticsearch as elasticsearch8,
  opensearch as opensearch2,
  opensearch3 as opensearch38,
  type RecordedAnswer,
} from '../../recordings/index.ts';

const exportingAnswer = camunda.exporting.answer;
const operateBackups = camunda['operate-backups'].answer;
const operateElasticsearchDown = camunda['operate-elasticsearch-down'].answer;
const operateNoRepository = camunda['operate-no-repository'].answer;
const operateRepositoryMissing = camunda['operate-repository-missing'].answer;
const camundaSingle = camunda.single.answer;
const tasklistBackups = camunda['tasklist-backups'].answer;
const tasklistElasticsearchDown = camunda['tasklist-elasticsearch-down'].answer;
const tasklistRepositoryMissing = camunda['tasklist-repository-missing'].answer;
const twoBrokersOneDown = camunda['two-brokers-one-down'].answer;
const zeebeBackups = camunda['zeebe-backups'].answer;
const zeebeNoStore = camunda['zeebe-no-store'].answer;
const zeebeUnifiedProcess = camunda['zeebe-unified-process'].answer;
const elasticsearchSingle = elasticsearch8.single.answer;
const elasticsearchSnapshots = elasticsearch8.snapshots.answer;
const opensearchSingle = opensearch2.single.answer;
const opensearchSnapshots = opensearch2.snapshots.answer;
const opensearch3Snapshots = opensearch38.snapshots.answer;

/** As the engines' clients hand it over. */
function parsed({ status, text }: RecordedAnswer): { status: number; body: unknown } {
  return { status, body: JSON.parse(text) };
}

export const elasticsearch = {
  repositoryMissing: parsed(elasticsearchSnapshots('repo_get_missing')),
  snapshotMissing: parsed(elasticsearchSnapshots('get_missing_snapshot')),
  duplicate: parsed(elasticsearchSnapshots('create_duplicate_sync')),
  duplicateRunning: parsed(elasticsearchSnapshots('async_duplicate_running')),
  nameWithSpace: parsed(elasticsearchSnapshots('name_space')),
  completed: parsed(elasticsearchSnapshots('get_snapshot')),
  empty: parsed(elasticsearchSnapshots('get_empty_snapshot')),
  running: parsed(elasticsearchSnapshots('async_get_running')),
  partial: parsed(elasticsearchSingle('partial_get')),
  limit: parsed(elasticsearchSingle('limit_second')),
  noPrimaryShards: parsed(elasticsearchSingle('failed_sync')),
  readonlyRepository: parsed(elasticsearchSnapshots('readonly_create')),
  verifyFailed: parsed(elasticsearchSingle('unwritable_verify')),
  badMethod: parsed(elasticsearchSnapshots('bad_method')),
  emptyList: parsed(elasticsearchSnapshots('list_all_empty')),
  patternEmpty: parsed(elasticsearchSnapshots('list_all_empty')),
  info: parsed(elasticsearchSnapshots('info')),
};

export const exporting = {
  worked: exportingAnswer('soft pause, first'),
  resumed: exportingAnswer('soft pause, first'),
  pauseFailed: camundaSingle('two-brokers-one-down: soft pause, 1s after node 1 killed'),
  resumeFailed: camundaSingle('two-brokers-one-down: resume'),
  badSoft: exportingAnswer('pause soft=banana'),
  exporting: exportingAnswer('partitions'),
  softPaused: exportingAnswer('partitions while soft paused'),
  livePartitionPaused: twoBrokersOneDown('partitions'),
};

export const opensearch = {
  repositoryMissing: parsed(opensearchSnapshots('repo_get_missing')),
  snapshotMissing: parsed(opensearchSnapshots('get_missing_snapshot')),
  duplicate: parsed(opensearchSnapshots('create_sync_without_feature_states')),
  duplicateRunning: parsed(opensearchSnapshots('async_duplicate_running')),
  nameWithSpace: parsed(opensearchSnapshots('name_space')),
  completed: parsed(opensearchSnapshots('get_snapshot')),
  empty: parsed(opensearchSnapshots('get_empty_snapshot')),
  running: parsed(opensearchSnapshots('async_get_running')),
  partial: parsed(opensearchSingle('partial_get')),
  limit: parsed(opensearchSingle('limit_second')),
  noPrimaryShards: parsed(opensearchSingle('failed_sync')),
  readonlyRepository: parsed(opensearchSnapshots('readonly_create')),
  verifyFailed: parsed(opensearchSingle('unwritable_verify')),
  badMethod: parsed(opensearchSnapshots('bad_method')),
  emptyList: parsed(opensearchSnapshots('list_all_empty')),
  patternEmpty: parsed(opensearchSnapshots('list_pattern_empty')),
  info: parsed(opensearchSnapshots('info')),
};

/** OpenSearch 3.8.0, with its snapshots in S3. */
export const opensearch3 = {
  repositoryMissing: parsed(opensearch3Snapshots('repo_get_missing')),
  snapshotMissing: parsed(opensearch3Snapshots('get_missing_snapshot')),
  duplicate: parsed(opensearch3Snapshots('create_duplicate_async')),
  duplicateRunning: parsed(opensearch3Snapshots('async_duplicate_running')),
  nameWithSpace: parsed(opensearch3Snapshots('name_space')),
  completed: parsed(opensearch38['restore-facts'].answer('snapshot_get')),
  empty: parsed(opensearch3Snapshots('get_empty_snapshot')),
  running: parsed(opensearch3Snapshots('async_get_running')),
  partial: parsed(opensearch3Snapshots('partial_get')),
  limit: parsed(opensearch3Snapshots('limit_second')),
  noPrimaryShards: parsed(opensearch3Snapshots('failed_async')),
  readonlyRepository: parsed(opensearch3Snapshots('readonly_create')),
  verifyFailed: parsed(opensearch3Snapshots('unwritable_verify')),
  badMethod: parsed(opensearch3Snapshots('bad_method')),
  emptyList: parsed(opensearch3Snapshots('list_all_empty')),
  patternEmpty: parsed(opensearch3Snapshots('list_pattern_empty')),
  info: parsed(opensearch3Snapshots('info')),
  bucketMissing: parsed(opensearch3Snapshots('no_bucket_verify')),
  storeDown: parsed(opensearch3Snapshots('store_down_verify')),
  noDeletion: parsed(opensearch3Snapshots('deletions_none')),
  waitingDeletion: parsed(opensearch3Snapshots('deletions_waiting')),
};

export const operate = {
  accepted: operateBackups('take 200'),
  unknownNull: operateBackups('get unknown'),
  unknownIndex: camundaSingle('operate-backups-first-run: get unknown'),
  running: camundaSingle('operate-backups-first-run: poll 100'),
  incomplete: camundaSingle('operate-backups-first-run: poll 100 (2)'),
  completed: operateBackups('poll 200 (6)'),
  list: operateBackups('final list'),
  anotherRunning: operateBackups('take 201 at once (another running)'),
  duplicate: operateBackups('take 200 again after COMPLETED'),
  elasticsearchDown: operateElasticsearchDown('Operate get, ES down'),
  notConfigured: operateNoRepository('take'),
  repositoryMissing: operateRepositoryMissing('take 100'),
  deleted: operateBackups('delete unknown'),
  put: operateBackups('PUT'),
};

export const tasklist = {
  accepted: tasklistBackups('take 200'),
  unknown: tasklistBackups('get unknown'),
  running: tasklistBackups('poll 200'),
  incomplete: tasklistBackups('poll 200 (2)'),
  completed: tasklistBackups('poll 200 (9)'),
  sameRunning: tasklistBackups('take 200 again at once'),
  duplicate: tasklistBackups('take 200 again after COMPLETED'),
  elasticsearchDown: tasklistElasticsearchDown('Tasklist list, ES down'),
  notConfigured: camundaSingle('tasklist-no-repository-configured: get'),
  repositoryMissing: tasklistRepositoryMissing('list before'),
  listUnreadable: camundaSingle(
    'Tasklist on OpenSearch, a snapshot PARTIAL with a failure without node_id: list',
  ),
  oneUnreadable: camundaSingle(
    'Tasklist on OpenSearch, a snapshot PARTIAL with a failure without node_id: get 200',
  ),
};

export const zeebe = {
  unknown: zeebeBackups('get unknown id'),
  accepted: zeebeBackups('take 300'),
  running: zeebeBackups('poll 300'),
  completed: zeebeBackups('poll 300 (2)'),
  completedUnifiedProcess: zeebeUnifiedProcess('get'),
  incomplete: camundaSingle('broker-backups-s3-failing-store: get 100 at once'),
  failed: camundaSingle('kill-during-backup: get 1300 after restart'),
  list: zeebeBackups('final list'),
  emptyList: zeebeUnifiedProcess('list'),
  existingSame: zeebeBackups('take 300 again after COMPLETED'),
  existingOlder: camundaSingle('after-restore: older id after restore'),
  noStore: zeebeNoStore('list, store NONE'),
  missingEndpoint: zeebeNoStore('unknown endpoint (8.8 name)'),
  noBody: zeebeBackups('take no body'),
  storeDown: camundaSingle('s3-down: get 1000, S3 down'),
  brokerDown: twoBrokersOneDown('take 11, node 1 just killed'),
  brokerTimeout: twoBrokersOneDown('get 11'),
  deleted: zeebeBackups('delete unknown id'),
  index: zeebeUnifiedProcess('actuator index'),
  clusterOfOne: exportingAnswer('cluster topology'),
  clusterOfTwo: twoBrokersOneDown('cluster, 2 brokers up'),
  restTopology: camundaSingle('gateway topology'),
};
