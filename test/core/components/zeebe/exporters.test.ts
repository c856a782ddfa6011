import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { idleExportersIn, readExporters } from '../../../../core/components/zeebe/exporters.ts';
import { readCluster } from '../../../../core/components/zeebe/topology.ts';
import { fakeServer, json, noAnswer, webPage } from '../../fakes.ts';
import { zeebe } from '../../recorded.ts';

describe('The exporters of a cluster', () => {
  const read = (answer: Parameters<typeof fakeServer>[1][string]) =>
    readExporters(fakeServer('Zeebe', { 'GET exporters': answer }).server);
  const url = 'http://zeebe:9600/actuator/exporters';

  test('The exporters of a cluster are known by those that do not simply export', async () => {
    const states = [
      'ENABLED',
      'DISABLED',
      'DISABLING',
      'enabling',
      'CONFIG_NOT_FOUND',
      'UNKNOWN',
      'DREAMING',
    ];
    const answer = states.map((status, index) => ({ exporterId: `e${index}`, status }));
    assert.deepEqual(await read(json(200, answer)), [
      { id: 'e1', state: 'DISABLED', partitions: [], url },
      { id: 'e2', state: 'DISABLING', partitions: [], url },
      { id: 'e3', state: 'ENABLING', partitions: [], url },
      { id: 'e4', state: 'CONFIG_NOT_FOUND', partitions: [], url },
    ]);
  });

  for (const { what, answer } of [
    { what: 'there is no such page', answer: zeebe.missingEndpoint },
    { what: 'there is no answer', answer: noAnswer() },
    { what: 'the answer is a web page', answer: webPage },
    { what: 'the answer is of another form', answer: json(200, { exporters: [] }) },
  ] as const) {
    test(`The exporters of a cluster are not known where ${what}`, async () =>
      assert.equal(await read(answer), undefined));
  }
});

describe('The exporters of each partition', () => {
  const idle = async (...partitions: object[]) => {
    const answer = json(200, {
      brokers: [
        { id: 0, partitions },
        { id: 1, partitions },
      ],
    });
    return idleExportersIn(await readCluster(fakeServer('Zeebe', { 'GET cluster': answer }).server), 'URL');
  };
  const exporting = (id: number, exporters: unknown) => ({ id, config: { exporting: { exporters } } });

  test('The exporters of the partitions are told once for each state, with the partitions', async () => {
    const off = [
      { id: 'a', state: 'DISABLED' },
      { id: 'b', state: 'ENABLED' },
    ];
    const gone = [{ id: 'a', state: 'CONFIG_NOT_FOUND' }];
    assert.deepEqual(await idle(exporting(1, off), exporting(2, off), exporting(3, gone)), [
      { id: 'a', state: 'DISABLED', partitions: [1, 2], url: 'URL' },
      { id: 'a', state: 'CONFIG_NOT_FOUND', partitions: [3], url: 'URL' },
    ]);
  });

  test('The exporters of the partitions are not known where they are shown in another way', async () => {
    assert.deepEqual(await idle({ id: 1 }, { id: 2, config: {} }, exporting(3, 'all')), []);
  });
});
