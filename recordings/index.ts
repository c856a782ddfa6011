import exporting from './camunda-8.6.0/exporting.json' with { type: 'json' };
import operateBackups from './camunda-8.6.0/operate-backups.json' with { type: 'json' };
import operateElasticsearchDown from './camunda-8.6.0/operate-elasticsearch-down.json' with { type: 'json' };
import operateNoRepository from './camunda-8.6.0/operate-no-repository.json' with { type: 'json' };
import operateRepositoryMissing from './camunda-8.6.0/operate-repository-missing.json' with { type: 'json' };
import camundaSingle from './camunda-8.6.0/single.json' with { type: 'json' };
import tasklistBackups from './camunda-8.6.0/tasklist-backups.json' with { type: 'json' };
import tasklistElasticsearchDown from './camunda-8.6.0/tasklist-elasticsearch-down.json' with {
  type: 'json',
};
import tasklistRepositoryMissing from './camunda-8.6.0/tasklist-repository-missing.json' with {
  type: 'json',
};
import twoBrokersOneDown from './camunda-8.6.0/two-brokers-one-down.json' with { type: 'json' };
import zeebeBackups from './camunda-8.6.0/zeebe-backups.json' with { type: 'json' };
import zeebeNoStore from './camunda-8.6.0/zeebe-no-store.json' with { type: 'json' };
import zeebeUnifiedProcess from './camunda-8.6.0/zeebe-unified-process.json' with { type: 'json' };
import elasticsearchRestores from './elasticsearch-8.16.6/restores.json' with { type: 'json' };
import elasticsearchSingle from './elasticsearch-8.16.6/single.json' with { type: 'json' };
import elasticsearchSnapshots from './elasticsearch-8.16.6/snapshots.json' with { type: 'json' };
import opensearchIndices from './opensearch-2.19.1/indices.json' with { type: 'json' };
import opensearchRestoreFacts from './opensearch-2.19.1/restore-facts.json' with { type: 'json' };
import opensearchRestoreRequests from './opensearch-2.19.1/restore-requests.json' with { type: 'json' };
import opensearchRestoreRunning from './opensearch-2.19.1/restore-running.json' with { type: 'json' };
import opensearchRestores from './opensearch-2.19.1/restores.json' with { type: 'json' };
import opensearchSingle from './opensearch-2.19.1/single.json' with { type: 'json' };
import opensearchSnapshots from './opensearch-2.19.1/snapshots.json' with { type: 'json' };
import opensearch3RestoreFacts from './opensearch-3.8.0/restore-facts.json' with { type: 'json' };
import opensearch3Snapshots from './opensearch-3.8.0/snapshots.json' with { type: 'json' };
import { exchanges } from './recording.ts';

/** The verbatim answer of a real server. */
export interface RecordedAnswer {
  server: string;
  status: number;
  /** The empty string if the answer had none. */
  contentType: string;
  text: string;
}

// The recordings are imported rather than read from disk, so that a bundle contains them.
function read(file: unknown) {
  const { server, exchanges: all } = exchanges.parse(file);
  return {
    exchanges: all,
    /** Finds the answer of the exchange with this title. Throws if there is none. */
    answer(title: string): RecordedAnswer {
      const found = all.find((one) => one.title === title);
      if (!found) throw new Error(`no exchange with ${server} is recorded as "${title}"`);
      const { status, contentType, body } = found.response;
      return { server, status, contentType: contentType ?? '', text: body };
    },
  };
}

export const camunda = {
  exporting: read(exporting),
  'operate-backups': read(operateBackups),
  'operate-elasticsearch-down': read(operateElasticsearchDown),
  'operate-no-repository': read(operateNoRepository),
  'operate-repository-missing': read(operateRepositoryMissing),
  single: read(camundaSingle),
  'tasklist-backups': read(tasklistBackups),
  'tasklist-elasticsearch-down': read(tasklistElasticsearchDown),
  'tasklist-repository-missing': read(tasklistRepositoryMissing),
  'two-brokers-one-down': read(twoBrokersOneDown),
  'zeebe-backups': read(zeebeBackups),
  'zeebe-no-store': read(zeebeNoStore),
  'zeebe-unified-process': read(zeebeUnifiedProcess),
};

export const elasticsearch = {
  restores: read(elasticsearchRestores),
  single: read(elasticsearchSingle),
  snapshots: read(elasticsearchSnapshots),
};

export const opensearch = {
  indices: read(opensearchIndices),
  'restore-facts': read(opensearchRestoreFacts),
  'restore-requests': read(opensearchRestoreRequests),
  'restore-running': read(opensearchRestoreRunning),
  restores: read(opensearchRestores),
  single: read(opensearchSingle),
  snapshots: read(opensearchSnapshots),
};

export const opensearch3 = {
  'restore-facts': read(opensearch3RestoreFacts),
  snapshots: read(opensearch3Snapshots),
};
