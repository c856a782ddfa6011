import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import * as z from 'zod';
import { readBody, refused, serverMessage } from '../../../core/connect/answers.ts';
import type { HttpAnswer } from '../../../core/connect/http.ts';
import { json, thrownBy, webPage } from '../fakes.ts';
import { exporting, operate, tasklist, zeebe } from '../recorded.ts';

const asked = { component: 'Operate', method: 'GET', url: 'http://operate:9600/actuator/backups/7' };

describe('The server’s own words', () => {
  const optimize = json(400, {
    errorCode: 'badRequestError',
    errorMessage: 'The request is bad',
    detailedMessage: 'The backup id must be positive',
    reportDefinition: null,
  });
  const problem = json(400, { type: 'about:blank', title: 'Bad Request', status: 400, detail: 'Invalid id' });
  for (const { what, answer, words } of [
    { what: 'Zeebe', answer: zeebe.unknown, words: 'Backup with id 7 does not exist' },
    { what: 'Operate', answer: operate.notConfigured, words: 'No backup repository configured.' },
    { what: 'Operate, which says nothing', answer: operate.unknownNull, words: undefined },
    {
      what: 'Tasklist, which prints its JSON prettily',
      answer: tasklist.notConfigured,
      words: 'No backup repository configured.',
    },
    { what: 'Optimize', answer: optimize, words: 'The request is bad: The backup id must be positive' },
    { what: 'a problem of 8.5', answer: problem, words: 'Invalid id' },
    { what: 'a problem without detail', answer: json(400, { title: 'Bad Request' }), words: 'Bad Request' },
    {
      what: "the exporting endpoint's wrapper",
      answer: exporting.pauseFailed,
      words: /^Failed to connect channel for address/,
    },
    { what: 'the wrapper with a text', answer: json(200, { body: 'no', status: 500 }), words: 'no' },
    { what: "Spring's own error", answer: zeebe.missingEndpoint, words: 'Not Found' },
    {
      what: 'a text that is no JSON',
      answer: { status: 502, contentType: '', text: ' upstream \n gone ' },
      words: 'upstream gone',
    },
    { what: 'an empty body', answer: { status: 502, contentType: '', text: '' }, words: undefined },
  ] as const) {
    test(`The server’s own words are found in the body of ${what}`, () => {
      const found = serverMessage(answer);
      if (words instanceof RegExp) assert.match(found ?? '', words);
      else assert.equal(found, words);
    });
  }

  test('A serialised stack trace of kilobytes becomes a short line', () => {
    assert(exporting.resumeFailed.text.length > 9000);
    const words = serverMessage(exporting.resumeFailed) ?? '';
    assert.match(words, /^Leader -2 of partition 2 is not known/);
    assert(words.length <= 501 && !words.includes('\n'));
  });
});

interface Refusal {
  what: string;
  answer: HttpAnswer;
  name: string;
  message: string | undefined;
  remedy?: RegExp;
}

describe('An answer that is not a good one', () => {
  const head = `Operate answered GET ${asked.url} with`;
  const refusals: Refusal[] = [
    {
      what: '400',
      answer: operate.repositoryMissing,
      name: 'RequestRefused',
      message: '400: No repository with name [camunda] could be found.',
    },
    { what: '400 without words', answer: operate.unknownNull, name: 'RequestRefused', message: '400' },
    {
      what: 'not configured',
      answer: operate.notConfigured,
      name: 'RequestRefused',
      message: '400: No backup repository configured.',
      remedy: /restart/,
    },
    {
      what: 'another backup',
      answer: operate.anotherRunning,
      name: 'ComponentBusy',
      message: '400: Another backup is running at the moment',
      remedy: /Wait/,
    },
    {
      what: 'no store',
      answer: zeebe.noStore,
      name: 'RequestRefused',
      message: undefined,
      remedy: /zeebe\.broker\.data\.backup\.store/,
    },
    { what: '500', answer: zeebe.storeDown, name: 'ServerTrouble', message: undefined },
    { what: '502', answer: tasklist.elasticsearchDown, name: 'ServerTrouble', message: undefined },
    { what: '504', answer: zeebe.brokerTimeout, name: 'ServerTrouble', message: undefined },
    {
      what: 'Elasticsearch down, said with 400',
      answer: operate.elasticsearchDown,
      name: 'ServerTrouble',
      message: undefined,
    },
    { what: '429', answer: json(429, {}), name: 'ServerTrouble', message: '429' },
    {
      what: '401',
      answer: json(401, { error: 'Unauthorized' }),
      name: 'RequestRefused',
      message: '401: Unauthorized',
      remedy: /`auth`/,
    },
    { what: '403', answer: json(403, {}), name: 'RequestRefused', message: '403', remedy: /`auth`/ },
    { what: '405', answer: operate.put, name: 'RequestRefused', message: '405: Method Not Allowed' },
    { what: '415', answer: zeebe.noBody, name: 'RequestRefused', message: '415: Unsupported Media Type' },
    {
      what: 'ids of its own',
      answer: json(400, {
        message: 'Cannot take backup with predetermined backupId when continuous backups are on',
      }),
      name: 'RequestRefused',
      message: undefined,
      remedy: /continuous/,
    },
  ];
  for (const { what, answer, name, message, remedy } of refusals) {
    test(`A refusal becomes a sentence with component, URL, status and words: ${what}`, () => {
      const error = refused(asked, answer);
      assert.equal(error.name, name);
      assert.equal(error.status, answer.status);
      if (message === undefined)
        assert(error.message.startsWith(`${head} ${answer.status}: `), error.message);
      else assert.equal(error.message, `${head} ${message}`);
      if (remedy) assert.match(error.remedy ?? '', remedy);
    });
  }

  test('Spring’s 404 is a missing endpoint, and says what may be wrong with the URL', () => {
    const error = refused(asked, zeebe.missingEndpoint);
    assert.equal(error.name, 'RequestRefused');
    assert.equal(error.message, `${head} 404: there is no such endpoint`);
    assert.match(error.remedy ?? '', /base-path/);
  });

  test('A 404 with a message is not a missing endpoint', () => {
    assert.equal(refused(asked, zeebe.unknown).message, `${head} 404: Backup with id 7 does not exist`);
  });

  test('A web page with 404 is a web port', () => {
    const error = refused(asked, { ...webPage, status: 404 });
    assert.equal(error.name, 'UnexpectedAnswer');
    assert.match(error.message, /with 404 and an HTML page: this is a web port, not the management port/);
    assert.match(error.remedy ?? '', /9600/);
  });

  test('A web page with 503 is a proxy whose server is gone: it may pass', () => {
    const error = refused(asked, { ...webPage, status: 503 });
    assert.equal(error.name, 'ServerTrouble');
    assert.doesNotMatch(error.message, /<html/);
  });
});

describe('The body of a good answer', () => {
  const schema = z.object({ backupId: z.number() });

  test('The body of a good answer is read', () => {
    assert.deepEqual(readBody(asked, json(200, { backupId: 7, more: true }), schema), { backupId: 7 });
  });

  for (const { what, answer, says } of [
    { what: 'a web page', answer: webPage, says: /an HTML page: this is a web port/ },
    {
      what: 'a web page that is not called one',
      answer: { ...webPage, contentType: '', text: '  <!DOCTYPE HTML><p>' },
      says: /an HTML page: this is a web port/,
    },
    {
      what: 'no JSON',
      answer: { status: 200, contentType: '', text: 'pong' },
      says: /not as this API does \(not JSON: pong\)/,
    },
    { what: 'nothing', answer: { status: 200, contentType: '', text: '' }, says: /not JSON: an empty body/ },
    {
      what: 'another JSON',
      answer: json(200, { backupId: 'seven' }),
      says: /not as this API does \(backupId: /,
    },
    { what: 'a list', answer: json(200, []), says: /not as this API does \(body: / },
  ] as const) {
    test(`A body that is ${what} is an unexpected answer that names the URL`, async () => {
      const error = await thrownBy(() => readBody(asked, answer, schema));
      assert.equal(error.name, 'UnexpectedAnswer');
      assert.match(error.message, says);
      assert(error.message.includes(asked.url));
      assert.match(error.remedy ?? '', /management/);
    });
  }
});
