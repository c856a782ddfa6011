import type { Exporter } from '../zeebe/exporter.ts';
import { documentsOf } from './documents.ts';
import { EngineClient, type SearchAddress } from './engine-client.ts';
import { layouts } from './layout.ts';
import { exportedRecords, recordWrite } from './records.ts';
import { createApplicationSchema, createRecordTemplates } from './schema.ts';

interface ExporterOptions {
  search: SearchAddress;
  /** Camunda's version, which stands in the names of indices: `8.6.0`. */
  version: string;
  /** The prefix of all indices, without the hyphen that follows. Default none. */
  prefix?: string;
  /** Default 0. */
  replicas?: number;
}

/** Exports records as the exporters of Elasticsearch and OpenSearch do: into `zeebe-record_<value type>_<version>_<day>`. */
export function recordExporter(options: ExporterOptions): Exporter {
  const { version, prefix = '', replicas = 0 } = options;
  const engine = new EngineClient(options.search);
  const ready = once(() => createRecordTemplates(engine, prefix, version, replicas));
  return {
    id: 'opensearch',
    export: async (records) => {
      await ready();
      await engine.write(exportedRecords(records).map((record) => recordWrite(record, prefix, version)));
    },
  };
}

/** Exports records as Camunda's own exporter of 8.8 and later: straight into the web applications' indices. */
export function camundaExporter(options: ExporterOptions): Exporter {
  const { prefix = '', replicas = 0 } = options;
  const engine = new EngineClient(options.search);
  const layout = layouts.webApplications;
  const ready = once(() => createApplicationSchema(engine, layout, prefix, replicas));
  return {
    id: 'camundaexporter',
    export: async (records) => {
      await ready();
      await engine.write(exportedRecords(records).flatMap((record) => documentsOf(layout, prefix, record)));
    },
  };
}

/** Does something until it has succeeded once. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work().catch((error: unknown) => {
      done = undefined;
      throw error;
    });
    return done;
  };
}
