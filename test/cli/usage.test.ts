import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { transform } from 'esbuild';
import { type Command, callCommandLine, camundaBackup } from '../support/command.ts';
import { typed } from '../support/shell.ts';
import { assertCode, bench, foreignLock } from './harness.ts';

/** No stack traces for a user's mistake, and JSON whatever happened. */
async function refused(command: Command, says: RegExp) {
  const ended = await command.ended;
  assertCode(ended, 2);
  assert.match(ended.stderr, says);
  assert.doesNotMatch(ended.stderr, /^\s+at .*:\d+/m, 'a stack trace');
  return ended;
}

async function refusedInJson(command: Command, says: RegExp) {
  const ended = await refused(command, says);
  const result = ended.json();
  assert.equal(result.state, 'FAILED');
  assert.equal(result.backupId, null);
  assert.equal(result.pausedSeconds, null);
  assert.match(result.failure?.message ?? '', says);
  return result;
}

describe('Wrong use', () => {
  test('Every mistake of a configuration is named at once, each with its line', async () => {
    const on = await bench();
    await writeFile(
      on.configFile,
      `ledger: {}
clusters:
  test:
    zeebe:
      url: camunda:9600
    optimise:
      url: http://optimize:8092
    patience: 5 minutes
`,
    );
    const { failure } = await refusedInJson(on.run(), /has 4 mistakes/);
    const message = failure?.message ?? '';
    assert.match(message, /camunda-backup\.yaml:1: ledger needs either `folder` or `s3`/);
    assert.match(message, /camunda-backup\.yaml:5: clusters\.test\.zeebe\.url is not an http or https URL/);
    assert.match(message, /camunda-backup\.yaml:\d: clusters\.test\.optimise .*did you mean optimize\?/);
    assert.match(message, /camunda-backup\.yaml:8: clusters\.test\.patience is not a duration/);
    assert.equal(failure?.error, 'ConfigurationError');
    await refused(on.repair(), /has 4 mistakes/);
    assert.deepEqual(on.simulator.calls(), []);
  });

  test('A configuration that is no YAML is refused', async () => {
    const on = await bench();
    await writeFile(on.configFile, 'ledger: {folder: [\nclusters');
    await refusedInJson(on.run(), /camunda-backup\.yaml has .*mistake/);
  });

  test('A configuration that is not there is refused, with how to name one', async () => {
    const on = await bench();
    const file = join(on.folder, 'nowhere.yaml');
    const result = await refusedInJson(on.run('--config', file), /nowhere\.yaml cannot be read/);
    assert.match(result.failure?.remedy ?? '', /^Correct the name, .*-f FILE/);
  });

  test('An unknown cluster is refused, and those that are known are named', async () => {
    const on = await bench();
    const result = await refusedInJson(on.run('--cluster', 'prod'), /There is no cluster prod.*: test/);
    assert.equal(result.cluster, 'prod');
  });

  test('A run is refused where several clusters are configured and none is named', async () => {
    const on = await bench();
    const zeebe = { url: on.simulator.urls.zeebe };
    const clusters = { one: { zeebe }, two: { zeebe } };
    await writeFile(on.configFile, JSON.stringify({ ledger: { folder: on.folder }, clusters }));
    const { failure } = await refusedInJson(on.run(), /several clusters: one, two/);
    assert.match(failure?.remedy ?? '', /--cluster/);
  });

  test('An option that does not exist is refused, and one without its value too', async () => {
    const on = await bench();
    await refusedInJson(on.run('--clutser', 'test'), /unknown option '--clutser'/);
    await refusedInJson(on.run('--cluster'), /argument missing/);
  });

  test('A command that does not exist is refused', async () => {
    await refused(callCommandLine(['baikup']), /unknown command 'baikup'/);
  });

  for (const { word, meant } of [
    { word: 'backup', meant: /unknown command 'backup': did you mean run\?/ },
    { word: 'ls', meant: /unknown command 'ls': did you mean list\?/ },
    {
      word: 'restore',
      meant:
        /unknown command 'restore': this program does not restore backups\..* the documentation of Camunda says how to restore them/,
    },
  ]) {
    test(`The command "${word}", which other tools have, is refused with what to do instead`, async () => {
      const ended = await refused(callCommandLine([word, '--id', '7', '-h']), meant);
      assert.doesNotMatch((await callCommandLine(['--help']).ended).stdout, new RegExp(`^ +${word}\\b`, 'm'));
      assert.equal(ended.stdout, '');
    });
  }

  test('A mistake in the options of a command is refused with the command’s own help, which can be pasted', async () => {
    const { stderr } = await refused(callCommandLine(['status', '--clutser', 'x']), /unknown option/);
    const [, command = ''] = /^Try: (.* status --help)$/m.exec(stderr) ?? [];
    const { text } = await typed(command, { cwd: process.cwd() });
    assert.match(text, /^Usage: camunda-backup status /);
  });

  test('A word too many is refused', async () => {
    const on = await bench();
    await refusedInJson(on.run('test'), /too many arguments/);
  });

  for (const id of ['0', '1.5', '9007199254740991', '20260101120000123', '99999999999999999999']) {
    test(`The id ${id} is refused`, async () => {
      const on = await bench();
      await refusedInJson(on.run(`--id=${id}`), /whole number above 0 and below 9007199254740991/);
    });
  }

  test('An id that is not above every id in use is refused', async () => {
    const on = await bench();
    on.simulator.seedBackup('optimize', 500);
    const ended = await refused(on.run('--id', '499'), /499 is not above 500, which Optimize has/);
    assert.equal(ended.json().failure?.error, 'BackupIdRefused');
    assert.match(ended.stderr, /What to do: .*above 500/);
    await on.assertAllIsWell();
  });

  test('Secrets that are not set are named all at once', async () => {
    const auth = { username: 'backup', password: { env: 'NOT_SET_ONE' } };
    const restAuth = { username: 'backup', password: { env: 'NOT_SET_REST' } };
    const on = await bench({}, (cluster) => ({
      ...cluster,
      zeebe: { ...(cluster['zeebe'] as object), auth, rest: { url: 'http://rest', auth: restAuth } },
      search: { ...(cluster['search'] as object), auth: { apiKey: { env: 'NOT_SET_TWO' } } },
    }));
    const { failure, cluster, durationSeconds } = await refusedInJson(on.run(), /secret/);
    assert.equal(cluster, 'test');
    assert.equal(durationSeconds, Math.round(durationSeconds * 1000) / 1000);
    assert.equal(failure?.error, 'SecretUnavailable');
    assert.match(
      failure?.message ?? '',
      /^3 secrets cannot be used\. The first: .*NOT_SET_ONE is not set \(clusters\.test\.zeebe\.auth\.password\)$/m,
    );
    assert.match(
      failure?.message ?? '',
      /^ {2}- .*NOT_SET_TWO is not set \(clusters\.test\.search\.auth\.apiKey\)$/m,
    );
    assert.match(
      failure?.message ?? '',
      /^ {2}- .*NOT_SET_REST is not set \(clusters\.test\.zeebe\.rest\.auth\.password\)$/m,
    );
    assert.equal(failure?.message.match(/NOT_SET_ONE/g)?.length, 1);
    assert.match(failure?.remedy ?? '', /Set NOT_SET_ONE .* Set NOT_SET_REST .* Set NOT_SET_TWO /);
    assert.deepEqual(on.simulator.calls(), []);
  });

  // Case of a secret that was made from a file: without this, OpenSearch's client waits for twelve minutes.
  for (const { what, auth, secret, says, remedy } of [
    {
      what: 'An API key that ends in a line break',
      auth: { apiKey: { env: 'A_SECRET' } },
      secret: 'c2VjcmV0\n',
      says: /The environment variable A_SECRET ends in a line break/,
      remedy: /Set A_SECRET without it: printf/,
    },
    {
      what: 'A password that ends in a line break',
      auth: { username: 'backup', password: { env: 'A_SECRET' } },
      secret: 'hunter2\r\n',
      says: /The environment variable A_SECRET ends in a line break/,
      remedy: /Set A_SECRET without it: printf/,
    },
    {
      what: 'An API key that has a line break in it',
      auth: { apiKey: { env: 'A_SECRET' } },
      secret: 'c2Vj\ncmV0',
      says: /A_SECRET contains a line break/,
      remedy: /Set A_SECRET without it/,
    },
    {
      what: 'An API key of letters that no header takes',
      auth: { apiKey: { env: 'A_SECRET' } },
      secret: 'schlüssel\u2013eins',
      says: /A_SECRET is not an API key/,
      remedy: /Use the key as/,
    },
    {
      what: 'A password of blanks',
      auth: { username: 'backup', password: { env: 'A_SECRET' } },
      secret: '   ',
      says: /A_SECRET has nothing but blanks/,
      remedy: /Set A_SECRET where camunda-backup runs/,
    },
  ]) {
    test(`${what} is refused before anything is asked, by its name and never its value`, async () => {
      const on = await bench({ camunda: '8.7', components: { search: 'opensearch' } }, (cluster) => ({
        ...cluster,
        search: { ...(cluster['search'] as object), auth },
      }));
      const { failure } = await refusedInJson(on.call(['run', '--json'], { A_SECRET: secret }), says);
      assert.equal(failure?.error, 'SecretUnavailable');
      assert.match(failure?.message ?? '', /\(clusters\.test\.search\.auth\.(apiKey|password)\)$/);
      assert.match(failure?.remedy ?? '', remedy);
      assert.doesNotMatch(JSON.stringify(failure), /c2Vj|hunter2|schl/);
      assert.deepEqual(on.simulator.calls(), []);
      assert.equal(await on.lock(), undefined);
    });
  }

  test('The help is shown where no command is given', async () => {
    const ended = await callCommandLine([]).ended;
    assertCode(ended, 2);
    assert.match(ended.stderr, /Usage: camunda-backup/);
  });
});

describe('The configuration', () => {
  const missing = (name: string) => new RegExp(`The configuration ${name} cannot be read`);
  const env = { CAMUNDA_BACKUP_CONFIG: 'by-environment.yaml' };

  test('The configuration is the one that the environment names', async () => {
    await refused(callCommandLine(['status'], { env }), missing('by-environment.yaml'));
  });

  test('The configuration is the one of the flag, whatever the environment names', async () => {
    await refused(callCommandLine(['status', '-f', 'by-flag.yaml'], { env }), missing('by-flag.yaml'));
  });

  test('The configuration is the usual one where the environment names none', async () => {
    const { folder: cwd, configFile } = await bench();
    await rm(configFile);
    const ended = await refused(
      callCommandLine(['status'], { cwd, env: { CAMUNDA_BACKUP_CONFIG: '' } }),
      missing('camunda-backup.yaml'),
    );
    assert.match(ended.stderr, /What to do: .*-f FILE.*CAMUNDA_BACKUP_CONFIG/);
  });

  test('The configuration of the environment is named in what is printed to be typed', async () => {
    const on = await bench();
    await on.ledger.acquire(foreignLock({ owner: { kind: 'process', host: 'elsewhere', pid: 1 } }));
    const { stdout } = await callCommandLine(['status'], {
      cwd: on.folder,
      env: { CAMUNDA_BACKUP_CONFIG: on.configFile },
    }).ended;
    assert.ok(stdout.includes(`repair -f ${on.configFile} --force`), stdout);
  });
});

describe('A Node that is too old', () => {
  test('A Node that is too old says so in one sentence, before anything else', async () => {
    const source = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`;
    const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(source)}`;
    const ended = await camundaBackup(['run', '--json'], { env: { NODE_OPTIONS } }).ended;
    assertCode(ended, 2);
    assert.match(ended.stderr, /^camunda-backup needs Node 22 or later, and this is Node 20\.20\.2 \(.*\n$/);
  });

  test('A Node that is too old understands the files that it reads before it says so', async () => {
    const dist = new URL('../../dist/cli/main.js', import.meta.url);
    const first = await readFile(dist, 'utf8');
    const imported = [...first.matchAll(/^} from "(.*)";$|^import "(.*)";$/gm)].map(
      ([, a, b]) => a ?? b ?? '',
    );
    assert.notDeepEqual(imported, []);
    const files = [
      first,
      ...(await Promise.all(imported.map((file) => readFile(new URL(file, dist), 'utf8')))),
    ];
    for (const file of files) {
      const [old, now] = await Promise.all([
        transform(file, { target: 'node12.20' }),
        transform(file, { target: 'esnext' }),
      ]);
      assert.equal(old.code, now.code);
    }
  });
});

test('`run --help` names the exit codes', async () => {
  const ended = await callCommandLine(['run', '--help']).ended;
  assertCode(ended, 0);
  assert.match(ended.stdout, /Exit codes: 0 done; 1 the backup failed/);
});
