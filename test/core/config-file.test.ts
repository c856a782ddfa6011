import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chooseCluster } from '../../core/config.ts';
import { loadConfig, parseConfig } from '../../core/config-file.ts';
import machine from '../../statemachine/backup.asl.json' with { type: 'json' };
import { failureOf, thrownBy } from './fakes.ts';

const ledger = 'ledger: { folder: ./ledger }\n';
const head = `${ledger}clusters:\n  production:\n`;
const zeebe = '    zeebe: { url: http://zeebe:9600 }\n';

async function mistakesIn(yaml: string): Promise<string[]> {
  const error = await thrownBy(() => parseConfig(yaml, 'c.yaml'));
  assert.equal(error.name, 'ConfigurationError');
  const [headline, ...lines] = error.message.split('\n');
  const count = lines.length === 1 ? 'a mistake' : `${lines.length} mistakes`;
  assert.equal(headline, `c.yaml has ${count}:`);
  return lines.map((line) => line.trim());
}

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
      /^c\.yaml:2: colour is not a setting; known here: ledger, deployment, clusters \(and what begins with x-, for anchors\)$/,
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
    says: ['c.yaml:5: clusters.production.patience is no time at all: 1s is the shortest; for example: 5m'],
  },
  {
    what: 'username without password',
    yaml: `${head}    zeebe: { url: http://zeebe:9600, auth: { username: backup } }\n`,
    says: [
      'c.yaml:4: clusters.production.zeebe.auth needs either username and password, or apiKey alone; for example: { username: backup, password: { env: ES_PASSWORD } }',
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
const addresses: Record<string, string> = {
  'http://zeebe:9600/actuator/backups': 'has /actuator in its path, which is added here: end it before that',
  'http://::1:9600': 'has an IPv6 address without brackets: http://[::1]:9600 would be right for ::1',
  'http://zeebe:99999': 'has the port 99999, and the highest is 65535',
  'zeebe:9600': 'is not an http or https URL: http:// is missing before it',
  'camunda.example.com': 'is not an http or https URL: http:// is missing before it',
  'http://zeebe:9600?pretty': 'has a ? or a #: what is asked for is added behind the address',
  'ftp://zeebe': 'is not an http or https URL',
};

describe('an address is refused with what is wrong with it', () => {
  for (const [address, what] of Object.entries(addresses)) {
    test(address, async () => {
      assert.deepEqual(await mistakesIn(`${head}    zeebe: { url: "${address}" }\n`), [
        `c.yaml:4: clusters.production.zeebe.url ${what}; for example: http://camunda-zeebe-gateway:9600`,
      ]);
    });
  }

  test('an IPv6 address in brackets is right', () => {
    const { clusters } = parseConfig(`${head}    zeebe: { url: "http://[::1]:9600" }\n`, 'c.yaml');
    assert.equal(clusters['production']?.zeebe.url, 'http://[::1]:9600');
  });
});

describe('a variable is not expanded, and said to be none, once and in its place', () => {
  const says = (name: string) =>
    `is not expanded: this file knows no variables. Write the value itself, or for a secret { env: ${name} }`;
  const files: { where: string; yaml: string; expected: string[] }[] = [
    {
      where: 'in braces of YAML, which it breaks',
      yaml: `ledger: { folder: \${HOME}/ledger }\nclusters:\n  production:\n${zeebe}`,
      expected: [`c.yaml:1:19: \${HOME} ${says('HOME')}`],
    },
    {
      where: 'in quotes',
      yaml: `ledger: { folder: "\${HOME}/ledger" }\nclusters:\n  production:\n${zeebe}`,
      expected: [`c.yaml:1:20: \${HOME} ${says('HOME')}`],
    },
    {
      where: 'for a host, with a default',
      yaml: `${head}    zeebe:\n      url: http://\${ZEEBE_HOST:-zeebe}:9600\n`,
      expected: [`c.yaml:5:19: \${ZEEBE_HOST:-zeebe} ${says('ZEEBE_HOST')}`],
    },
    {
      where: 'as the name of a secret, one in each line',
      yaml: `${head}    zeebe: { url: http://zeebe:9600, auth: { username: \${U},\n      password: { env: "\${PW}" } } }\n`,
      expected: [`c.yaml:4:56: \${U} ${says('U')}`, `c.yaml:5:25: \${PW} ${says('PW')}`],
    },
    {
      where: 'without braces',
      yaml: `ledger: { folder: $HOME/ledger }\nclusters:\n  production:\n${zeebe}`,
      expected: [`c.yaml:1:19: $HOME ${says('HOME')}`],
    },
    {
      where: 'beside an older mistake',
      yaml: `a: [\nb: \${X}\n`,
      expected: ['c.yaml:2:1: this is no YAML', `c.yaml:2:4: \${X} ${says('X')}`],
    },
  ];
  for (const { where, yaml, expected } of files) {
    test(where, async () => {
      const lines = await mistakesIn(yaml);
      assert.equal(lines.length, expected.length, lines.join('\n'));
      for (const [index, line] of expected.entries()) assert.ok(lines[index]?.startsWith(line), lines[index]);
    });
  }

  test('a comment may show one, and a dollar within a value is none', () => {
    const yaml = `# \${HOME}\nledger: { folder: ./a$b } # as \${HOME}\nclusters:\n  production:\n${zeebe}`;
    assert.equal(parseConfig(yaml, 'c.yaml').ledger.folder, path.resolve('a$b'));
  });

  test('nor is the home folder', async () => {
    const [line = ''] = await mistakesIn(`ledger: { folder: ~/ledger }\nclusters:\n  production:\n${zeebe}`);
    assert.match(
      line,
      /^c\.yaml:1: ledger\.folder begins with ~, which is not expanded: write the whole path/,
    );
  });
});

describe('what is no time that anybody would wait is refused with the reason', () => {
  const limits: Record<string, string> = {
    'timeout: 99999999999999d': 'timeout is longer than 14d, after which a run is ended',
    'patience: 15d': 'patience is longer than 14d, after which a run is ended',
    'maxPause: 15d': 'maxPause is longer than 14d, after which a run is ended',
    'maxAge: 367d': 'maxAge is longer than 366d',
    'schedules: [{ every: 367d }]': 'schedules.0.every is longer than 366d',
  };
  for (const [setting, says] of Object.entries(limits)) {
    test(setting, async () => {
      const [line = ''] = await mistakesIn(`${head}${zeebe}    ${setting}\n`);
      assert.ok(line.startsWith(`c.yaml:5: clusters.production.${says}`), line);
    });
  }

  test('the longest is as long as the state machine runs', () => {
    const cluster = (timeout: string) =>
      parseConfig(`${head}${zeebe}    timeout: ${timeout}\n`, 'c.yaml').clusters['production'];
    assert.equal(cluster('14d')?.timeout, machine.TimeoutSeconds);
  });
});

test('what begins with x- is a place for anchors', () => {
  const yaml = `x-search: &search { engine: opensearch, url: http://os:9200, repository: camunda }
x-both: &both { patience: 7m, attempts: 1 }
${head}${zeebe}    <<: *both\n    search: *search\n    attempts: 3\n`;
  const { clusters } = parseConfig(yaml, 'c.yaml');
  assert.equal(clusters['production']?.search?.url, 'http://os:9200');
  assert.equal(clusters['production']?.patience, 420);
  assert.equal(clusters['production']?.attempts, 3);
});

test('of many mistakes twenty are said, and how many more there are', async () => {
  const many = Array.from({ length: 25 }, (_, index) => `    wrong${index}: 1\n`).join('');
  const error = await thrownBy(() => parseConfig(`${head}${zeebe}${many}`, 'c.yaml'));
  const [headline, ...lines] = error.message.split('\n');
  assert.equal(headline, 'c.yaml has 25 mistakes:');
  assert.equal(lines.length, 21);
  assert.equal(lines.at(-1), '  and 5 more');
});

test('a file that is no text is said to be none', async () => {
  assert.deepEqual(await mistakesIn('PK\u0003\u0004\0\0'), ['c.yaml:1:1: this file is no text']);
});

test('a tab and a second document are told in words, at the line and column that editors jump to', async () => {
  assert.deepEqual(await mistakesIn('ledger:\n\t folder: x\n'), [
    'c.yaml:2:1: this line is indented with a tab: write spaces',
  ]);
  const [line = ''] = await mistakesIn(`${head}${zeebe}---\na: 1\n`);
  assert.equal(line, 'c.yaml:5:1: a second document (---) begins here, and only one is read');
});

test('what YAML says of a line with a password does not repeat the line', async () => {
  const [line = ''] = await mistakesIn(`${head}    zeebe: {password: hunter2: x\n`);
  assert.doesNotMatch(line, /hunter2/);
});

describe('a mistake is said with its line, its path and what would be right', () => {
  for (const { what, yaml, says } of mistakes) {
    test(what, async () => {
      const lines = await mistakesIn(yaml);
      assert.equal(lines.length, says.length, lines.join('\n'));
      for (const [index, line] of says.entries()) {
        if (typeof line === 'string') assert.equal(lines[index], line);
        else assert.match(lines[index] ?? '', line);
      }
    });
  }
});

test('several mistakes are all said at once, each with its own line, from the top', async () => {
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

test('a password in the file is refused and not repeated', async () => {
  const [line = ''] = await mistakesIn(
    `${head}    zeebe:\n      url: http://zeebe:9600\n      auth:\n        username: backup\n        password: hunter2\n`,
  );
  assert.match(line, /^c\.yaml:8: clusters\.production\.zeebe\.auth\.password /);
  assert.match(line, /; for example: \{ env: ES_PASSWORD \}/);
  assert.doesNotMatch(line, /hunter2/);
});

for (const credentials of ['backup:hunter2', ':hunter2', 'hunter2']) {
  test(`credentials in a URL (${credentials}@) are refused and not repeated`, async () => {
    const [line = ''] = await mistakesIn(`${head}    zeebe: { url: "http://${credentials}@zeebe:9600" }\n`);
    assert.match(line, /zeebe\.url carries credentials, which belong into `auth`/);
    assert.doesNotMatch(line, /hunter2/);
  });
}

test('what is no YAML is a ConfigurationError that names the place', async () => {
  const error = await thrownBy(() => parseConfig('ledger: { folder: x\nclusters: [', 'c.yaml'));
  assert.equal(error.name, 'ConfigurationError');
  assert.match(error.message, /^ {2}c\.yaml:2:1: this is no YAML: /m);
});

test('an alias without its anchor is a ConfigurationError', async () => {
  const error = await thrownBy(() => parseConfig('ledger: *x\n', 'c.yaml'));
  assert.equal(error.name, 'ConfigurationError');
  assert.match(error.message, /^c\.yaml has a mistake:\n {2}c\.yaml:1:9: .*x has no anchor/);
});

test('a setting that is there twice is a mistake', async () => {
  const error = await thrownBy(() => parseConfig('ledger: { folder: x }\nledger: { folder: y }\n', 'c.yaml'));
  assert.equal(error.name, 'ConfigurationError');
  assert.match(error.message, /c\.yaml:2:1: the setting `ledger` is there twice/);
  const quoted = await mistakesIn('ledger: { folder: x }\nclusters: { "a b": {}, "a b": {} }\n');
  assert.deepEqual(quoted, ['c.yaml:2:24: the setting `a b` is there twice']);
});

describe('what is right is read', () => {
  const read = (yaml: string) => parseConfig(yaml, 'c.yaml').clusters['production'];

  test('the smallest configuration, with its defaults', () => {
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

  test('8.7: Operate, Tasklist, Optimize and the records', () => {
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

  test('8.8: web applications on the same address as Zeebe', () => {
    const cluster = read(`${head}${zeebe}    webApplications: { url: http://zeebe:9600 }\n`);
    assert.equal(cluster?.webApplications?.url, 'http://zeebe:9600');
  });

  test('every setting', () => {
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

  test('a prefix of one letter', () => {
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
    test(`${text} is ${seconds} seconds`, () => {
      assert.equal(read(`${head}${zeebe}    timeout: ${text}\n`)?.timeout, seconds);
    });
  }
});

describe('a cluster is chosen', () => {
  const several = parseConfig(
    `${ledger}clusters:\n  first: { zeebe: { url: http://a:9600 } }\n  second: { zeebe: { url: http://b:9600 } }\n`,
    'c.yaml',
  );

  test('by its name', () => {
    assert.equal(chooseCluster(several, 'second').cluster.zeebe.url, 'http://b:9600');
  });

  test('without a name where there is one', () => {
    assert.equal(chooseCluster(parseConfig(`${head}${zeebe}`, 'c.yaml'), undefined).name, 'production');
  });

  test('never by chance where there are several', async () => {
    const error = await thrownBy(() => chooseCluster(several, undefined));
    assert.equal(error.name, 'ConfigurationError');
    assert.match(error.message, /There are several clusters: first, second/);
    assert.match(error.remedy ?? '', /--cluster/);
  });

  test('that does not exist is a mistake that names those that do', async () => {
    const error = await thrownBy(() => chooseCluster(several, 'third'));
    assert.equal(error.name, 'ConfigurationError');
    assert.match(error.message, /no cluster third; there are: first, second/);
    assert.equal(error.remedy, 'Name one with --cluster.');
    const mistyped = await thrownBy(() => chooseCluster(several, 'fisrt'));
    assert.equal(mistyped.remedy, 'Name one with --cluster. Did you mean first?');
  });

  for (const name of ['constructor', '__proto__', 'toString', '']) {
    test(`is not found under ${JSON.stringify(name)}, which is no setting of anybody`, async () => {
      assert.equal((await thrownBy(() => chooseCluster(several, name))).name, 'ConfigurationError');
    });
  }
});

test('a relative folder of the ledger is beside the file that names it, wherever somebody stands', () => {
  const folderIn = (folder: string, file: string) =>
    parseConfig(`ledger: { folder: ${folder} }\nclusters:\n  production:\n${zeebe}`, file).ledger.folder;
  assert.equal(folderIn('./books', '/etc/camunda/backup.yaml'), '/etc/camunda/books');
  assert.equal(folderIn('../books', 'there/backup.yaml'), path.resolve('books'));
  assert.equal(folderIn('/var/books', '/etc/camunda/backup.yaml'), '/var/books');
});

describe('a configuration file', () => {
  test('that is not there is a mistake with a way out', async () => {
    const error = await failureOf(loadConfig('no-such-file.yaml'));
    assert.equal(error.name, 'ConfigurationError');
    assert.equal(
      error.message,
      `The configuration no-such-file.yaml cannot be read: no-such-file.yaml is not in ${process.cwd()}`,
    );
    assert.match(error.remedy ?? '', /^Correct the name, .*-f FILE.*: camunda-backup\.example\.yaml\./);
  });

  test('that is not there under its usual name is told to be made from the example', async () => {
    const error = await failureOf(loadConfig(path.resolve('core/camunda-backup.yaml')));
    assert.match(error.message, /: camunda-backup\.yaml is not in .*core$/);
    assert.match(error.remedy ?? '', /^Copy camunda-backup\.example\.yaml to camunda-backup\.yaml, or name/);
  });

  test('in a folder that is not there is told by the folder', async () => {
    const error = await failureOf(loadConfig('/no-such-folder/backup.yaml'));
    assert.match(error.message, /: there is no folder \/no-such-folder$/);
    assert.match(error.remedy ?? '', /^Correct the path/);
  });

  test('that is a folder is told as it is', async () => {
    const error = await failureOf(loadConfig('core'));
    assert.match(error.message, /cannot be read: EISDIR/);
    assert.match(error.remedy ?? '', /^Make it readable/);
  });

  test('is named in its mistakes', async () => {
    const file = fileURLToPath(import.meta.url);
    const error = await failureOf(loadConfig(file));
    assert.equal(error.name, 'ConfigurationError');
    assert(error.message.startsWith(file));
  });
});
