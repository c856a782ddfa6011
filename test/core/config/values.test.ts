import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from '@jest/globals';
import { parseConfig } from '../../../core/config/file.ts';
import machine from '../../../statemachine/backup.asl.json' with { type: 'json' };
import { head, mistakesIn, zeebe } from './world.ts';

const addresses: Record<string, string> = {
  'http://zeebe:9600/actuator/backups': 'has /actuator in its path, which is added here: end it before that',
  'http://::1:9600': 'has an IPv6 address without brackets: http://[::1]:9600 would be right for ::1',
  'http://zeebe:99999': 'has the port 99999, and the highest is 65535',
  'zeebe:9600': 'is not an http or https URL: http:// is missing before it',
  'camunda.example.com': 'is not an http or https URL: http:// is missing before it',
  'http://zeebe:9600?pretty': 'has a ? or a #: each request adds its own path to the address',
  'ftp://zeebe': 'is not an http or https URL',
};

describe('An address in the configuration', () => {
  for (const [address, what] of Object.entries(addresses)) {
    test(`The address ${address} is refused with what is wrong with it`, async () => {
      assert.deepEqual(await mistakesIn(`${head}    zeebe: { url: "${address}" }\n`), [
        `c.yaml:4: clusters.production.zeebe.url ${what}; for example: http://camunda-zeebe-gateway:9600`,
      ]);
    });
  }

  test('An IPv6 address in brackets is right', () => {
    const { clusters } = parseConfig(`${head}    zeebe: { url: "http://[::1]:9600" }\n`, 'c.yaml');
    assert.equal(clusters['production']?.zeebe.url, 'http://[::1]:9600');
  });
});

describe('The webhook in the configuration', () => {
  const webhook = (url: string, secret = '{ env: KEY }') =>
    `${head}${zeebe}notify: { webhook: { url: "${url}", secret: ${secret} } }\n`;
  const mistakes = async (yaml: string) =>
    (await mistakesIn(yaml)).map((one) =>
      one.replace(/^.*notify\.webhook\./, '').replace(/; for example.*$/, ''),
    );

  test('Its address is called as it is written, to the last slash, and its key may be in a file', () => {
    const { notify } = parseConfig(webhook('https://alerts.example.com/camunda/', '{ file: key }'), 'c.yaml');
    assert.deepEqual(notify?.webhook, {
      url: 'https://alerts.example.com/camunda/',
      secret: { file: 'key' },
    });
  });

  const inLogs =
    'has credentials, a ? or a # in it: the address appears in logs, so let the receiver check the signature instead';
  for (const { what, url = 'https://alerts.example.com', secret, says } of [
    {
      what: 'with a password in its address',
      url: 'https://me:hunter2@alerts.example.com',
      says: `url ${inLogs}`,
    },
    {
      what: 'with a token in its address',
      url: 'https://alerts.example.com/?token=hunter2',
      says: `url ${inLogs}`,
    },
    { what: 'at another protocol', url: 'ftp://alerts.example.com', says: 'url is not an http or https URL' },
    {
      what: 'with its key in the file',
      secret: 'hunter2',
      says: 'secret names no secret: secrets are named in this file, never written into it',
    },
  ]) {
    test(`A webhook ${what} is refused, without what may be secret`, async () => {
      assert.deepEqual(await mistakes(webhook(url, secret)), [says]);
    });
  }

  test('A webhook without a key is refused, because anybody could forge its alerts', async () => {
    const yaml = `${head}${zeebe}notify: { webhook: { url: https://alerts.example.com } }\n`;
    assert.match((await mistakesIn(yaml)).join(), /notify\.webhook\.secret .*for example: \{ env: /);
  });
});

describe('A variable in the configuration', () => {
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
      expected: ['c.yaml:2:1: this is not valid YAML', `c.yaml:2:4: \${X} ${says('X')}`],
    },
  ];
  for (const { where, yaml, expected } of files) {
    test(`A variable ${where} is not expanded, and said to be none in its place`, async () => {
      const lines = await mistakesIn(yaml);
      assert.equal(lines.length, expected.length, lines.join('\n'));
      for (const [index, line] of expected.entries()) assert.ok(lines[index]?.startsWith(line), lines[index]);
    });
  }

  test('A variable may stand in a comment, and a dollar within a value is none', () => {
    const yaml = `# \${HOME}\nledger: { folder: ./a$b } # as \${HOME}\nclusters:\n  production:\n${zeebe}`;
    assert.equal(parseConfig(yaml, 'c.yaml').ledger.folder, path.resolve('a$b'));
  });

  test('The home folder ~ is not expanded, and said not to be', async () => {
    const [line = ''] = await mistakesIn(`ledger: { folder: ~/ledger }\nclusters:\n  production:\n${zeebe}`);
    assert.match(
      line,
      /^c\.yaml:1: ledger\.folder begins with ~, which is not expanded: write the whole path/,
    );
  });
});

describe('A time that nobody would wait', () => {
  const limits: Record<string, string> = {
    'timeout: 99999999999999d': 'timeout is longer than 14d, after which the state machine ends a run',
    'patience: 15d': 'patience is longer than 14d, after which the state machine ends a run',
    'maxPause: 15d': 'maxPause is longer than 14d, after which the state machine ends a run',
    'maxAge: 367d': 'maxAge is longer than 366d',
    'schedules: [{ every: 367d }]': 'schedules.0.every is longer than 366d',
  };
  for (const [setting, says] of Object.entries(limits)) {
    test(`The setting ${setting} is refused because it is longer than anybody waits`, async () => {
      const [line = ''] = await mistakesIn(`${head}${zeebe}    ${setting}\n`);
      assert.ok(line.startsWith(`c.yaml:5: clusters.production.${says}`), line);
    });
  }

  test('The longest timeout is as long as the state machine runs', () => {
    const cluster = (timeout: string) =>
      parseConfig(`${head}${zeebe}    timeout: ${timeout}\n`, 'c.yaml').clusters['production'];
    assert.equal(cluster('14d')?.timeout, machine.TimeoutSeconds);
  });
});
