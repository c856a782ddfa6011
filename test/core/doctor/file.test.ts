import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { parseConfig } from '../../../core/config/file.ts';
import { readFile } from '../../../core/doctor/file.ts';

interface Row {
  /** What the file has. */
  title: string;
  cluster?: object;
  more?: object;
  /** Other clusters. */
  others?: object;
  /** Each finding as `severity name`, in order. */
  found: string[];
  says?: RegExp;
  remedy?: RegExp;
}

const zeebe = { url: 'http://zeebe:9600' };
const search = { engine: 'elasticsearch', url: 'https://es:9200', repository: 'camunda' };

const rows: Row[] = [
  { title: 'The smallest file has no finding', found: [] },
  {
    title: 'A deployment without schedules and recipients starts nothing and tells nobody',
    more: { deployment: {} },
    found: ['warning schedule', 'warning subscriptions'],
    says: /^There is no schedule: no backup starts by itself$/,
    remedy: /into `schedules`/,
  },
  {
    title: 'A schedule that is disabled starts nothing',
    cluster: { schedules: [{ every: '1h', enabled: false }] },
    found: ['warning schedule'],
    says: /^Every schedule is disabled/,
    remedy: /`enabled: true`/,
  },
  {
    title: 'A schedule without maxAge is shown, and nobody is told if backups stay away',
    cluster: { schedules: [{ cron: '0 3 * * ? *', timezone: 'Europe/Berlin' }] },
    found: ['ok schedule', 'warning schedule'],
    says: /^A backup starts at 0 3 \* \* \? \* \(Europe\/Berlin\)$/,
  },
  {
    title: 'A login is sent without TLS',
    cluster: { search: { ...search, url: 'http://es:9200', auth: { apiKey: { env: 'KEY' } } } },
    found: ['warning openLogin'],
    says: /^The login of `search` is sent to http:\/\/es:9200 without TLS$/,
    remedy: /https into `search\.url`/,
  },
  {
    title: 'A login to this machine needs no TLS',
    cluster: { search: { ...search, url: 'http://localhost:9200', auth: { apiKey: { env: 'KEY' } } } },
    found: [],
  },
  {
    title: 'A webhook is called without TLS',
    more: { notify: { webhook: { url: 'http://alerts:8080/hook', secret: { env: 'KEY' } } } },
    found: ['warning openWebhook'],
    says: /^The alerts are sent to http:\/\/alerts:8080\/hook without TLS$/,
    remedy: /https into `notify\.webhook\.url`/,
  },
  {
    title: 'A webhook of this machine needs no TLS, and is a recipient of the alerts',
    cluster: { schedules: [{ every: '1h' }], maxAge: '3h' },
    more: {
      deployment: {},
      notify: { webhook: { url: 'http://127.0.0.1:8080/hook', secret: { env: 'KEY' } } },
    },
    found: ['ok schedule'],
  },
  {
    title: 'Two clusters have the same Zeebe',
    others: { other: { zeebe } },
    found: ['error sameCluster'],
    says: /^The cluster other has the same `zeebe\.url`, http:\/\/zeebe:9600/,
    remedy: /remove other/,
  },
  {
    title: 'Two clusters use the same repository of one search engine',
    cluster: { search },
    others: { other: { zeebe: { url: 'http://other:9600' }, search } },
    found: ['warning sharedRepository'],
    says: /the names of their snapshots differ by the id alone/,
    remedy: /base path of its own for each cluster/,
  },
  {
    title: 'The store of one cluster is inside of the store of another one',
    cluster: { zeebe: { ...zeebe, store: { s3: { bucket: 'b' } } } },
    others: {
      other: { zeebe: { url: 'http://other:9600', store: { s3: { bucket: 'b', basePath: 'other' } } } },
    },
    found: ['warning basePaths'],
    says: /`zeebe\.store` is s3:\/\/b, and that of the cluster other is s3:\/\/b\/other: one of these is inside/,
  },
  {
    title: 'Stores of which one is only named like the beginning of the other have nothing in common',
    cluster: { zeebe: { ...zeebe, store: { s3: { bucket: 'b', basePath: 'prod' } } } },
    others: {
      other: {
        zeebe: { url: 'http://other:9600', store: { s3: { bucket: 'b', basePath: 'production' } } },
      },
    },
    found: [],
  },
];

for (const { title, cluster, more, others, found, says, remedy } of rows) {
  test(`${title}, by the file alone`, () => {
    const clusters = { production: { zeebe, ...cluster }, ...others };
    const yaml = JSON.stringify({ ledger: { folder: './ledger' }, ...more, clusters });
    const all = readFile('production', parseConfig(yaml, 'test.yaml'));
    assert.deepEqual(
      all.map(({ severity, name }) => `${severity} ${name}`),
      found,
    );
    if (says) assert.match(all[0]?.says ?? '', says);
    if (remedy) assert.match(all[0]?.remedy ?? '', remedy);
  });
}
