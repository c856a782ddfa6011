import { once } from 'node:events';
import { createServer } from 'node:https';
import { serverCertificate } from '../../../support/certificates.ts';
import { cleanUp } from '../../../support/clean-up.ts';
import { answer, type Row } from './row.ts';

/** A server that speaks TLS with a certificate that nobody knows. */
async function tlsServer(): Promise<string> {
  const server = createServer(serverCertificate({ name: 'localhost' }), (_, response) => response.end('{}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `localhost:${typeof address === 'object' ? address?.port : ''}`;
}

export const addresses: Row[] = [
  {
    title: 'The certificate of an address is signed by an authority that is not trusted here',
    configured: async (cluster) => ({ ...cluster, optimize: { url: `https://${await tlsServer()}` } }),
    name: 'discovery',
    severity: 'error',
    subject: 'optimize',
    says: /is not trusted here/,
    remedy: /`tls\.ca` of this address/,
  },
  {
    title: 'https is spoken to a port that speaks http',
    configured: (cluster, { optimize = '' }) => ({
      ...cluster,
      optimize: { url: optimize.replace('http:', 'https:') },
    }),
    name: 'discovery',
    severity: 'error',
    subject: 'optimize',
    says: /https is spoken to 127\.0\.0\.1:\d+, which does not answer in TLS/,
    remedy: /^Write http:\/\/127/,
  },
  {
    title: 'http is spoken to a port that speaks https',
    configured: async (cluster) => ({ ...cluster, optimize: { url: `http://${await tlsServer()}` } }),
    name: 'discovery',
    severity: 'error',
    subject: 'optimize',
    says: /speaks TLS and was spoken to without it/,
    remedy: /^Write https:\/\/localhost/,
  },
  {
    title: 'The port of the application is given for the management port',
    configured: (cluster, { rest }) => ({ ...cluster, zeebe: { url: rest } }),
    name: 'discovery',
    severity: 'error',
    subject: 'zeebe',
    says: /there is no such endpoint/,
    remedy: /application \(8080\): use the management port \(9600/,
  },
  {
    title: 'The port of a web page answers everything with 200',
    configured: (cluster, { web }) => ({ ...cluster, zeebe: { url: web } }),
    name: 'discovery',
    severity: 'error',
    subject: 'zeebe',
    says: /an HTML page: this is a web port/,
    remedy: /management address/,
  },
  {
    title: 'The base path is missing in the url',
    of: { basePath: '/camunda' },
    configured: (cluster, { zeebe }) => ({ ...cluster, zeebe: { url: zeebe } }),
    name: 'discovery',
    severity: 'error',
    subject: 'zeebe',
    says: /there is no such endpoint/,
    remedy: /management\.server\.base-path or contextPath belongs to the url/,
  },
  {
    title: 'Optimize has a base path in its url, and its management port has none',
    of: { basePath: '/camunda' },
    configured: (cluster, { optimize }) => ({ ...cluster, optimize: { url: `${optimize}/optimize` } }),
    name: 'discovery',
    severity: 'error',
    subject: 'optimize',
    says: /there is no such endpoint/,
    remedy:
      /The management port of Optimize has no base path: write http:\/\/127\.0\.0\.1:\d+ into `optimize\.url`/,
  },
  {
    title: "Operate's address is given for Tasklist, by its metrics",
    of: { camunda: '8.6' },
    configured: (cluster, { operate }) => ({ ...cluster, tasklist: { url: operate } }),
    name: 'address',
    severity: 'error',
    subject: 'tasklist',
    says: /Operate listens at .* configured as `tasklist`: its metrics/,
    remedy: /^Write the management address of Tasklist into `tasklist\.url`/,
  },
  {
    title: "Optimize's address is given for Operate, by its snapshots",
    of: { camunda: '8.6' },
    before: (simulator) => simulator.seedBackup('optimize', 100),
    configured: (cluster, { optimize }) => ({ ...cluster, operate: { url: optimize } }),
    name: 'address',
    severity: 'error',
    subject: 'operate',
    says: /Optimize listens at .* its backup 100 has the snapshot camunda_optimize_100_8\.6\.0_part_1_of_2/,
    remedy: /belongs into `optimize\.url`/,
  },
  {
    title: "Zeebe's address is given for Optimize, before 8.8",
    of: { camunda: '8.6' },
    configured: (cluster, { zeebe }) => ({ ...cluster, optimize: { url: zeebe } }),
    name: 'discovery',
    severity: 'error',
    subject: 'optimize',
    says: /is Zeebe: it has the endpoint exporting/,
    remedy: /^Write the management address of Optimize into `optimize\.url`/,
  },
  {
    title: "Zeebe's address is given for Optimize, from 8.8 on",
    configured: (cluster, { zeebe }) => ({ ...cluster, optimize: { url: zeebe } }),
    name: 'discovery',
    severity: 'error',
    subject: 'optimize',
    says: /is Zeebe: it has the endpoint exporting/,
    remedy: /^Write the management address of Optimize into `optimize\.url`/,
  },
  {
    title: 'A Zeebe without web applications is given for them',
    of: { profile: 'standalone' },
    configured: (cluster, { zeebe }) => ({ ...cluster, webApplications: { url: zeebe } }),
    name: 'discovery',
    severity: 'error',
    subject: 'webApplications',
    says: /the address of Web applications, is Zeebe/,
    remedy: /into `webApplications\.url` \(port 9600/,
  },
  {
    title: 'The backups of the web applications are switched off',
    of: { components: { webApplications: false } },
    configured: (cluster, { zeebe }) => ({ ...cluster, webApplications: { url: zeebe } }),
    name: 'discovery',
    severity: 'error',
    subject: 'webApplications',
    says: /has no backup endpoint \(looked for backupHistory, backups/,
    remedy: /that the endpoint is enabled/,
  },
  {
    title: "Optimize's address is given for Zeebe",
    configured: (cluster, { optimize }) => ({ ...cluster, zeebe: { url: optimize } }),
    name: 'discovery',
    severity: 'error',
    subject: 'zeebe',
    says: /is not Zeebe: it has neither exporting nor cluster nor partitions/,
    remedy: /^Write the management address of Zeebe into `zeebe\.url`/,
  },
  {
    title: 'A management address asks for a login',
    of: { managementAuth: { username: 'u', password: 'p' } },
    name: 'discovery',
    severity: 'error',
    subject: 'zeebe',
    says: /with 401/,
    remedy: /A management port seldom asks for a login: if this is the port of the application \(8080\)/,
  },
  {
    title: 'The search engine is given for Zeebe',
    configured: (cluster, { search }) => ({ ...cluster, zeebe: { url: search } }),
    name: 'discovery',
    severity: 'error',
    subject: 'zeebe',
    says: /this is Elasticsearch or OpenSearch, not Camunda/,
    remedy: /belongs in `search\.url`/,
  },
  {
    title: 'Zeebe is given for the search engine',
    configured: (cluster, { zeebe }) => ({
      ...cluster,
      search: { engine: 'elasticsearch', url: zeebe, repository: 'camunda' },
    }),
    name: 'discovery',
    severity: 'error',
    subject: 'search',
    says: /is a Spring application, such as Camunda/,
    remedy: /search engine into `search\.url`/,
  },
  {
    title: 'A domain of Amazon refuses a request that is not signed',
    of: { components: { search: 'opensearch' } },
    before: (simulator) =>
      simulator.order({
        operation: 'search.info',
        times: 'always',
        kind: answer(403, { Message: 'User: anonymous is not authorized to perform: es:ESHttpGet' }),
      }),
    name: 'discovery',
    severity: 'error',
    subject: 'search',
    says: /anonymous is not authorized/,
    remedy: /`auth: \{ aws: es \}`/,
  },
];
