import { describe, test } from '@jest/globals';
import * as z from 'zod';
import { searchError } from '../../core/components/search/search-error.ts';
import type { Auth } from '../../core/connect/authenticate.ts';
import { management, restApi } from '../../core/connect/management.ts';
import { fakeHttp, json, secrets, thrownBy } from './fakes.ts';
import {
  elasticsearch as elasticsearchAnswers,
  operate as operateAnswers,
  zeebe as zeebeAnswers,
} from './recorded.ts';
import { type Expected, hold } from './remedies-world.ts';

const password: Auth = { username: 'backup', password: { env: 'ES_PASSWORD' } };
const apiKey: Auth = { apiKey: { env: 'ES_PASSWORD' } };
const html = (status: number) => ({
  status,
  contentType: 'text/html',
  text: '<html><head><title>x</title></head></html>',
});
const text = (status: number, words: string) => ({ status, contentType: 'text/plain', text: words });
const found = { status: 302, contentType: '', text: '' };
const noIndexOfSearch = json(404, {
  error: {
    root_cause: [{ type: 'index_not_found_exception', reason: 'no such index [actuator]' }],
    type: 'x',
  },
  status: 404,
});
const noHandler = json(400, { error: 'no handler found for uri [/actuator/cluster] and method [GET]' });
const strangeButRight = json(200, { brokers: [{ id: { zone: 'eu-west', index: 0 } }], version: 4 });
const cluster = z.object({ brokers: z.array(z.object({ id: z.number() })) });

type Answer = ReturnType<typeof json>;
const ofManagement: Record<string, { path: string; answer: Answer; auth?: Auth } & Expected> = {
  'no /actuator: mostly the port of the application': {
    path: '',
    answer: zeebeAnswers.missingEndpoint,
    name: 'RequestRefused',
    seen: /404: there is no such endpoint$/,
    remedy: /may be the one of the application \(8080\): use the management port \(9600/,
  },
  'no /actuator, said as a problem': {
    path: '',
    answer: json(404, { title: 'Not Found', status: 404, detail: 'No static resource actuator.' }),
    name: 'RequestRefused',
    seen: /there is no such endpoint/,
    remedy: /application \(8080\): use the management port/,
  },
  'one endpoint is missing, and /actuator is there': {
    path: 'backupRuntime',
    answer: zeebeAnswers.missingEndpoint,
    name: 'RequestRefused',
    seen: /404: there is no such endpoint/,
    remedy: /endpoint is exposed/,
    not: /8080/,
  },
  'the search engine answers': {
    path: '',
    answer: noIndexOfSearch,
    name: 'UnexpectedAnswer',
    seen: /404: this is Elasticsearch or OpenSearch, not Camunda$/,
    remedy: /management address of this component here.*`search\.url`/,
    not: /base-path/,
  },
  'the search engine answers to a path of two parts': {
    path: 'cluster',
    answer: noHandler,
    name: 'UnexpectedAnswer',
    seen: /this is Elasticsearch or OpenSearch, not Camunda/,
    remedy: /`search\.url`/,
  },
  'the search engine is in trouble, and answers': {
    path: '',
    answer: json(503, { error: { root_cause: [], type: 'master_not_discovered_exception' }, status: 503 }),
    name: 'UnexpectedAnswer',
    seen: /this is Elasticsearch or OpenSearch/,
    remedy: /`search\.url`/,
  },
  'a port of TLS that was spoken to without it (Tomcat)': {
    path: '',
    answer: text(400, 'Bad Request\nThis combination of host and port requires TLS.'),
    name: 'UnexpectedAnswer',
    seen: /speaks TLS and was spoken to without it/,
    remedy: /^Write https:\/\/zeebe:9600 /,
  },
  'a port of TLS that was spoken to without it (nginx)': {
    path: '',
    answer: { ...html(400), text: '<html><h1>The plain HTTP request was sent to HTTPS port</h1></html>' },
    name: 'UnexpectedAnswer',
    seen: /speaks TLS/,
    remedy: /^Write https:/,
  },
  'a web page': {
    path: '',
    answer: html(200),
    name: 'UnexpectedAnswer',
    seen: /an HTML page: this is a web port/,
    remedy: /not the one of the web interface or an ingress/,
  },
  'a redirect to a login': {
    path: '',
    answer: found,
    name: 'UnexpectedAnswer',
    seen: /302: it redirects every request/,
    remedy: /not the one of the web interface or an ingress/,
  },
  'a redirect to a login whose address has a secret in it': {
    path: '',
    answer: { ...found, location: 'https://login.example.com/realms/camunda?state=secret' },
    name: 'UnexpectedAnswer',
    seen: /302: it redirects to https:\/\/login\.example\.com\/realms\/camunda, and a redirect is not followed/,
    remedy: /not the one of the web interface or an ingress/,
    not: /secret/,
  },
  'a redirect to TLS, with a web page': {
    path: 'backupRuntime/7',
    answer: { ...html(301), location: 'https://zeebe:9600/actuator/backupRuntime/7' },
    name: 'UnexpectedAnswer',
    seen: /301: it redirects to https:\/\/zeebe:9600\/actuator\/backupRuntime\/7, /,
    remedy: /^If https:\/\/zeebe:9600 is the same server, write that into the configuration\.$/,
    not: /web interface/,
  },
  'a redirect to a base path': {
    path: '',
    answer: { ...found, status: 308, location: '/camunda/actuator' },
    name: 'UnexpectedAnswer',
    seen: /308: it redirects to http:\/\/zeebe:9600\/camunda\/actuator, /,
    remedy: /^If http:\/\/zeebe:9600\/camunda is the same server/,
  },
  'a redirect to itself': {
    path: '',
    answer: { ...found, location: 'http://zeebe:9600/actuator' },
    name: 'UnexpectedAnswer',
    seen: /302: it redirects to http:\/\/zeebe:9600\/actuator, /,
    remedy: /not the one of the web interface or an ingress/,
  },
  'a login that nobody has configured': {
    path: '',
    answer: json(401, { error: 'Unauthorized' }),
    name: 'RequestRefused',
    seen: /401: Unauthorized/,
    remedy: /application \(8080\), use the management port.*`auth`/,
  },
  'a password that is refused': {
    path: '',
    answer: json(401, { error: 'Unauthorized' }),
    auth: password,
    name: 'RequestRefused',
    seen: /401/,
    remedy:
      /^The user backup, whose password comes from the environment variable ES_PASSWORD, was refused by Zeebe/,
  },
  'a user who may not': {
    path: '',
    answer: json(403, {}),
    auth: password,
    name: 'RequestRefused',
    seen: /403/,
    remedy: /ES_PASSWORD, may not do this at Zeebe: allow it there/,
  },
  'an API key that is refused': {
    path: '',
    answer: json(401, {}),
    auth: apiKey,
    name: 'RequestRefused',
    seen: /401/,
    remedy: /^This API key, whose value comes from the environment variable ES_PASSWORD,/,
  },
  'an ingress whose server is gone': {
    path: '',
    answer: html(503),
    name: 'ServerTrouble',
    seen: /503 \(an HTML page\)/,
    remedy: /A proxy or an ingress answers in place of Zeebe/,
    not: /See the log of Zeebe/,
  },
  'a broker that is in trouble': {
    path: 'partitions',
    answer: json(500, { message: 'Something broke' }),
    name: 'ServerTrouble',
    seen: /500: Something broke/,
    remedy: /^See the log of Zeebe at zeebe:9600/,
    not: /url/,
  },
  'a list of backups that takes too long': {
    path: 'backupRuntime',
    answer: json(504, { message: 'Request ProtocolRequest{id=7} to zeebe-0:26501 timed out in PT15S' }),
    name: 'ServerTrouble',
    seen: /timed out in PT15S/,
    remedy: /A store with very many backups is slow/,
    not: /url/,
  },
  'a store that cannot be reached': {
    path: 'backupRuntime',
    answer: zeebeAnswers.storeDown,
    name: 'ServerTrouble',
    seen: /Unable to execute HTTP request/,
    remedy: /backup store.*endpoint/,
    not: /`auth`|url is/,
  },
  'no store': {
    path: 'backupRuntime',
    answer: zeebeAnswers.noStore,
    name: 'RequestRefused',
    seen: /No backup store is configured/,
    remedy: /^Configure a backup store/,
  },
  'a repository that is not there': {
    path: 'backups',
    answer: operateAnswers.repositoryMissing,
    name: 'RequestRefused',
    seen: /No repository with name \[camunda\]/,
    remedy: /^Register the snapshot repository again/,
    not: /url/,
  },
  'something that nobody knows': {
    path: 'backups',
    answer: json(422, { message: 'No such luck' }),
    name: 'RequestRefused',
    seen: /422: No such luck/,
    remedy: /^See the log of Zeebe at zeebe:9600: it says why it refuses/,
  },
};

describe('The remedy for an answer of a management port', () => {
  for (const [what, { path, answer, auth, ...expected }] of Object.entries(ofManagement)) {
    test(`The remedy for an answer of a management port names what is wrong: ${what}`, async () => {
      const address = { url: 'http://zeebe:9600', auth };
      const server = management('Zeebe', address, fakeHttp().http, secrets);
      const judge = () => {
        if (answer.status === 200) return server.read('GET', path, answer, cluster);
        throw server.refused('GET', path, answer);
      };
      hold(await thrownBy(judge), expected);
    });
  }

  test('An answer of the right server in an unknown form does not send anybody to the url', async () => {
    const server = management('Zeebe', { url: 'http://zeebe:9600' }, fakeHttp().http, secrets);
    const error = await thrownBy(() => server.read('GET', 'cluster', strangeButRight, cluster));
    hold(error, {
      name: 'UnexpectedAnswer',
      seen: /not as this API does \(brokers\.0\.id: /,
      remedy:
        /^This is the right server, but this version of camunda-backup does not know the form of its answer/,
      not: /url/,
    });
  });

  test('The remedy for a refused login of the REST API names the setting of its own', async () => {
    const rest = restApi({ url: 'http://zeebe:8080', auth: password }, fakeHttp().http, secrets);
    hold(rest.refused('GET', 'topology', json(401, {})), {
      name: 'RequestRefused',
      seen: /401/,
      remedy: /ES_PASSWORD.*`zeebe\.rest\.auth`/,
    });
  });
});

/** As the official clients throw them. */
const responseError = (status: number, body: unknown) =>
  Object.assign(new Error(JSON.stringify(body)), { name: 'ResponseError', statusCode: status, body });

const ofSearch: Record<string, { status: number; body: unknown; auth?: Auth } & Expected> = {
  'a login that nobody has configured': {
    status: 401,
    body: {
      error: { type: 'security_exception', reason: 'missing authentication credentials' },
      status: 401,
    },
    name: 'RequestRefused',
    seen: /401: security_exception: missing authentication/,
    remedy: /^The search engine requires a login: configure `search\.auth`\.$/,
  },
  'a password that is refused': {
    status: 401,
    body: 'Unauthorized',
    auth: password,
    name: 'RequestRefused',
    seen: /401/,
    remedy:
      /^The user backup, whose password comes from the environment variable ES_PASSWORD, was refused by the search engine: correct that, or `search\.auth`/,
    not: /privileges/,
  },
  'a user who may not': {
    status: 403,
    body: { error: { type: 'security_exception', reason: 'no permissions' } },
    auth: apiKey,
    name: 'RequestRefused',
    seen: /403/,
    remedy: /ES_PASSWORD, may not do this.*create_snapshot and monitor/,
  },
  'a user of Elasticsearch without a privilege': {
    status: 403,
    body: {
      error: {
        type: 'security_exception',
        reason:
          'action [cluster:admin/snapshot/get] is unauthorized for user [backup] with effective roles [reader], this action is granted by the cluster privileges [monitor_snapshot,create_snapshot,manage,all]',
      },
      status: 403,
    },
    name: 'RequestRefused',
    seen: /403/,
    remedy:
      /^Give one of the privileges monitor_snapshot, create_snapshot, manage, all to a role of the user backup in the search engine/,
    not: /configure `search\.auth`/,
  },
  'a user of OpenSearch without a permission': {
    status: 403,
    body: {
      error: {
        type: 'security_exception',
        reason:
          'no permissions for [cluster:admin/snapshot/get] and User [name=backup, backend_roles=[], requestedTenant=null]',
      },
      status: 403,
    },
    name: 'RequestRefused',
    seen: /403/,
    remedy:
      /^Give the permission cluster:admin\/snapshot\/get to a role of the user backup in the search engine/,
    not: /configure `search\.auth`/,
  },
  'nobody, who may not do this': {
    status: 403,
    body: {
      error: {
        type: 'security_exception',
        reason: 'action [cluster:admin/snapshot/get] is unauthorized for user [_anonymous]',
      },
    },
    name: 'RequestRefused',
    seen: /403/,
    remedy: /^The search engine requires a login: configure `search\.auth`\.$/,
  },
  'Camunda answers': {
    status: 404,
    body: { timestamp: '2026-11-27T10:47:26.640+00:00', status: 404, error: 'Not Found', path: '/' },
    name: 'UnexpectedAnswer',
    seen: /es:9200 is a Spring application, such as Camunda, and not a search engine/,
    remedy: /address of the search engine into `search\.url` \(port 9200/,
  },
  'a web page': {
    status: 404,
    body: '<html><head><title>404</title></head></html>',
    name: 'UnexpectedAnswer',
    seen: /shows a web page/,
    remedy: /`search\.url`/,
  },
  'a port of TLS that was spoken to without it': {
    status: 400,
    body: 'Client sent an HTTP request to an HTTPS server.',
    name: 'UnexpectedAnswer',
    seen: /speaks TLS and was spoken to without it/,
    remedy: /^Write https:\/\/es:9200 /,
  },
  'an ingress whose server is gone': {
    status: 502,
    body: '<html><head><title>502</title></head></html>',
    name: 'ServerTrouble',
    seen: /502/,
    remedy: /log of Elasticsearch at es:9200/,
  },
  'a repository that is not there': {
    ...elasticsearchAnswers.repositoryMissing,
    name: 'RequestRefused',
    seen: /repository_missing_exception/,
    remedy: /^Register the snapshot repository under this name/,
  },
  'a disk that is full': {
    status: 429,
    body: {
      error: {
        type: 'cluster_block_exception',
        reason: 'index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark]',
      },
    },
    name: 'ServerTrouble',
    seen: /flood-stage/,
    remedy: /^A disk is full/,
  },
};

describe('The remedy for an answer of the search engine', () => {
  for (const [what, { status, body, auth, ...expected }] of Object.entries(ofSearch)) {
    test(`The remedy for an answer of the search engine names what is wrong: ${what}`, async () => {
      const address = { url: 'http://es:9200', auth };
      hold(await searchError('Elasticsearch', address, 'GET /', responseError(status, body)), expected);
    });
  }
});
