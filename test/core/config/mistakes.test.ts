import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { head, ledger, mistakesIn, zeebe } from './world.ts';

interface Mistake {
  what: string;
  yaml: string;
  /** The lines that say so. */
  says: (string | RegExp)[];
}

const mistakes: Mistake[] = [
  {
    what: 'an empty file',
    yaml: '',
    says: [
      'c.yaml:1: ledger is missing; for example: { folder: ./camunda-backups }',
      /^c\.yaml:1: clusters is missing; for example: production: /,
    ],
  },
  {
    what: 'a list instead of settings',
    yaml: '- a',
    says: ['c.yaml:1: the file is a list; it must be a mapping of settings'],
  },
  {
    what: 'an unknown setting',
    yaml: `${ledger}colour: blue\nclusters:\n  production:\n${zeebe}`,
    says: [
      /^c\.yaml:2: colour is not a setting; known here: ledger, notify, deployment, clusters \(and what begins with x-, for anchors\)$/,
    ],
  },
  {
    what: 'a misspelled setting',
    yaml: `${head}${zeebe}    optimise: http://optimize:8092\n`,
    says: ['c.yaml:5: clusters.production.optimise is not a setting; did you mean optimize?'],
  },
  {
    what: 'a misspelled setting with settings of its own: the line of its name',
    yaml: `${head}${zeebe}    optimise:\n      url: http://optimize:8092\n`,
    says: ['c.yaml:5: clusters.production.optimise is not a setting; did you mean optimize?'],
  },
  {
    what: 'another case',
    yaml: `${head}${zeebe}    webapplications: yes\n`,
    says: ['c.yaml:5: clusters.production.webapplications is not a setting; did you mean webApplications?'],
  },
  {
    what: 'no Zeebe',
    yaml: `${head}    timeout: 5m\n`,
    says: [
      'c.yaml:3: clusters.production.zeebe is missing; for example: { url: http://camunda-zeebe-gateway:9600 }',
    ],
  },
  ...(
    [
      { attempts: '0', says: 'is below 1' },
      { attempts: '6', says: 'is above 5' },
      { attempts: '1.5', says: 'is not a whole number' },
      { attempts: 'twice', says: 'is not a whole number' },
    ] as const
  ).map(
    ({ attempts, says }): Mistake => ({
      what: `a number of tries that ${says}: ${attempts}`,
      yaml: `${head}${zeebe}    attempts: ${attempts}\n`,
      says: [`c.yaml:5: clusters.production.attempts ${says}; for example: 2`],
    }),
  ),
  {
    what: 'another protocol',
    yaml: `${head}    zeebe: { url: ftp://zeebe }\n`,
    says: [
      'c.yaml:4: clusters.production.zeebe.url is not an http or https URL; for example: http://camunda-zeebe-gateway:9600',
    ],
  },
  {
    what: 'a URL that is none',
    yaml: `${head}    zeebe: { url: not a url }\n`,
    says: [
      'c.yaml:4: clusters.production.zeebe.url is not an http or https URL; for example: http://camunda-zeebe-gateway:9600',
    ],
  },
  {
    what: 'no URL',
    yaml: `${head}    zeebe: { brokers: [http://zeebe-0:9600] }\n`,
    says: [
      'c.yaml:4: clusters.production.zeebe.url is missing; for example: http://camunda-zeebe-gateway:9600',
    ],
  },
  {
    what: 'a URL that ends with /actuator',
    yaml: `${head}    zeebe:\n      url: http://zeebe:9600/actuator\n`,
    says: [
      /^c\.yaml:5: clusters\.production\.zeebe\.url has \/actuator in its path, which is added here: .*; for example: /,
    ],
  },
  {
    what: 'a URL that ends with /actuator/',
    yaml: `${head}    zeebe:\n      url: http://zeebe:9600/actuator/\n`,
    says: [/^c\.yaml:5: clusters\.production\.zeebe\.url has \/actuator in its path/],
  },
  {
    what: 'a port that Node refuses',
    yaml: `${head}    zeebe: { url: "http://localhost:10080" }\n`,
    says: [
      'c.yaml:4: clusters.production.zeebe.url has the port 10080, to which Node speaks no HTTP (forward another port to it, such as 19600); for example: http://camunda-zeebe-gateway:9600',
    ],
  },
  {
    what: 'a port that Node refuses, of a web application',
    yaml: `${head}${zeebe}    webApplications: { url: "http://localhost:6000" }\n`,
    says: [/webApplications\.url has the port 6000, to which Node speaks no HTTP/],
  },
  {
    what: 'no broker in the list',
    yaml: `${head}    zeebe: { url: http://zeebe:9600, brokers: [] }\n`,
    says: [
      'c.yaml:4: clusters.production.zeebe.brokers is empty; for example: [http://camunda-zeebe-0.camunda-zeebe:9600]',
    ],
  },
  {
    what: 'the second broker is wrong',
    yaml: `${head}    zeebe:\n      url: http://zeebe:9600\n      brokers:\n        - http://zeebe-0:9600\n        - ftp://zeebe-1\n`,
    says: [
      'c.yaml:8: clusters.production.zeebe.brokers.1 is not an http or https URL; for example: http://camunda-zeebe-0.camunda-zeebe:9600',
    ],
  },
  {
    what: 'a version without quotes',
    yaml: `${head}    version: 8.8\n${zeebe}`,
    says: ['c.yaml:4: clusters.production.version is not a version in quotes; for example: "8.8"'],
  },
  {
    what: 'a version that is none',
    yaml: `${head}    version: latest\n${zeebe}`,
    says: ['c.yaml:4: clusters.production.version is not a version; for example: "8.8"'],
  },
  {
    what: 'a duration without a unit',
    yaml: `${head}${zeebe}    timeout: 5\n`,
    says: ['c.yaml:5: clusters.production.timeout has no unit: write 5s, 5m, 5h or 5d; for example: 24h'],
  },
  {
    what: 'a duration of nothing',
    yaml: `${head}${zeebe}    patience: 0s\n`,
    says: ['c.yaml:5: clusters.production.patience is zero: 1s is the shortest; for example: 5m'],
  },
  {
    what: 'username without password',
    yaml: `${head}    zeebe: { url: http://zeebe:9600, auth: { username: backup } }\n`,
    says: [
      'c.yaml:4: clusters.production.zeebe.auth needs either username and password, or apiKey alone, or aws; for example: { username: backup, password: { env: ES_PASSWORD } }',
    ],
  },
  {
    what: 'password and apiKey',
    yaml: `${head}    zeebe: { url: http://zeebe:9600, auth: { username: a, password: { env: A }, apiKey: { env: B } } }\n`,
    says: [
      /^c\.yaml:4: clusters\.production\.zeebe\.auth needs either username and password, or apiKey alone/,
    ],
  },
  {
    what: 'a signature of AWS for a component of Camunda',
    yaml: `${head}    zeebe: { url: http://zeebe:9600, auth: { aws: es } }\n`,
    says: [
      'c.yaml:4: clusters.production.zeebe.auth.aws is only for `search`: Camunda knows no signatures of AWS; for example: es',
    ],
  },
  {
    what: 'a signature of AWS for Elasticsearch',
    yaml: `${head}${zeebe}    search: { engine: elasticsearch, url: https://es:9200, repository: camunda, auth: { aws: es } }\n`,
    says: [
      /search\.auth\.aws is only for `engine: opensearch`: the client of Elasticsearch refuses the servers/,
    ],
  },
  {
    what: 'a collection of Amazon OpenSearch Serverless',
    yaml: `${head}${zeebe}    search: { engine: opensearch, url: https://a.aoss.amazonaws.com, repository: camunda, auth: { aws: aoss } }\n`,
    says: [
      /search\.auth\.aws is aoss: Amazon OpenSearch Serverless takes no snapshots on request .*; for example: es$/,
    ],
  },
  {
    what: 'records without a search engine',
    yaml: `${head}${zeebe}    records: {}\n`,
    says: [/clusters\.production\.search is missing: `records` are backed up by the search engine$/],
  },
  {
    what: 'an index pattern instead of a prefix',
    yaml: `${head}${zeebe}    search: { engine: opensearch, url: http://es:9200, repository: camunda }\n    records: { indexPrefix: zeebe-record* }\n`,
    says: [
      'c.yaml:6: clusters.production.records.indexPrefix is not an index prefix: lower case letters, digits, - _ and . (no *); for example: zeebe-record',
    ],
  },
  {
    what: 'an unknown search engine',
    yaml: `${head}${zeebe}    search: { engine: solr, url: http://es:9200, repository: camunda }\n`,
    says: [
      'c.yaml:5: clusters.production.search.engine is none of elasticsearch, opensearch; for example: elasticsearch',
    ],
  },
  {
    what: 'a repository with a space',
    yaml: `${head}${zeebe}    search: { engine: opensearch, url: http://es:9200, repository: my repo }\n`,
    says: [
      'c.yaml:5: clusters.production.search.repository is not the name of a snapshot repository; for example: camunda',
    ],
  },
  {
    what: 'webApplications beside operate',
    yaml: `${head}${zeebe}    webApplications: { url: http://a:9600 }\n    operate: { url: http://b:9600 }\n`,
    says: [/^c\.yaml:5: clusters\.production\.webApplications stands beside operate or tasklist: /],
  },
  {
    what: 'a check that is neither refused nor warned of',
    yaml: `${head}${zeebe}    checks: { exporterLag: ignore }\n`,
    says: ['c.yaml:5: clusters.production.checks.exporterLag is none of refuse, warn; for example: warn'],
  },
  {
    what: 'a misspelled check',
    yaml: `${head}${zeebe}    checks:\n      exporterlag: warn\n`,
    says: ['c.yaml:6: clusters.production.checks.exporterlag is not a setting; did you mean exporterLag?'],
  },
  {
    what: 'a check that there is not',
    yaml: `${head}${zeebe}    checks: { weather: warn }\n`,
    says: [
      /^c\.yaml:5: clusters\.production\.checks\.weather is not a setting; known here: brokers, partitions, /,
    ],
  },
  {
    what: 'one word for all checks',
    yaml: `${head}${zeebe}    checks: warn\n`,
    says: [
      /^c\.yaml:5: clusters\.production\.checks is a text; it must be a mapping of settings; for example: \{ exporterLag: warn \}$/,
    ],
  },
  {
    what: 'a lag that is no number',
    yaml: `${head}${zeebe}    maxExporterLag: 5m\n`,
    says: ['c.yaml:5: clusters.production.maxExporterLag is not a whole number; for example: 100000'],
  },
  {
    what: 'a lag that no exporter keeps',
    yaml: `${head}${zeebe}    maxExporterLag: 0\n`,
    says: ['c.yaml:5: clusters.production.maxExporterLag is below 1; for example: 100000'],
  },
  {
    what: 'a REST address with its path',
    yaml: `${head}    zeebe: { url: http://zeebe:9600, rest: { url: http://zeebe:8080/v2/ } }\n`,
    says: [
      'c.yaml:4: clusters.production.zeebe.rest.url ends with /v2, which is added here; for example: http://camunda-zeebe-gateway:8080',
    ],
  },
  {
    what: 'a REST address that is no setting of its own',
    yaml: `${head}    zeebe: { url: http://zeebe:9600, rest: http://zeebe:8080 }\n`,
    says: [
      /^c\.yaml:4: clusters\.production\.zeebe\.rest is a text; it must be a mapping with a url; for example: \{ url: http:\/\/camunda-zeebe-gateway:8080 \}$/,
    ],
  },
  {
    what: 'a name that is no cluster name',
    yaml: `${ledger}clusters:\n  Production_1: { zeebe: { url: http://zeebe:9600 } }\n`,
    says: ['c.yaml:3: clusters.Production_1 is not a cluster name: lower case letters, digits and hyphens'],
  },
  {
    what: 'a list of clusters',
    yaml: `${ledger}clusters: [production]\n`,
    says: [/^c\.yaml:2: clusters is a list; it must be a mapping of names; for example: production: /],
  },
  {
    what: 'an application as an address alone',
    yaml: `${head}${zeebe}    webApplications: http://zeebe:9600\n`,
    says: [
      'c.yaml:5: clusters.production.webApplications is a text; it must be a mapping with a url; for example: { url: http://camunda-zeebe-gateway:9600 }',
    ],
  },
  {
    what: 'a wrong address of Tasklist',
    yaml: `${head}${zeebe}    tasklist: { url: tasklist }\n`,
    says: [
      'c.yaml:5: clusters.production.tasklist.url is not an http or https URL; for example: http://camunda-tasklist:9600',
    ],
  },
  {
    what: 'the name of a secret with a space',
    yaml: `${head}    zeebe: { url: http://zeebe:9600, auth: { apiKey: { env: MY KEY } } }\n`,
    says: [/auth\.apiKey\.env is not the name of an environment variable: letters, digits and _/],
  },
  {
    what: 'no cluster',
    yaml: `${ledger}clusters: {}\n`,
    says: [/^c\.yaml:2: clusters is empty; for example: production: /],
  },
  {
    what: 'two homes of the ledger',
    yaml: `ledger: { folder: x, s3: { bucket: b } }\nclusters:\n  production:\n${zeebe}`,
    says: ['c.yaml:1: ledger needs either `folder` or `s3`; for example: { folder: ./camunda-backups }'],
  },
  {
    what: 'no home of the ledger',
    yaml: `ledger: {}\nclusters:\n  production:\n${zeebe}`,
    says: ['c.yaml:1: ledger needs either `folder` or `s3`; for example: { folder: ./camunda-backups }'],
  },
  {
    what: 'a bucket without a name',
    yaml: `ledger: { s3: { bucket: "" } }\nclusters:\n  production:\n${zeebe}`,
    says: ['c.yaml:1: ledger.s3.bucket is empty; for example: my-company-camunda-backups'],
  },
  {
    what: 'a prefix with slashes around it',
    yaml: `ledger: { s3: { bucket: b, prefix: /ledger/ } }\nclusters:\n  production:\n${zeebe}`,
    says: ['c.yaml:1: ledger.s3.prefix begins or ends with a slash; for example: ledger'],
  },
];

/** What is written as an address → what is said of it. */

describe('A mistake in the configuration', () => {
  for (const { what, yaml, says } of mistakes) {
    test(`A mistake is said with its line, its path and what would be right: ${what}`, async () => {
      const lines = await mistakesIn(yaml);
      assert.equal(lines.length, says.length, lines.join('\n'));
      for (const [index, line] of says.entries()) {
        if (typeof line === 'string') assert.equal(lines[index], line);
        else assert.match(lines[index] ?? '', line);
      }
    });
  }
});

test('Several mistakes are all said at once, each with its own line, from the top', async () => {
  const lines = await mistakesIn(
    [
      'ledger: { folder: ./ledger, s4: x }',
      'clusters:',
      '  production:',
      '    zeebe: { url: http://zeebe:9600/actuator }',
      '    timeout: soon',
      '    operat: x',
    ].join('\n'),
  );
  assert.deepEqual(
    lines.map((line) => /^c\.yaml:(\d+):/.exec(line)?.[1]),
    ['1', '4', '5', '6'],
  );
});
