import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { callCommandLine } from '../support/command.ts';

const run = [
  'format',
  'backupId',
  'cluster',
  'state',
  'durationSeconds',
  'pausedSeconds',
  'components',
  'manifest',
  'failure',
  'warnings',
];
/** The keys of each command's object, and what says that it did not work. */
const objects: Record<string, { keys: string[]; says: Record<string, unknown> }> = {
  run: { keys: run, says: { state: 'FAILED', backupId: null, pausedSeconds: null } },
  demo: { keys: run, says: { state: 'FAILED', backupId: null, pausedSeconds: null } },
  watch: { keys: [...run, 'execution'], says: { state: 'UNKNOWN', execution: null } },
  status: {
    keys: ['format', 'ok', 'cluster', 'clusters', 'failure'],
    says: { ok: false, clusters: [] },
  },
  list: {
    keys: ['format', 'cluster', 'newestUsable', 'newestVerified', 'backups', 'more', 'sources', 'failure'],
    says: { newestUsable: null, backups: [] },
  },
  show: {
    keys: ['format', 'cluster', 'backup', 'sources', 'failure'],
    says: { backup: null, sources: [] },
  },
  verify: { keys: ['format', 'cluster', 'verifications', 'failure'], says: { verifications: [] } },
  metrics: { keys: ['format', 'clusters', 'failure'], says: { clusters: [] } },
  check: {
    keys: ['format', 'ok', 'cluster', 'findings', 'diagnosis', 'addresses', 'failure'],
    says: { ok: false, findings: [], diagnosis: [], addresses: [] },
  },
  'alert-test': {
    keys: ['format', 'ok', 'sent', 'webhook', 'stack', 'topic', 'by', 'confirmed', 'pending', 'failure'],
    says: { ok: false, sent: false },
  },
  watchdog: {
    keys: ['format', 'ok', 'cluster', 'clusters', 'failure'],
    says: { ok: false, clusters: [] },
  },
  repair: {
    keys: [
      'format',
      'cluster',
      'dryRun',
      'ok',
      'lock',
      'exporting',
      'orphans',
      'leftovers',
      'unknown',
      'problems',
    ],
    says: { ok: false, dryRun: false, lock: null },
  },
};

/** What a command cannot do without. */
const needed: Record<string, string[]> = {
  watch: ['--stack', 'backups'],
  show: ['--latest'],
  verify: ['--latest'],
};

type Answer = Record<string, unknown>;

async function answerOf(...args: string[]): Promise<Answer> {
  const ended = await callCommandLine([...args, '--json']).ended;
  assert.equal(ended.code, 2, ended.stderr);
  assert.equal(ended.stdout.trim().split('\n').length, 1, ended.stdout);
  return JSON.parse(ended.stdout);
}

const failureIn = ({ failure, problems }: Answer) => failure ?? (problems as unknown[] | undefined)?.[0];

describe('--json', () => {
  test('Each command that has --json is tested here for what it answers to a mistake', async () => {
    const help = async (...args: string[]) => (await callCommandLine([...args, '--help']).ended).stdout;
    const commands = [...(await help()).matchAll(/^ {2}([a-z-]+) .*/gm)].map(([, name]) => name ?? '');
    assert(commands.includes('run'));
    const withJson = [];
    for (const name of commands) {
      if (name !== 'help' && /^ +--json\b/m.test(await help(name))) withJson.push(name);
    }
    assert.deepEqual(withJson.sort(), Object.keys(objects).sort());
  });

  for (const [command, { keys, says }] of Object.entries(objects)) {
    test(`\`${command} --json\` answers a wrong option with the object of ${command}`, async () => {
      const answer = await answerOf(command, ...(needed[command] ?? []), '--no-such-option');
      assert.deepEqual(Object.keys(answer).sort(), [...keys].sort());
      for (const [key, value] of Object.entries(says)) assert.deepEqual(answer[key], value, key);
      assert.equal(answer['format'], 1);
      assert.deepEqual(failureIn(answer), {
        error: 'ConfigurationError',
        message: "unknown option '--no-such-option'",
      });
    });
  }

  for (const command of ['run', 'status', 'list', 'show', 'verify', 'check', 'watchdog', 'repair']) {
    test(`\`${command} --json\` names the cluster where the configuration cannot be read`, async () => {
      const answer = await answerOf(
        command,
        ...(needed[command] ?? []),
        '--cluster',
        'production',
        '--config',
        '/nowhere.yaml',
      );
      assert.equal(answer['cluster'], 'production');
      assert.deepEqual(Object.keys(answer).sort(), [...(objects[command]?.keys ?? [])].sort());
      const { error, message, remedy } = failureIn(answer) as Record<string, string>;
      assert.equal(error, 'ConfigurationError');
      assert.match(message ?? '', /nowhere\.yaml cannot be read/);
      assert.match(remedy ?? '', /-f FILE/);
    });

    test(`\`${command} --json\` names the cluster that stands behind the mistake`, async () => {
      for (const named of [['--cluster', 'production'], ['--cluster=production'], ['-cproduction']]) {
        assert.equal((await answerOf(command, '--no-such-option', ...named))['cluster'], 'production');
      }
    });
  }

  test('`repair --json` says of a dry run with a wrong option that it was a dry run', async () => {
    assert.equal((await answerOf('repair', '-n', '--no-such-option'))['dryRun'], true);
  });

  test('`run --stack --json` has the execution in its object also where there is none yet', async () => {
    const answer = await answerOf('run', '--stack', 'backups', '--id', '0');
    assert.deepEqual([answer['state'], answer['execution']], ['FAILED', null]);
  });
});
