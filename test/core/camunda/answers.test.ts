import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as z from 'zod';
import { readBody, refused, serverMessage } from '../../../core/camunda/answers.ts';
import type { HttpAnswer } from '../../../core/http.ts';
import { json, thrownBy, webPage } from '../fakes.ts';
import exporting from '../recorded/exporting.json' with { type: 'json' };
import operate from '../recorded/operate.json' with { type: 'json' };
import tasklist from '../recorded/tasklist.json' with { type: 'json' };
import zeebe from '../recorded/zeebe.json' with { type: 'json' };

const asked = { component: 'Operate', method: 'GET', url: 'http://operate:9600/actuator/backups/7' };

describe("the server's own words are found in every body that was seen", () => {
  const optimize = json(400, {
    errorCode: 'badRequestError',
    errorMessage: 'The request is bad',
    detailedMessage: 'The backup id must be positive',
    reportDefinition: null,
  });
  const problem = json(400, { type: 'about:blank', title: 'Bad Request', status: 400, detail: 'Invalid id' });
  for (const [what, answer, words] of [
    ['Zeebe', zeebe.unknown, 'Backup with id 7 does not exist'],
    ['Operate', operate.notConfigured, 'No backup repository configured.'],
    ['Operate, which says nothing', operate.unknownNull, undefined],
    ['Tasklist, which prints its JSON prettily', tasklist.notConfigured, 'No backup repository configured.'],
    ['Optimize', optimize, 'The request is bad: The backup id must be positive'],
    ['a problem of 8.5', problem, 'Invalid id'],
    ['a problem without detail', json(400, { title: 'Bad Request' }), 'Bad Request'],
    ["the exporting endpoint's wrapper", exporting.pauseFailed, /^Failed to connect channel for address/],
    ['the wrapper with a text', json(200, { body: 'no', status: 500 }), 'no'],
    ["Spring's own error", zeebe.missingEndpoint, 'Not Found'],
    ['a text that is no JSON', { status: 502, contentType: '', text: ' upstream \n gone ' }, 'upstream gone'],
    ['an empty body', { status: 502, contentType: '', text: '' }, undefined],
  ] as const) {
    test(what, () => {
      const found = serverMessage(answer);
      if (words instanceof RegExp) assert.match(found ?? '', words);
      else assert.equal(found, words);
    });
  }

  test('a serialised stack trace of kilobytes becomes a short line', () => {
    assert(exporting.resumeFailed.text.length > 9000);
    const words = serverMessage(exporting.resumeFailed) ?? '';
    assert.match(words, /^Leader -2 of partition 2 is not known/);
    assert(words.length <= 501 && !words.includes('\n'));
  });
});

describe('an answer that is not a good one becomes a sentence with component, URL, status and words', () => {
  const head = `Operate answered GET ${asked.url} with`;
  for (const [what, answer, name, message, remedy] of [
    [
      '400',
      operate.repositoryMissing,
      'RequestRefused',
      '400: No repository with name [camunda] could be found.',
    ],
    ['400 without words', operate.unknownNull, 'RequestRefused', '400'],
    [
      'not configured',
      operate.notConfigured,
      'RequestRefused',
      '400: No backup repository configured.',
      /restart/,
    ],
    [
      'another backup',
      operate.anotherRunning,
      'ComponentBusy',
      '400: Another backup is running at the moment',
      /Wait/,
    ],
    ['no store', zeebe.noStore, 'RequestRefused', undefined, /zeebe\.broker\.data\.backup\.store/],
    ['500', zeebe.storeDown, 'ServerTrouble', undefined],
    ['502', tasklist.elasticsearchDown, 'ServerTrouble', undefined],
    ['504', zeebe.brokerTimeout, 'ServerTrouble', undefined],
    ['Elasticsearch down, said with 400', operate.elasticsearchDown, 'ServerTrouble', undefined],
    ['429', json(429, {}), 'ServerTrouble', '429'],
    ['401', json(401, { error: 'Unauthorized' }), 'RequestRefused', '401: Unauthorized', /`auth`/],
    ['403', json(403, {}), 'RequestRefused', '403', /`auth`/],
    ['405', operate.put, 'RequestRefused', '405: Method Not Allowed'],
    ['415', zeebe.noBody, 'RequestRefused', '415: Unsupported Media Type'],
    [
      'ids of its own',
      json(400, { message: 'Cannot take backup with predetermined backupId when continuous backups are on' }),
      'RequestRefused',
      undefined,
      /continuous/,
    ],
  ] as [string, HttpAnswer, string, string | undefined, RegExp?][]) {
    test(what, () => {
      const error = refused(asked, answer);
      assert.equal(error.name, name);
      assert.equal(error.status, answer.status);
      if (message === undefined)
        assert(error.message.startsWith(`${head} ${answer.status}: `), error.message);
      else assert.equal(error.message, `${head} ${message}`);
      if (remedy) assert.match(error.remedy ?? '', remedy);
    });
  }

  test("Spring's 404 is a missing endpoint, and says what may be wrong with the URL", () => {
    const error = refused(asked, zeebe.missingEndpoint);
    assert.equal(error.name, 'RequestRefused');
    assert.equal(error.message, `${head} 404: there is no such endpoint`);
    assert.match(error.remedy ?? '', /base-path/);
  });

  test('a 404 with a message is not a missing endpoint', () => {
    assert.equal(refused(asked, zeebe.unknown).message, `${head} 404: Backup with id 7 does not exist`);
  });

  test('a web page with 404 is a web port', () => {
    const error = refused(asked, { ...webPage, status: 404 });
    assert.equal(error.name, 'UnexpectedAnswer');
    assert.match(error.message, /with 404 and an HTML page: this is a web port, not the management port/);
    assert.match(error.remedy ?? '', /9600/);
  });

  test('a web page with 503 is a proxy whose server is gone: it may pass', () => {
    const error = refused(asked, { ...webPage, status: 503 });
    assert.equal(error.name, 'ServerTrouble');
    assert.doesNotMatch(error.message, /<html/);
  });
});

describe('the body of a good answer', () => {
  const schema = z.object({ backupId: z.number() });

  test('is read', () => {
    assert.deepEqual(readBody(asked, json(200, { backupId: 7, more: true }), schema), { backupId: 7 });
  });

  for (const [what, answer, says] of [
    ['a web page', webPage, /an HTML page: this is a web port/],
    [
      'a web page that is not called one',
      { ...webPage, contentType: '', text: '  <!DOCTYPE HTML><p>' },
      /an HTML page: this is a web port/,
    ],
    ['no JSON', { status: 200, contentType: '', text: 'pong' }, /not as this API does \(not JSON: pong\)/],
    ['nothing', { status: 200, contentType: '', text: '' }, /not JSON: an empty body/],
    ['another JSON', json(200, { backupId: 'seven' }), /not as this API does \(backupId: /],
    ['a list', json(200, []), /not as this API does \(body: /],
  ] as const) {
    test(`that is ${what} is an unexpected answer that names the URL`, async () => {
      const error = await thrownBy(() => readBody(asked, answer, schema));
      assert.equal(error.name, 'UnexpectedAnswer');
      assert.match(error.message, says);
      assert(error.message.includes(asked.url));
      assert.match(error.remedy ?? '', /management/);
    });
  }
});
