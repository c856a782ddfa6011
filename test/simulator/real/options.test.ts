import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { Mistake } from '../../../simulator/mistake.ts';
import { type RealPartsOptions, settleReal } from '../../../simulator/real/options.ts';

const options: RealPartsOptions = {
  camunda: '8.8',
  searchUrl: 'http://127.0.0.1:9200',
  store: 's3://backups/zeebe',
  data: '/data',
};

const mistakes: { of: string; options: Partial<RealPartsOptions>; says: RegExp }[] = [
  {
    of: 'A folder as the backup store of 8.7',
    options: { camunda: '8.7', store: '/backups' },
    says: /^--store: Camunda 8\.7 has no backup store in a folder: it came with 8\.8\. /,
  },
  {
    of: 'A backup store that is neither S3 nor a folder',
    options: { store: 'gs://backups' },
    says: /^--store: gs:\/\/backups is neither s3:\/\/BUCKET\/PATH nor a folder$/,
  },
  {
    of: 'A backup store without a bucket',
    options: { store: 's3:///zeebe' },
    says: /^--store: s3:\/\/\/zeebe is neither /,
  },
  {
    of: 'A search engine without http',
    options: { searchUrl: 'localhost:9200' },
    says: /^--search-url: localhost:9200 is no URL that begins with http:\/\/ or https:\/\/$/,
  },
  {
    of: 'Operate as a process of 8.8',
    options: { only: ['zeebe', 'operate'] },
    says: /^--only: Camunda 8\.8 has no process operate, but zeebe, optimize$/,
  },
];

describe('the options of a cluster on real parts', () => {
  for (const { of, options: given, says } of mistakes) {
    test(`${of} is refused in a sentence`, () => {
      assert.throws(
        () => settleReal({ ...options, ...given }),
        (error) => error instanceof Mistake && says.test(error.message),
      );
    });
  }

  test('A cluster up to 8.7 has four processes, and one of 8.8 has the web applications in Zeebe’s', () => {
    const of87 = settleReal({ ...options, camunda: '8.7' });
    assert.deepEqual(of87.only, ['zeebe', 'operate', 'tasklist', 'optimize']);
    assert.deepEqual(settleReal({ ...options, store: '/backups' }).only, ['zeebe', 'optimize']);
  });
});
