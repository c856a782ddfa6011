import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { searchOpener } from '../../../core/components/search/opener.ts';
import { openConnections } from '../../../core/connect/connections.ts';
import { http } from '../../../core/connect/http.ts';
import { management } from '../../../core/connect/management.ts';
import { type Simulator, startSimulator } from '../../../simulator/index.ts';
import { failureOf, secrets } from '../fakes.ts';
import { hold } from '../remedies-world.ts';

describe('Addresses that were swapped, at the simulated cluster', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ camunda: '8.8' });
  });
  afterAll(() => simulator.close());

  const openSearch = searchOpener(openConnections(secrets));
  const versionAt = async (engine: 'elasticsearch' | 'opensearch', url: string) => {
    const opened = await openSearch({ engine, url });
    return opened.version().finally(() => opened.close());
  };

  for (const engine of ['elasticsearch', 'opensearch'] as const) {
    test(`The management port of Camunda in place of ${engine} is told as such`, async () => {
      hold(await failureOf(versionAt(engine, simulator.urls.zeebe)), {
        name: 'UnexpectedAnswer',
        seen: /is a Spring application, such as Camunda, and not a search engine/,
        remedy: /`search\.url`/,
      });
    });

    test(`A web page in place of ${engine} is told as no search engine`, async () => {
      hold(await failureOf(versionAt(engine, simulator.urls.web)), {
        name: 'UnexpectedAnswer',
        seen: /is not (Elasticsearch|OpenSearch)/,
        remedy: /`search\.url`/,
        not: /gave no whole answer/,
      });
    });
  }

  test('Elasticsearch in place of OpenSearch is told with the setting of the engine', async () => {
    hold(await failureOf(versionAt('opensearch', simulator.urls.search ?? '')), {
      name: 'UnexpectedAnswer',
      seen: /is not OpenSearch/,
      remedy: /^If it is Elasticsearch, write `engine: elasticsearch`\.$/,
    });
  });

  test('The search engine in place of Zeebe is told as such', async () => {
    const server = management('Zeebe', { url: simulator.urls.search ?? '' }, http, secrets);
    hold(server.refused('GET', '', await server.ask('GET', '')), {
      name: 'UnexpectedAnswer',
      seen: /this is Elasticsearch or OpenSearch, not Camunda/,
      remedy: /`search\.url`/,
    });
  });

  test('The port of the application in place of the management port is told with the right port', async () => {
    const server = management('Zeebe', { url: simulator.urls.rest ?? '' }, http, secrets);
    hold(server.refused('GET', '', await server.ask('GET', '')), {
      name: 'RequestRefused',
      seen: /there is no such endpoint/,
      remedy: /application \(8080\): use the management port/,
    });
  });
});
