import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import * as z from 'zod';
import { addressesIn, secretsIn } from '../../../core/config/address.ts';
import { cluster } from '../../../core/config/cluster.ts';
import { parseConfig } from '../../../core/config/file.ts';
import { addressesOf, secretsOf } from '../../../core/config/schema.ts';
import { connectionSettings } from '../../../core/connect/address.ts';
import { head } from './world.ts';

const login = (name: string) => `auth: { username: backup, password: { env: ${name} } }`;
const authority = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:camunda/authority-AbCdEf';
const whole = `${head}
    zeebe: { url: http://zeebe:9600, ${login('ZEEBE')}, rest: { url: http://zeebe:8080, ${login('REST')} } }
    webApplications: { url: http://zeebe:9600, ${login('WEB')} }
    optimize: { url: http://optimize:8092, auth: { apiKey: { env: OPTIMIZE } }, tls: { ca: a.pem, certificate: a.pem, key: { env: KEY } } }
    search: { engine: opensearch, url: https://search:9200, repository: camunda, ${login('SEARCH')} }
`;
const older = `${head}
    zeebe: { url: http://zeebe:9600 }
    operate: { url: http://operate:9600, ${login('OPERATE')} }
    tasklist: { url: http://tasklist:9600, ${login('TASKLIST')}, tls: { ca: { secretsManager: "${authority}" } } }
`;
const clusters = [whole, older].flatMap((yaml) => Object.values(parseConfig(yaml, 'c.yaml').clusters));
const dotted = (places: { path: (string | number)[] }[]) => places.map(({ path }) => path.join('.'));

describe('The addresses of a cluster', () => {
  test('Every address is found with its login, whichever setting it has', () => {
    assert.deepEqual(
      clusters.map((one) =>
        addressesOf(one).map(({ path, url, auth }) => [path.join('.'), url, Boolean(auth)]),
      ),
      [
        [
          ['zeebe', 'http://zeebe:9600', true],
          ['zeebe.rest', 'http://zeebe:8080', true],
          ['webApplications', 'http://zeebe:9600', true],
          ['optimize', 'http://optimize:8092', true],
          ['search', 'https://search:9200', true],
        ],
        [
          ['zeebe', 'http://zeebe:9600', false],
          ['operate', 'http://operate:9600', true],
          ['tasklist', 'http://tasklist:9600', true],
        ],
      ],
    );
  });

  test('Every secret is found, with the form that it must have', () => {
    assert.deepEqual(
      clusters.flatMap(secretsOf).map(({ path, ref, form }) => [path.join('.'), ref, form]),
      [
        ['zeebe.auth.password', { env: 'ZEEBE' }, 'password'],
        ['zeebe.rest.auth.password', { env: 'REST' }, 'password'],
        ['webApplications.auth.password', { env: 'WEB' }, 'password'],
        ['optimize.auth.apiKey', { env: 'OPTIMIZE' }, 'apiKey'],
        ['optimize.tls.key', { env: 'KEY' }, 'privateKey'],
        ['search.auth.password', { env: 'SEARCH' }, 'password'],
        ['operate.auth.password', { env: 'OPERATE' }, 'password'],
        ['tasklist.auth.password', { env: 'TASKLIST' }, 'password'],
        ['tasklist.tls.ca', { secretsManager: authority }, 'certificates'],
      ],
    );
  });

  test('The schema of a cluster has no login that is not found', () => {
    const described = z.toJSONSchema(cluster, { io: 'input', unrepresentable: 'any' });
    assert.deepEqual(
      new Set(clusters.flatMap((one) => dotted(addressesOf(one)))),
      new Set(pathsWithLogin(JSON.parse(JSON.stringify(described)))),
    );
  });
});

describe('A new address', () => {
  const address = z.strictObject({ url: z.string(), ...connectionSettings });
  const schema = z.strictObject({
    list: z.array(address),
    named: z
      .record(
        z.string(),
        address.refine(() => true),
      )
      .optional(),
    either: z.union([z.strictObject({ none: z.literal(true) }), z.strictObject({ at: address })]),
    nested: z.strictObject({ deep: address.prefault({ url: 'http://deep' }) }).optional(),
    other: z.strictObject({ url: z.string() }),
  });
  const auth = { apiKey: { env: 'KEY' } };
  const value = schema.parse({
    list: [{ url: 'http://first' }, { url: 'http://second', auth }],
    named: { one: { url: 'http://named', auth } },
    either: { at: { url: 'http://either', auth } },
    nested: {},
    other: { url: 'http://other' },
  });

  test('A new address is found in a list, under a name, in one of several shapes, and with a default', () => {
    assert.deepEqual(dotted(addressesIn(schema, value)), [
      'list.0',
      'list.1',
      'named.one',
      'either.at',
      'nested.deep',
    ]);
  });

  test('The secret of a new address is found, so that its permission and its check cannot be forgotten', () => {
    assert.deepEqual(dotted(secretsIn(schema, value)), [
      'list.1.auth.apiKey',
      'named.one.auth.apiKey',
      'either.at.auth.apiKey',
    ]);
  });
});

/** The paths of a JSON schema that has a property `auth`, without a look at the product's own walk. */
function pathsWithLogin(schema: unknown, path: string[] = []): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const properties = 'properties' in schema && typeof schema.properties === 'object' ? schema.properties : {};
  return [
    ...('auth' in (properties ?? {}) ? [path.join('.')] : []),
    ...Object.entries(properties ?? {}).flatMap(([key, below]) => pathsWithLogin(below, [...path, key])),
  ];
}
