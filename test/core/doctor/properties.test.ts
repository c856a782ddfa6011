import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { readProperties, valueIn, valuesIn } from '../../../core/doctor/properties.ts';

const page = (beans: Record<string, unknown>) => ({ contexts: { Camunda: { beans } } });

test('Properties are found by their prefixes and relaxed names, whatever their beans are called', () => {
  const properties = readProperties(
    page({
      'zeebe.broker-io.camunda.application.BrokerBasedProperties': {
        prefix: 'zeebe.broker',
        properties: {
          data: { directory: '/data', backup: { store: 's3', s3: { basePath: 'a', bucketName: 'b' } } },
          exporters: { camundaExporter: { args: { connect: { indexPrefix: 'green', password: 'x' } } } },
        },
        inputs: { data: { directory: { origin: 'file' } } },
      },
      another: { prefix: 'camunda', properties: { data: { primaryStorage: { backup: { store: 'GCS' } } } } },
    }),
  );
  assert.ok(properties);
  assert.equal(valueIn(properties, 'backup', 'store'), 'GCS');
  assert.equal(valueIn(properties, 'backup', 's3.base-path'), 'a');
  assert.equal(valueIn(properties, 'dataDirectory'), '/data');
  assert.equal(properties.get('zeebe.broker.exporters.camundaexporter.args.connect.indexprefix'), 'green');
  assert.deepEqual(valuesIn(properties, 'repository'), []);
});

test('Nothing is kept that may be secret or is not known here', () => {
  const properties = readProperties(
    page({
      zeebe: {
        prefix: 'zeebe.broker.data.backup',
        properties: {
          store: '******',
          s3: {
            accessKey: 'AKIA',
            secretKey: 'not-to-be-seen',
            endpoint: 'https://user:not-to-be-seen@minio:9000',
            bucketName: 'x'.repeat(300),
          },
          azure: { connectionString: 'not-to-be-seen' },
        },
      },
      camunda: { prefix: 'camunda.database', properties: { password: 'not-to-be-seen' } },
    }),
  );
  assert.deepEqual([...(properties ?? [])], []);
});

test('A page of another form is not known, and a bean of another form is left out', () => {
  assert.equal(readProperties({ contexts: 'none' }), undefined);
  assert.equal(readProperties(undefined), undefined);
  const properties = readProperties(
    page({ odd: 4, none: null, right: { prefix: 'zeebe.broker.data', properties: { directory: '/d' } } }),
  );
  assert.deepEqual([...(properties ?? [])], [['zeebe.broker.data.directory', '/d']]);
});
