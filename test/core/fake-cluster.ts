import type { HttpAnswer } from '../../core/connect/http.ts';
import { type FakeHttp, fakeHttp, json, type Reply } from './fakes.ts';
import { zeebe as zeebeAnswers } from './recorded.ts';

/** Where the parts of the fake clusters are. */
export const at = {
  zeebe: 'http://zeebe:9600',
  operate: 'http://operate:9600',
  tasklist: 'http://tasklist:9600',
  optimize: 'http://optimize:8092',
};

export const yaml88 = `
ledger: { folder: ./ledger }
clusters:
  production:
    zeebe: { url: ${at.zeebe} }
    webApplications: { url: ${at.zeebe} }
    optimize: { url: ${at.optimize} }
    search: { engine: elasticsearch, url: http://es:9200, repository: camunda }
    records: {}
`;

export const yaml87 = `
ledger: { folder: ./ledger }
clusters:
  production:
    zeebe: { url: ${at.zeebe} }
    operate: { url: ${at.operate} }
    tasklist: { url: ${at.tasklist} }
    search: { engine: elasticsearch, url: http://es:9200, repository: camunda }
    records: {}
`;

export function indexOf(...endpoints: string[]): HttpAnswer {
  return json(200, { _links: Object.fromEntries(endpoints.map((name) => [name, { href: `/${name}` }])) });
}

const noSuchEndpoint = json(404, { timestamp: 'now', status: 404, error: 'Not Found', path: '/x' });

/** The answers of an 8.8 cluster with three partitions in which nothing was ever backed up. */
export function cluster88(): FakeHttp {
  return fakeHttp({
    [`GET ${at.zeebe}/actuator`]: indexOf(
      'backupRuntime',
      'backupHistory',
      'exporting',
      'partitions',
      'cluster',
      'info',
    ),
    [`GET ${at.zeebe}/actuator/info`]: json(200, { build: { version: '8.8.3' } }),
    [`GET ${at.zeebe}/actuator/cluster`]: zeebeAnswers.clusterOfOne,
    [`GET ${at.zeebe}/actuator/backupRuntime`]: json(200, []),
    [`GET ${at.zeebe}/actuator/backupHistory`]: json(200, []),
    [`GET ${at.optimize}/actuator`]: indexOf('backups'),
    [`GET ${at.optimize}/actuator/info`]: noSuchEndpoint,
    [`GET ${at.optimize}/actuator/backups`]: json(200, []),
    ...exportingOf(at.zeebe),
  });
}

/** The same of an 8.7 cluster with Operate and Tasklist. */
export function cluster87(): FakeHttp {
  return fakeHttp({
    [`GET ${at.zeebe}/actuator`]: indexOf('backups', 'exporting', 'partitions', 'cluster'),
    [`GET ${at.zeebe}/actuator/info`]: json(200, { build: { version: '8.7.2' } }),
    [`GET ${at.zeebe}/actuator/cluster`]: zeebeAnswers.clusterOfOne,
    [`GET ${at.zeebe}/actuator/backups`]: json(200, []),
    ...Object.fromEntries(
      [at.operate, at.tasklist].flatMap((url) => [
        [`GET ${url}/actuator`, indexOf('backups')],
        [`GET ${url}/actuator/info`, json(200, { build: { version: '8.7.2' } })],
        [`GET ${url}/actuator/backups`, json(200, [])],
      ]),
    ),
    ...exportingOf(at.zeebe),
  });
}

/** A broker with three partitions that pauses and resumes. */
export function exportingOf(url: string, state = { phase: 'EXPORTING' }): Record<string, Reply> {
  const become = (phase: string) => () => {
    state.phase = phase;
    return json(200, { body: null, status: 204, contentType: null });
  };
  return {
    [`POST ${url}/actuator/exporting/pause?soft=true`]: become('SOFT_PAUSED'),
    [`POST ${url}/actuator/exporting/resume`]: become('EXPORTING'),
    [`GET ${url}/actuator/partitions`]: () => json(200, phases(state.phase, state.phase, state.phase)),
  };
}

/** What `GET /actuator/partitions` says, as far as it matters here. */
export function phases(...each: string[]): Record<string, { exporterPhase: string }> {
  return Object.fromEntries(each.map((exporterPhase, index) => [String(index + 1), { exporterPhase }]));
}
