const MANAGEMENT = [
  'discover',
  'health', // GET /actuator/health, /actuator/info
  'properties', // GET /actuator/configprops
  'metrics', // GET /actuator/prometheus
  'start',
  'check',
  'list',
  'delete',
] as const;

function backupOperations<C extends string>(component: C): `${C}.${(typeof MANAGEMENT)[number]}`[] {
  return MANAGEMENT.map((call) => `${component}.${call}` as const);
}

/** The names of all endpoints that the simulator serves. Faults are ordered and calls are counted by these names. */
export const operations = [
  'zeebe.pause', // POST /actuator/exporting/pause
  'zeebe.resume', // POST /actuator/exporting/resume
  'zeebe.partitions', // GET /actuator/partitions[/{id}] of one broker
  'zeebe.cluster', // GET /actuator/cluster
  'zeebe.exporters', // GET /actuator/exporters
  'zeebe.topology', // GET /v2/topology on the application's port
  'zeebe.exporting', // GET /v2/exporting on the application's port
  'zeebe.status', // GET /v2/status on the application's port
  'zeebe.createInstance', // POST /v2/process-instances on the application's port, on real parts only
  'zeebe.activateJobs', // POST /v2/jobs/activation on the application's port, on real parts only
  'zeebe.completeJob', // POST /v2/jobs/{jobKey}/completion on the application's port, on real parts only
  ...backupOperations('zeebe'),
  ...backupOperations('operate'),
  ...backupOperations('tasklist'),
  ...backupOperations('webApplications'), // if they share Zeebe's address, their discovery page is zeebe.discover
  ...backupOperations('optimize'),
  'search.info', // GET /
  'search.health', // GET /_cluster/health[/{pattern}]
  'search.state', // GET /_cluster/state[/customs]
  'search.repository', // GET /_snapshot/{repository}
  'search.register', // PUT /_snapshot/{repository}
  'search.unregister', // DELETE /_snapshot/{repository}
  'search.verify', // POST /_snapshot/{repository}/_verify
  'search.indices', // GET /{pattern}, /_resolve/index/{pattern}, /_cat/indices/{pattern}
  'search.deleteIndices', // DELETE /{pattern}
  'search.closeIndices', // POST /{pattern}/_close
  'search.openIndices', // POST /{pattern}/_open
  'search.stats', // GET /{pattern}/_stats/docs
  'search.recovery', // GET /_recovery, /{pattern}/_recovery
  'search.nodes', // GET /_nodes/http
  'search.indexTemplates', // GET /_index_template
  'search.componentTemplates', // GET /_component_template
  'search.policies', // GET /_ilm/policy, /_plugins/_ism/policies
  'search.create', // PUT /_snapshot/{repository}/{snapshot}
  'search.get', // GET /_snapshot/{repository}/{snapshot}
  'search.status', // GET /_snapshot/{repository}/{snapshot}/_status
  'search.list', // GET /_snapshot/{repository}/_all, or with a wildcard or a comma
  'search.restore', // POST /_snapshot/{repository}/{snapshot}/_restore
  'search.delete', // DELETE /_snapshot/{repository}/{snapshot}
  'web.page', // any path of the web port
  'simulator.instances', // GET /simulator/instances on the application's port, which Camunda does not have
] as const;

export type Operation = (typeof operations)[number];

export const componentNames = [
  'zeebe',
  'operate',
  'tasklist',
  'webApplications',
  'optimize',
  'records',
] as const;

export type ComponentName = (typeof componentNames)[number];
