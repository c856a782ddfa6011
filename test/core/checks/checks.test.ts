import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from '@jest/globals';
import { prepareBackup } from '../../../core/backup/prepare.ts';
import { checkNames } from '../../../core/config/checks.ts';
import { nowSeconds } from '../backup/prepare-world.ts';
import { pauseOf } from '../backup/world.ts';
import { at } from '../fake-cluster.ts';
import { failureOf, fakeSearch, json, noAnswer } from '../fakes.ts';
import { zeebe as zeebeAnswers } from '../recorded.ts';
import { refusals } from './refusals.ts';
import {
  broken,
  follower,
  historyList,
  leader,
  led,
  own,
  setUp,
  shows,
  threeBrokers,
  zeebeList,
} from './world.ts';

describe('A check that refuses a backup', () => {
  for (const { check, what, world, name, reason, remedy } of refusals) {
    test(`Check ${check} refuses a backup where ${what}, says what to do and changes nothing`, async () => {
      const { fake, context, prepare } = setUp(world);
      const error = await failureOf(prepare());
      assert.equal(error.name, name);
      const head = `Check ${check}: `;
      assert(error.message.startsWith(head), error.message);
      assert.match(error.message.slice(head.length), reason);
      assert.match(error.remedy ?? '', remedy);
      assert.deepEqual(
        fake.requests.filter(({ method }) => method !== 'GET'),
        [],
      );
      assert.deepEqual(await context.ledger.backupIds('production'), []);
    });
  }

  test('Every check is in the table of the README and in the example of a configuration', () => {
    const page = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
    for (const check of checkNames) {
      assert.match(page('README.md'), new RegExp(`^\\| \`${check}\`[^|]* \\|`, 'm'));
      assert.match(page('camunda-backup.example.yaml'), new RegExp(`^ *# +${check}: (refuse|warn)`, 'm'));
    }
  });

  test('Every check is in the table of what is refused', () => {
    assert.deepEqual(new Set(refusals.map(({ check }) => check)), new Set(checkNames));
  });
});

describe('A check that is set to warn', () => {
  for (const { check, what, world, reason } of refusals) {
    test(`Check ${check}, set to warn, puts into the manifest that ${what}, and the plan is made`, async () => {
      const { prepare } = setUp({ ...world, settings: `    checks: { ${check}: warn }\n` });
      const { plan, warnings } = await prepare();
      const head = `Check ${check}: `;
      const found = warnings.filter((warning) => warning.startsWith(head));
      assert.equal(found.length, 1, warnings.join('\n'));
      assert.match(found[0]?.slice(head.length) ?? '', reason);
      assert.equal(plan.run.backupId, nowSeconds);
      assert.deepEqual(
        [...plan.applications, ...plan.records, ...plan.zeebe].map(({ component }) => component),
        ['webApplications', 'optimize', 'records', 'zeebe'],
      );
    });
  }

  test('Exporting may be paused before only where the check of it is set to warn', async () => {
    const world = { replies: {}, settings: '    checks: { exporting: warn }\n' };
    assert.equal((await setUp(world).prepare()).plan.exporting.mayBePausedBefore, true);
    assert.equal((await setUp({ replies: {} }).prepare()).plan.exporting.mayBePausedBefore, undefined);
  });

  test('The id comes from the lists that can be read where the check of another one only warns', async () => {
    const world = {
      replies: {
        [zeebeList]: zeebeAnswers.noStore,
        [historyList]: json(200, [{ backupId: nowSeconds + 7, state: 'COMPLETED', details: [] }]),
      },
      settings: '    checks: { backupStore: warn }\n',
    };
    assert.equal((await setUp(world).prepare()).plan.run.backupId, nowSeconds + 8);
  });

  test('A check that is set to warn keeps no other check from refusing', async () => {
    const world = {
      replies: { [own]: shows(leader, { ...leader, streamProcessorPhase: 'FAILED' }, leader) },
      search: fakeSearch([], { repository: async () => undefined }),
      settings: '    checks: { repository: warn }\n',
    };
    const error = await failureOf(setUp(world).prepare());
    assert.match(error.message, /^Check partitions: /);
    assert.doesNotMatch(error.message, /repository/);
  });
});

describe('What the checks find', () => {
  test('What the checks find is told all at once, beside what makes a plan impossible', async () => {
    const { fake, prepare } = setUp({
      replies: { [own]: shows(leader, { ...leader, streamProcessorPhase: 'FAILED' }, leader) },
      search: fakeSearch([], { repository: async () => undefined, indices: async () => [] }),
    });
    fake.replies[zeebeList] = zeebeAnswers.noStore;
    const error = await failureOf(prepare());
    assert.equal(error.name, 'ClusterNotReady');
    for (const check of ['partitions', 'backupStore', 'repository', 'records']) {
      assert.match(error.message, new RegExp(`(\\n  -|problems, the first:) Check ${check}: `));
    }
    fake.replies[`GET ${at.optimize}/actuator`] = noAnswer(at.optimize);
    const both = await failureOf(prepare());
    assert.match(
      both.message,
      /problems, the first: Optimize cannot be reached: GET http:\/\/optimize:8092 failed/,
    );
    assert.match(both.message, /\n {2}- Check repository: /);
  });

  test('Checks keep the name of an error that is retried where all that they find may pass', async () => {
    const { prepare } = setUp({
      ...threeBrokers(led[0], shows(follower, follower, follower)),
      search: fakeSearch([], { verifyRepository: broken }),
    });
    const error = await failureOf(prepare());
    assert.equal(error.name, 'Unreachable');
    assert.match(error.message, /Check brokers: .*\n.*Check repository: /);
  });

  test('What makes a plan impossible stays an error where every check is set to warn', async () => {
    const { fake, prepare } = setUp({
      replies: {},
      settings: `    checks: { ${checkNames.map((name) => `${name}: warn`).join(', ')} }\n`,
    });
    fake.replies[`GET ${at.optimize}/actuator`] = noAnswer(at.optimize);
    const error = await failureOf(prepare());
    assert.equal(error.name, 'Unreachable');
    assert.doesNotMatch(error.message, /^Check/);
  });

  test('What the run itself has begun is not held against it when it is called again', async () => {
    const { fake, context, prepare } = setUp({ replies: {} });
    const { plan } = await prepare();
    const running = json(200, [{ backupId: plan.run.backupId, state: 'IN_PROGRESS', details: [] }]);
    fake.replies[zeebeList] = running;
    const paused = { ...leader, exporterPhase: 'SOFT_PAUSED', exportedPosition: 5 };
    fake.replies[own] = shows(paused, paused, paused);
    await context.ledger.changeLock('production', 'run-1', pauseOf());
    assert.deepEqual((await prepare()).plan, plan);
  });

  test('What the try before has begun is not held against the next try of the same run', async () => {
    const { fake, context } = setUp({ replies: {} });
    await context.ledger.acquire({
      format: 2,
      cluster: 'production',
      purpose: 'backup',
      runId: 'run-1',
      owner: context.owner('run-1'),
      reason: 'test',
      acquiredAt: '2026-11-21T09:00:00.000Z',
      attempt: 2,
    });
    const running = (backupId: number) => json(200, [{ backupId, state: 'IN_PROGRESS', details: [] }]);
    const request = { cluster: 'production', reason: 'test', attempt: 2, replaces: 41 };
    fake.replies[historyList] = running(40);
    assert.match((await failureOf(prepareBackup(request, 'run-1', context))).message, /Check components: /);
    fake.replies[historyList] = running(41);
    assert.equal((await prepareBackup(request, 'run-1', context)).outcome, 'PLANNED');
  });

  test('A backup in progress of a run of this ledger is told as such, with the command that deletes it', async () => {
    const { fake, context, prepare } = setUp({ replies: {} });
    await context.ledger.createManifest({
      format: 1,
      backupId: 41,
      cluster: 'production',
      runId: 'run-0',
      reason: 'test',
      state: 'FAILED',
      startedAt: '2026-11-20T09:00:00.000Z',
      order: 'PAUSE_FIRST',
      expectedComponents: [],
      components: [],
      exporting: { leftPaused: false },
      warnings: [],
    });
    fake.replies[historyList] = json(200, [{ backupId: 41, state: 'IN_PROGRESS', details: [] }]);
    const { message, remedy } = await failureOf(prepare());
    assert.match(message, /backup 41 \(IN_PROGRESS\), which an earlier run of this ledger started/);
    assert.match(
      remedy ?? '',
      /If it does not end, delete it: camunda-backup repair .*--delete-leftovers\nIf Web applications still reports .* restart every replica of it\./,
    );
  });
});
