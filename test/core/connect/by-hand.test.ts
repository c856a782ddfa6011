import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, test } from '@jest/globals';
import { pauseForBackup } from '../../../core/backup/exporting.ts';
import { curl, resumeByHand } from '../../../core/connect/by-hand.ts';
import { typed } from '../../support/shell.ts';
import { holdLock, pauseOf, run, target } from '../backup/world.ts';
import { at, exportingOf } from '../fake-cluster.ts';
import { failureOf, fakeHttp, noAnswer, someOwner, testContext } from '../fakes.ts';
import { fakeExecutions, look, resume, setUp } from '../watch/world.ts';

const auth = { username: "o'brien", password: { env: 'ES_PASSWORD' } };
const configured = '{ username: "o\'brien", password: { env: ES_PASSWORD } }';
const zeebe = `    zeebe: { url: ${at.zeebe}, auth: ${configured} }\n`;
const yaml = `ledger: { folder: ./x }\nclusters:\n  production:\n${zeebe}`;
const call =
  `By hand: curl -X POST -u 'o'\\''brien':"$ES_PASSWORD" ${at.zeebe}/actuator/exporting/resume ` +
  '(the "status" in the answer must be 204).';

test('A shell reads a pasted call as it is meant, with the secret that its variable holds', async () => {
  for (const { given, words } of [
    { given: undefined, words: ['-X', 'POST', "http://zeebe/it's?a=$b"] },
    { given: auth, words: ['-X', 'POST', '-u', "o'brien:p w$", "http://zeebe/it's?a=$b"] },
    {
      given: { apiKey: { env: 'KEY' } },
      words: ['-X', 'POST', '-H', 'Authorization: ApiKey k&y', "http://zeebe/it's?a=$b"],
    },
    {
      given: { aws: 'es', region: 'eu-central-1' },
      words: [
        ...['-X', 'POST', '--aws-sigv4', 'aws:amz:eu-central-1:es', '-u', 'AKID:s/cr t'],
        ...['-H', 'X-Amz-Security-Token: a session', "http://zeebe/it's?a=$b"],
      ],
    },
  ] as const) {
    const line = `curl() { printf '%s\\n' "$@"; }; ${curl('POST', "http://zeebe/it's?a=$b", { auth: given })}`;
    const env = {
      ES_PASSWORD: 'p w$',
      KEY: 'k&y',
      AWS_ACCESS_KEY_ID: 'AKID',
      AWS_SECRET_ACCESS_KEY: 's/cr t',
      AWS_SESSION_TOKEN: 'a session',
      PATH: process.env['PATH'],
    };
    assert.deepEqual((await typed(line, { cwd: tmpdir(), env })).text.trimEnd().split('\n'), words);
  }
});

test('A call over TLS has the files and the name of its address', () => {
  const tls = {
    ca: 'the authority.pem',
    certificate: 'client.pem',
    key: { file: 'client.key' },
    serverName: 'zeebe.internal',
  };
  assert.equal(
    curl('POST', 'https://10.0.0.7:9600/actuator', { auth, tls }),
    `curl -X POST -u 'o'\\''brien':"$ES_PASSWORD" --cacert 'the authority.pem' --cert client.pem --key client.key ` +
      '--connect-to zeebe.internal:9600:10.0.0.7:9600 https://zeebe.internal:9600/actuator',
  );
  assert.equal(
    curl('DELETE', 'https://zeebe/actuator', { tls: { certificate: 'a.pem', key: { env: 'KEY' } } }),
    'curl -X DELETE --cert a.pem --key THE_PRIVATE_KEY https://zeebe/actuator',
  );
});

test('The call that resumes exporting has a word in capitals for an address that is not known', () => {
  assert.match(resumeByHand(), /curl -X POST ZEEBE\/actuator\/exporting\/resume \(/);
});

describe('The login of Zeebe in the call that resumes exporting', () => {
  test('The watchdog that cannot resume exporting tells the call with the login that Zeebe wants', async () => {
    const world = await setUp({
      lock: pauseOf({ target: { ...target, auth } }),
    });
    world.fake.replies[resume] = noAnswer();
    await look(world);
    assert.equal(world.context.told[0]?.remedy, call);
  });

  test('The alert of a too long pause of another machine has the call with the login that Zeebe wants', async () => {
    const lock = pauseOf({ requestedAt: '2026-11-21T08:00:00.000Z', target: { ...target, auth } });
    const world = await setUp({ owner: someOwner, settings: '    maxPause: 1h\n', lock });
    await look(world);
    assert.match(world.context.told[0]?.remedy ?? '', /repair --cluster production --force\nBy hand/);
    assert.ok(world.context.told[0]?.remedy?.endsWith(call), world.context.told[0]?.remedy);
  });

  test('The alert of a pause that no run explains has the command that ends it, and the call with the login', async () => {
    const fake = fakeHttp(exportingOf(at.zeebe, { phase: 'SOFT_PAUSED' }));
    const context = testContext({ yaml, http: fake.http });
    const world = { context, executions: fakeExecutions('gone') };
    await look(world);
    context.clock.advance(3601);
    await look(world);
    assert.equal(
      context.told.find(({ kind }) => kind === 'exportingLeftPaused')?.remedy,
      `Find out who paused it. If nobody needs the pause, end it: camunda-backup repair --cluster production --resume-unexplained ${call}`,
    );
  });

  test('A backup that is refused because somebody else has paused tells the command and the call with the login', async () => {
    const context = testContext({ yaml, http: fakeHttp(exportingOf(at.zeebe, { phase: 'PAUSED' })).http });
    await holdLock(context);
    const { name, remedy } = await failureOf(pauseForBackup(run, { ...target, auth }, context));
    assert.equal(name, 'ExportingAlreadyPaused');
    assert.match(remedy ?? '', /: camunda-backup repair --cluster production --resume-unexplained\nBy hand/);
    assert.ok(remedy?.includes(call), remedy);
  });
});

test('A call that people paste is made in one file, so that every one has its login and is quoted', async () => {
  for (const folder of ['core', 'cli', 'lambdas', 'infra']) {
    const at = new URL(`../../../${folder}/`, import.meta.url);
    const files = (await readdir(at, { recursive: true })).filter((file) => file.endsWith('.ts'));
    assert.ok(files.length > 10);
    for (const file of files.filter((one) => one !== 'connect/by-hand.ts')) {
      assert.doesNotMatch(await readFile(new URL(file, at), 'utf8'), /curl -X/, file);
    }
  }
});
