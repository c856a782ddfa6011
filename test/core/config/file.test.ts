import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from '@jest/globals';
import { loadConfig, parseConfig } from '../../../core/config/file.ts';
import { chooseCluster } from '../../../core/config/schema.ts';
import { namingCluster, namingFile } from '../../../deployment/commands.ts';
import { failureOf, thrownBy } from '../fakes.ts';
import { head, ledger, mistakesIn, zeebe } from './world.ts';

test('What begins with x- is a place for anchors', () => {
  const yaml = `x-search: &search { engine: opensearch, url: http://os:9200, repository: camunda }
x-both: &both { patience: 7m, attempts: 1 }
${head}${zeebe}    <<: *both\n    search: *search\n    attempts: 3\n`;
  const { clusters } = parseConfig(yaml, 'c.yaml');
  assert.equal(clusters['production']?.search?.url, 'http://os:9200');
  assert.equal(clusters['production']?.patience, 420);
  assert.equal(clusters['production']?.attempts, 3);
});

test('Of many mistakes twenty are said, and how many more there are', async () => {
  const many = Array.from({ length: 25 }, (_, index) => `    wrong${index}: 1\n`).join('');
  const error = await thrownBy(() => parseConfig(`${head}${zeebe}${many}`, 'c.yaml'));
  const [headline, ...lines] = error.message.split('\n');
  assert.equal(headline, 'c.yaml has 25 mistakes:');
  assert.equal(lines.length, 21);
  assert.equal(lines.at(-1), '  and 5 more');
});

test('A configuration that is no text is said to be none', async () => {
  assert.deepEqual(await mistakesIn('PK\u0003\u0004\0\0'), ['c.yaml:1:1: this is not a text file']);
});

test('A tab and a second document are told in words, at the line and column that editors jump to', async () => {
  assert.deepEqual(await mistakesIn('ledger:\n\t folder: x\n'), [
    'c.yaml:2:1: this line is indented with a tab: write spaces',
  ]);
  const [line = ''] = await mistakesIn(`${head}${zeebe}---\na: 1\n`);
  assert.equal(line, 'c.yaml:5:1: a second document (---) begins here, and only one is read');
});

test('What YAML says of a line with a password does not repeat the line', async () => {
  const [line = ''] = await mistakesIn(`${head}    zeebe: {password: hunter2: x\n`);
  assert.doesNotMatch(line, /hunter2/);
});

test('A password in the file is refused and not repeated', async () => {
  const [line = ''] = await mistakesIn(
    `${head}    zeebe:\n      url: http://zeebe:9600\n      auth:\n        username: backup\n        password: hunter2\n`,
  );
  assert.match(line, /^c\.yaml:8: clusters\.production\.zeebe\.auth\.password /);
  assert.match(line, /; for example: \{ env: ES_PASSWORD \}/);
  assert.doesNotMatch(line, /hunter2/);
});

for (const credentials of ['backup:hunter2', ':hunter2', 'hunter2']) {
  test(`Credentials in a URL (${credentials}@) are refused and not repeated`, async () => {
    const [line = ''] = await mistakesIn(`${head}    zeebe: { url: "http://${credentials}@zeebe:9600" }\n`);
    assert.match(line, /zeebe\.url contains credentials; move them to `auth`/);
    assert.doesNotMatch(line, /hunter2/);
  });
}

test('A configuration that is no YAML is a ConfigurationError that names the place', async () => {
  const error = await thrownBy(() => parseConfig('ledger: { folder: x\nclusters: [', 'c.yaml'));
  assert.equal(error.name, 'ConfigurationError');
  assert.match(error.message, /^ {2}c\.yaml:2:1: this is not valid YAML: /m);
});

test('An alias without its anchor is a ConfigurationError', async () => {
  const error = await thrownBy(() => parseConfig('ledger: *x\n', 'c.yaml'));
  assert.equal(error.name, 'ConfigurationError');
  assert.match(error.message, /^c\.yaml has a mistake:\n {2}c\.yaml:1:9: .*x has no anchor/);
});

test('A setting that is there twice is a mistake', async () => {
  const error = await thrownBy(() => parseConfig('ledger: { folder: x }\nledger: { folder: y }\n', 'c.yaml'));
  assert.equal(error.name, 'ConfigurationError');
  assert.match(error.message, /c\.yaml:2:1: the setting `ledger` is there twice/);
  const quoted = await mistakesIn('ledger: { folder: x }\nclusters: { "a b": {}, "a b": {} }\n');
  assert.deepEqual(quoted, ['c.yaml:2:24: the setting `a b` is there twice']);
});

describe('A configuration that is right', () => {
  const read = (yaml: string) => parseConfig(yaml, 'c.yaml').clusters['production'];

  test('The smallest configuration is read with its defaults', () => {
    const config = parseConfig(`${head}${zeebe}`, 'c.yaml');
    assert.deepEqual(config.ledger, { folder: path.resolve('ledger') });
    const cluster = config.clusters['production'];
    assert.deepEqual(cluster?.zeebe, { url: 'http://zeebe:9600' });
    assert.equal(cluster.timeout, 24 * 3600);
    assert.equal(cluster.patience, 300);
    assert.equal(cluster.attempts, 2);
    assert.equal(cluster.records, undefined);
    assert.equal(cluster.maxExporterLag, 100_000);
    const { exporters, coverage, ...checks } = cluster.checks;
    assert.deepEqual([exporters, coverage], ['warn', 'warn']);
    assert.deepEqual(new Set(Object.values(checks)), new Set(['refuse']));
  });

  test('A configuration of 8.7 is read with Operate, Tasklist, Optimize and the records', () => {
    const cluster = read(`${head}${zeebe}
    version: "8.7.2"
    operate: { url: http://operate:9600 }
    tasklist: { url: http://tasklist:9600 }
    optimize: { url: http://optimize:8092 }
    search: { engine: elasticsearch, url: http://es:9200, repository: camunda }
    records: {}
`);
    assert.equal(cluster?.version, '8.7.2');
    assert.deepEqual(cluster.records, { indexPrefix: 'zeebe-record' });
  });

  test('The web applications of 8.8 may have the same address as Zeebe', () => {
    const cluster = read(`${head}${zeebe}    webApplications: { url: http://zeebe:9600 }\n`);
    assert.equal(cluster?.webApplications?.url, 'http://zeebe:9600');
  });

  test('Every setting of a configuration is read', () => {
    const yaml = `
ledger:
  s3: { bucket: my-backups, prefix: camunda/ledger, region: eu-central-1, endpoint: http://minio:9000/ }
clusters:
  production:
    version: "8.8.0-alpha3"
    zeebe:
      url: https://zeebe.example.org/base/
      auth: { username: backup, password: { env: ZEEBE_PASSWORD } }
      brokers: [http://zeebe-0:9600, http://zeebe-1:9600/]
      rest: { url: http://zeebe:8080/base/, auth: { username: backup, password: { env: REST_PASSWORD } } }
    webApplications: { url: http://zeebe:9600, auth: { apiKey: { env: KEY } } }
    optimize: { url: http://optimize:8092 }
    search:
      engine: opensearch
      url: https://search:9200
      repository: camunda
      auth: { username: backup, password: { env: SEARCH_PASSWORD } }
    records: { indexPrefix: custom-record }
    timeout: 2d
    patience: 90s
    attempts: 1
    maxExporterLag: 5000
    checks: { brokers: warn, exporterLag: refuse }
`;
    const { ledger, clusters } = parseConfig(yaml, 'c.yaml');
    assert.equal(ledger.s3?.endpoint, 'http://minio:9000');
    const cluster = clusters['production'];
    assert.equal(cluster?.zeebe.url, 'https://zeebe.example.org/base');
    assert.deepEqual(cluster.zeebe.brokers, ['http://zeebe-0:9600', 'http://zeebe-1:9600']);
    assert.deepEqual(cluster.webApplications?.auth, { apiKey: { env: 'KEY' } });
    assert.equal(cluster.records?.indexPrefix, 'custom-record');
    assert.equal(cluster.timeout, 172_800);
    assert.equal(cluster.patience, 90);
    assert.equal(cluster.attempts, 1);
    assert.equal(cluster.zeebe.rest?.url, 'http://zeebe:8080/base');
    assert.equal(cluster.maxExporterLag, 5000);
    assert.equal(cluster.checks.brokers, 'warn');
    assert.equal(cluster.checks.exporterLag, 'refuse');
    assert.equal(cluster.checks.records, 'refuse');
  });

  test('A prefix of one letter is read', () => {
    const yaml = `ledger: { s3: { bucket: b, prefix: x } }\nclusters:\n  production:\n${zeebe}`;
    assert.equal(parseConfig(yaml, 'c.yaml').ledger.s3?.prefix, 'x');
  });

  for (const { text, seconds } of [
    { text: '1s', seconds: 1 },
    { text: '90s', seconds: 90 },
    { text: '5m', seconds: 300 },
    { text: '12h', seconds: 43_200 },
    { text: '2d', seconds: 172_800 },
  ] as const) {
    test(`A time of ${text} is read as ${seconds} seconds`, () => {
      assert.equal(read(`${head}${zeebe}    timeout: ${text}\n`)?.timeout, seconds);
    });
  }
});

describe('The choice of a cluster', () => {
  const several = parseConfig(
    `${ledger}clusters:\n  first: { zeebe: { url: http://a:9600 } }\n  second: { zeebe: { url: http://b:9600 } }\n`,
    'c.yaml',
  );

  test('A cluster is chosen by its name', () => {
    assert.equal(chooseCluster(several, 'second').cluster.zeebe.url, 'http://b:9600');
  });

  test('A cluster is chosen without a name where there is one', () => {
    assert.equal(chooseCluster(parseConfig(`${head}${zeebe}`, 'c.yaml'), undefined).name, 'production');
  });

  test('A cluster is never chosen by chance where there are several', async () => {
    const error = await thrownBy(() => chooseCluster(several, undefined, namingCluster));
    assert.equal(error.name, 'ConfigurationError');
    assert.match(error.message, /There are several clusters: first, second/);
    assert.match(error.remedy ?? '', /--cluster/);
  });

  test('A cluster that does not exist is a mistake that names those that do', async () => {
    const error = await thrownBy(() => chooseCluster(several, 'third', namingCluster));
    assert.equal(error.name, 'ConfigurationError');
    assert.match(error.message, /no cluster third; there are: first, second/);
    assert.equal(error.remedy, 'Name one with --cluster.');
    const mistyped = await thrownBy(() => chooseCluster(several, 'fisrt', namingCluster));
    assert.equal(mistyped.remedy, 'Name one with --cluster. Did you mean first?');
  });

  for (const name of ['constructor', '__proto__', 'toString', '']) {
    test(`A cluster is not found under ${JSON.stringify(name)}, which is no setting of anybody`, async () => {
      assert.equal((await thrownBy(() => chooseCluster(several, name))).name, 'ConfigurationError');
    });
  }
});

test("A relative folder of Zeebe's backup store begins where the file is, and a store in S3 stays as it is", () => {
  const storeIn = (store: string) =>
    parseConfig(`${head}    zeebe: { url: http://zeebe:9600, store: ${store} }\n`, '/etc/camunda/backup.yaml')
      .clusters['production']?.zeebe.store;
  assert.deepEqual(storeIn('{ folder: ./store }'), { folder: '/etc/camunda/store' });
  assert.deepEqual(storeIn('{ folder: /store }'), { folder: '/store' });
  assert.deepEqual(storeIn('{ s3: { bucket: b } }'), { s3: { bucket: 'b' } });
});

test('A relative folder of the ledger is beside the file that names it, wherever somebody stands', () => {
  const folderIn = (folder: string, file: string) =>
    parseConfig(`ledger: { folder: ${folder} }\nclusters:\n  production:\n${zeebe}`, file).ledger.folder;
  assert.equal(folderIn('./books', '/etc/camunda/backup.yaml'), '/etc/camunda/books');
  assert.equal(folderIn('../books', 'there/backup.yaml'), path.resolve('books'));
  assert.equal(folderIn('/var/books', '/etc/camunda/backup.yaml'), '/var/books');
});

describe('The file of a configuration', () => {
  test('A configuration file that is not there is a mistake with a way out', async () => {
    const error = await failureOf(loadConfig('no-such-file.yaml', { namingFile }));
    assert.equal(error.name, 'ConfigurationError');
    assert.equal(
      error.message,
      `The configuration no-such-file.yaml cannot be read: no-such-file.yaml is not in ${process.cwd()}`,
    );
    assert.match(error.remedy ?? '', /^Correct the name, .*-f FILE.*: camunda-backup\.example\.yaml\./);
  });

  test('A file that is missing under its usual name is told to be made from the example', async () => {
    const error = await failureOf(loadConfig(path.resolve('core/camunda-backup.yaml'), { namingFile }));
    assert.match(error.message, /: camunda-backup\.yaml is not in .*core$/);
    assert.match(error.remedy ?? '', /^Copy camunda-backup\.example\.yaml to camunda-backup\.yaml, or name/);
  });

  test('A file in a folder that is not there is told by the folder', async () => {
    const error = await failureOf(loadConfig('/no-such-folder/backup.yaml'));
    assert.match(error.message, /: there is no folder \/no-such-folder$/);
    assert.match(error.remedy ?? '', /^Correct the path/);
  });

  test('A configuration file that is a folder is told as it is', async () => {
    const error = await failureOf(loadConfig('core'));
    assert.match(error.message, /cannot be read: EISDIR/);
    assert.match(error.remedy ?? '', /^Make it readable/);
  });

  test('A configuration file is named in its mistakes', async () => {
    const file = fileURLToPath(import.meta.url);
    const error = await failureOf(loadConfig(file));
    assert.equal(error.name, 'ConfigurationError');
    assert(error.message.startsWith(file));
  });
});
