import { camunda, elasticsearch, opensearch } from '../recordings/index.ts';
import type { Answer } from './http/http.ts';

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
const elasticsearchSingle = elasticsearch.single.answer;
const elasticsearchSnapshots = elasticsearch.snapshots.answer;
const opensearchSingle = opensearch.single.answer;
const opensearchSnapshots = opensearch.snapshots.answer;

const answers = {
  'search-repository-missing': elasticsearchSnapshots('create_missing_repo'),
  'search-repository-unwritable': elasticsearchSingle('unwritable_create'),
  'search-repository-read-only': elasticsearchSnapshots('readonly_create'),
  'search-verify-failed': elasticsearchSingle('unwritable_verify'),
  'search-name-in-use': elasticsearchSnapshots('create_duplicate_async'),
  'search-too-many': elasticsearchSingle('limit_second'),
  'search-primary-unassigned': elasticsearchSingle('failed_async'),
  'search-index-not-found': elasticsearchSnapshots('create_concrete_missing'),
  'search-snapshot-missing': elasticsearchSnapshots('get_missing_snapshot'),
  'search-partial': elasticsearchSingle('partial_get'),
  'search-partial-status': elasticsearchSingle('partial_status'),
  'search-aborted': elasticsearchSnapshots('abort_get_while_aborting'),
  'search-repository-damaged': elasticsearchSingle('damaged_create'),
  'search-delete-during-restore': elasticsearch.restores.answer('restore_running_delete_snapshot'),
  'exporting-204-wrapper': exportingAnswer('soft pause, first'),
  'exporting-500-wrapper': camundaSingle('two-brokers-one-down: resume'),
  'exporting-500-wrapper-unreachable': camundaSingle(
    'two-brokers-one-down: soft pause, 1s after node 1 killed',
  ),
  'exporting-500-wrapper-no-message': camundaSingle('broker-exporting: unknown op'),
  'exporting-400-soft': exportingAnswer('pause soft=banana'),
  'exporting-405': exportingAnswer('GET pause'),
  'opensearch-repository-missing': opensearchSnapshots('create_missing_repo'),
  'opensearch-repository-unwritable': opensearchSingle('unwritable_create'),
  'opensearch-repository-read-only': opensearchSnapshots('readonly_create'),
  'opensearch-verify-failed': opensearchSingle('unwritable_verify'),
  'opensearch-name-in-use': opensearchSnapshots('create_duplicate_async'),
  'opensearch-too-many': opensearchSingle('limit_second'),
  'opensearch-primary-unassigned': opensearchSingle('failed_async'),
  'opensearch-index-not-found': opensearchSnapshots('create_concrete_missing'),
  'opensearch-snapshot-missing': opensearchSnapshots('get_missing_snapshot'),
  'opensearch-partial': opensearchSingle('partial_get'),
  'opensearch-partial-status': opensearchSingle('partial_status'),
  'opensearch-aborted': opensearchSnapshots('abort_get_while_aborting'),
  'opensearch-repository-damaged': opensearchSingle('damaged_create'),
  'opensearch-delete-during-restore': opensearch.restores.answer('restore_running_delete_snapshot'),
  'operate-another-backup-running': operateBackups('take 201 at once (another running)'),
  'operate-already-exists': operateBackups('take 200 again after COMPLETED'),
  'operate-unknown-id': camundaSingle('operate-snapshot-failing: get 3000'),
  'operate-unknown-id-no-message': operateBackups('get unknown'),
  'operate-not-configured': operateNoRepository('take'),
  'operate-repository-missing': operateRepositoryMissing('take 100'),
  'operate-elasticsearch-down': operateElasticsearchDown('Operate take, ES down'),
  'operate-check-incomplete': operateBackups('poll 200 (2)'),
  'operate-check-completed': camundaSingle('full-procedure: poll operate'),
  'tasklist-another-backup-running': tasklistBackups('take 201 at once (another running)'),
  'tasklist-already-exists': tasklistBackups('take 200 again after COMPLETED'),
  'tasklist-500-unknown': tasklistBackups('get unknown'),
  'tasklist-not-configured': camundaSingle('tasklist-no-repository-configured: take'),
  'tasklist-repository-missing': tasklistRepositoryMissing('take 100'),
  'tasklist-elasticsearch-down': tasklistElasticsearchDown('Tasklist take, ES down'),
  'tasklist-check-incomplete': tasklistBackups('poll 200 (2)'),
  'tasklist-list-unreadable': camundaSingle(
    'Tasklist on OpenSearch, a snapshot PARTIAL with a failure without node_id: list',
  ),
  'tasklist-check-unreadable': camundaSingle(
    'Tasklist on OpenSearch, a snapshot PARTIAL with a failure without node_id: get 200',
  ),
  'zeebe-409': zeebeBackups('take 300 again after COMPLETED'),
  'zeebe-400-id': zeebeBackups('take 0'),
  'zeebe-400-no-store': zeebeNoStore('take, store NONE'),
  'zeebe-400-spring': zeebeBackups('get abc'),
  'zeebe-404': zeebeBackups('get unknown id'),
  'zeebe-404-endpoint': zeebeNoStore('unknown endpoint (8.8 name)'),
  'zeebe-405': zeebeBackups('PUT'),
  'zeebe-415': zeebeBackups('take no body'),
  'zeebe-500-broker-down': twoBrokersOneDown('take 11, node 1 just killed'),
  'zeebe-500-store-down': camundaSingle('s3-down: get 1000, S3 down'),
  'zeebe-504': twoBrokersOneDown('take 12'),
  'zeebe-check-incomplete': camundaSingle('broker-backups-s3-failing-store: get 100 at once'),
  'zeebe-check-failed': camundaSingle('broker-backups-s3-failing-store: get 100 (poll)'),
  'zeebe-check-failed-leader-change': camundaSingle('kill-during-backup: get 1300 after restart'),
  'zeebe-check-completed': camundaSingle('full-procedure: poll zeebe'),
};

/** The names of answers of real servers, which recordings/ contains verbatim. */
export type RecordedName = keyof typeof answers;

export const isRecorded = (name: string): name is RecordedName => Object.hasOwn(answers, name);

export const recordedNames: readonly RecordedName[] = Object.keys(answers).filter(isRecorded);

export function recordedAnswer(name: RecordedName): Answer {
  const { server, status, contentType, text } = answers[name];
  return {
    status,
    headers: {
      // Elasticsearch sends this header with every answer.
      ...(server.startsWith('Elasticsearch ') && { 'X-elastic-product': 'Elasticsearch' }),
      'Content-Type': contentType,
    },
    body: text,
  };
}
