import type { Answer, Request } from '../http/http.ts';
import type { SearchReplies } from './replies.ts';

/** Serves nodes, templates and policies, as few as a test needs to read their names. */
export function inventoryApi({ engine, reply }: SearchReplies) {
  const elastic = engine === 'elasticsearch';
  const version = elastic ? '8.16.6' : '2.19.1';

  function nodes(request: Request): Answer {
    const node = {
      name: 'n1',
      transport_address: '127.0.0.1:9300',
      host: '127.0.0.1',
      ip: '127.0.0.1',
      version,
      roles: elastic ? ['data', 'ingest', 'master'] : ['cluster_manager', 'data', 'ingest'],
      http: { bound_address: ['127.0.0.1:9200'], publish_address: '127.0.0.1:9200' },
    };
    const counted = { _nodes: { total: 1, successful: 1, failed: 0 }, cluster_name: 'camunda' };
    return reply(request, 200, { ...counted, nodes: { '0JKUaxDIRGi5sbf_ymvgBw': node } });
  }

  function indexTemplates(request: Request): Answer {
    const templates = ['operate-list-view-8.3.0_template', 'zeebe-record_job_8.8.0'].map((name) => ({
      name,
      index_template: { index_patterns: [`${name.replace(/_?template$/, '')}_*`], composed_of: [] },
    }));
    return reply(request, 200, { index_templates: templates });
  }

  function componentTemplates(request: Request): Answer {
    const template = { name: 'zeebe-record', component_template: { template: {} } };
    return reply(request, 200, { component_templates: [template] });
  }

  /** Serves policies of ILM. The recorded OpenSearch had no plugin for policies. */
  function policies(request: Request): Answer {
    if (!elastic) {
      const error = `no handler found for uri [${request.path}] and method [${request.method}]`;
      return reply(request, 400, { error });
    }
    const policy = { phases: { delete: { min_age: '30d', actions: { delete: {} } } } };
    const details = { version: 1, modified_date: '2026-11-01T00:00:00.000Z', policy };
    return reply(request, 200, { operate_delete_archived_indices: details });
  }

  return { nodes, indexTemplates, componentTemplates, policies };
}
