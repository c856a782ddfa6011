import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { describe, test } from '@jest/globals';
import { showResult } from '../../../cli/inventory/result.ts';
import { showLines } from '../../../cli/inventory/show-text.ts';
import type { ShownBackup } from '../../../core/inventory/shown.ts';
import { written } from '../../support/written.ts';
import { assertCode, type Bench, bench } from '../harness.ts';

const components = ['zeebe', 'webApplications', 'optimize', 'records'] as const;

async function seeded(): Promise<Bench> {
  const on = await bench();
  for (const component of components) on.simulator.seedBackup(component, 7);
  return on;
}

describe('camunda-backup show', () => {
  test('`show --latest` shows the newest backup of the ledger with its parts, and `show ID` one that a person made', async () => {
    const on = await seeded();
    assertCode(await on.run('--id', '8', '--reason', 'before the update').ended, 0);
    const latest = await on.call(['show', '--latest'], {}).ended;
    assertCode(latest, 0);
    assert.match(
      latest.stdout,
      /^backup 8 of test\n {2}state +COMPLETED\n {2}began .*exporting was paused for /,
    );
    assert.match(latest.stdout, /^ {2}reason +before the update$/m);
    assert.match(latest.stdout, /^ {2}Zeebe records +.*recorded as COMPLETED, .* 5 indices, now COMPLETED$/m);
    assert.match(
      latest.stdout,
      /^ {20}camunda_zeebe_records_backup_8 {2}SUCCESS, .*, 5 shards, 20 files, 40\.7 kB$/m,
    );
    assert.match(
      latest.stdout,
      /^ {20}partition 3 {2}COMPLETED, .* broker 8\.8\.0, checkpoint \d+, snapshot \S+$/m,
    );
    assert.match(latest.stdout, /^ {2}repository +camunda, s3, bucket camunda-snapshots$/m);
    assert.match(latest.stdout, / {2}\| Exporting was paused \(proven\)\n/);
    assert.match(latest.stdout, / {4}Exporting was resumed \(proven\)\n.*The backup was COMPLETED\n$/);
    const before = on.simulator.calls().length;
    const one = await on.call(['show', '7', '--json'], {}).ended;
    assertCode(one, 0);
    const { backup, components: parts, timeline } = showResult.parse(JSON.parse(one.stdout));
    assert.deepEqual([backup?.backupId, backup?.madeBy, backup?.state], [7, 'elsewhere', 'COMPLETED']);
    assert.deepEqual(
      parts?.map((each) => [each.component, each.parts.length]),
      [
        ['zeebe', 3],
        ['webApplications', 5],
        ['optimize', 2],
        ['records', 1],
      ],
    );
    assert.ok((timeline?.length ?? 0) >= 4);
    const calls = on.simulator.calls().slice(before);
    assert.deepEqual(
      calls.filter(({ method }) => method !== 'GET'),
      [],
    );
  });

  test('`show` of an id that nobody knows is wrong use, unless somebody could not be asked', async () => {
    const on = await seeded();
    const unknown = await on.call(['show', '9'], {}).ended;
    assertCode(unknown, 2);
    assert.match(
      unknown.stderr,
      /No source that answered knows a backup 9 of test\nWhat to do: .* run: .* list/,
    );
    on.simulator.stopSearch();
    const unsure = await on.call(['show', '9', '--json'], {}).ended;
    assertCode(unsure, 1);
    const { backup, sources, failure } = showResult.parse(JSON.parse(unsure.stdout));
    assert.deepEqual([backup, failure?.error], [null, 'Unreachable']);
    assert.ok(sources.some(({ name, answered }) => name === 'repository' && !answered));
    const none = await on.call(['show', '--latest'], {}).ended;
    assertCode(none, 1);
    assert.match(
      none.stderr,
      /has no backup of test\nWhat to do: To see what others have made, run: .* list/,
    );
  });

  for (const args of [[], ['7', '--latest'], ['seven']]) {
    test(`\`show ${args.join(' ')}\` is refused`, async () => {
      const on = await bench();
      const ended = await on.call(['show', ...args], {}).ended;
      assertCode(ended, 2);
      assert.match(
        ended.stderr,
        args[0] === 'seven' ? /It must be a whole number/ : /name either the id of a backup or --latest/,
      );
    });
  }
});

describe('The text of one backup', () => {
  const shown: ShownBackup = {
    backup: {
      backupId: 7,
      madeBy: 'ledger',
      state: 'INCOMPLETE',
      usable: false,
      createdAt: '2026-11-27T22:56:29.123Z',
      components: { complete: 0, expected: 1 },
      problem: 'It was complete, and now Optimize says INCOMPLETE',
    },
    attempt: 2,
    replaces: 6,
    components: [
      {
        component: 'optimize',
        state: 'COMPLETED',
        now: 'INCOMPLETE',
        says: 'Optimize says INCOMPLETE',
        failure: 'a snapshot is missing',
        parts: [
          { name: 'part-1', state: 'SUCCESS', now: 'SUCCESS' },
          { name: 'part-2', state: 'SUCCESS' },
          { name: 'part-3', state: 'SUCCESS', now: 'PARTIAL', shards: 1 },
        ],
      },
    ],
    restore: {
      zeebe: {
        version: '8.8.3',
        partitions: 3,
        clusterSize: 1,
        brokerIds: ['0'],
        store: { s3: { bucket: 'b', basePath: 'p' } },
      },
      applications: [],
      unknown: [{ what: 'policies', why: 'not allowed' }],
    },
    findings: [
      { name: 'x', severity: 'warning', subject: 'zeebe', says: 'One is disabled', remedy: 'Enable it.' },
    ],
    warnings: ['Optimize was slow'],
    verification: {
      verifiedAt: '2026-11-27T23:00:00.000Z',
      verdict: 'wrong',
      required: [],
      judgements: [
        { name: 'store', verdict: 'proven', subject: 'zeebe', says: 'All is there' },
        { name: 'snapshots', verdict: 'wrong', subject: 'optimize', says: 'One is missing' },
      ],
    },
    timeline: [
      { at: '2026-11-27T22:56:29.123Z', says: 'The backup began', paused: false },
      { at: '2026-11-27T22:56:30.000Z', says: 'Exporting was paused (proven)', paused: true },
    ],
  };
  const screen = (columns?: number) =>
    Object.assign(written().output.stdout, columns === undefined ? {} : { isTTY: true, columns });

  test('In a pipe the tree has one line for each part, and shows what has changed', () => {
    assert.deepEqual(showLines('test', shown, screen()).join('\n').split('\n'), [
      'backup 7 of test',
      '  state           INCOMPLETE: It was complete, and now Optimize says INCOMPLETE',
      '  began           2026-11-27T22:56:29Z',
      '  attempt         2, after the backup 6 had failed',
      '  complete        0 of 1 components',
      '  verified        WRONG, at 2026-11-27T23:00:00Z',
      '',
      'components',
      '  Optimize          recorded as COMPLETED, now INCOMPLETE: Optimize says INCOMPLETE',
      '                    a snapshot is missing',
      '                    part-1  SUCCESS',
      '                    part-2  SUCCESS, now not there',
      '                    part-3  SUCCESS, now PARTIAL, 1 shard',
      '',
      'for a restore',
      '  Zeebe           exactly 8.8.3, 3 partitions, 1 broker (0)',
      '  store           s3 bucket b, basePath p',
      '',
      'noticed',
      '  warning         Optimize was slow',
      '  warning         zeebe: One is disabled',
      '                  What to do: Enable it.',
      '  wrong           optimize: One is missing',
      '  unknown         policies: not allowed',
      '',
      'timeline (| exporting was paused)',
      '  2026-11-27T22:56:29.123Z    The backup began',
      '  2026-11-27T22:56:30.000Z  | Exporting was paused (proven)',
    ]);
  });

  test('A complete backup that another tool made says what is not known of it, and shows no sign of a pause', () => {
    const { restore: _, ...others } = shown;
    const text = showLines(
      'test',
      {
        ...others,
        backup: { ...shown.backup, madeBy: 'elsewhere', state: 'COMPLETED', problem: undefined },
        timeline: [{ at: '2026-11-27T22:56:29.123Z', says: 'Optimize began', paused: false }],
      },
      screen(),
    ).join('\n');
    assert.match(text, /state +COMPLETED: it is not known whether exporting was paused/);
    assert.match(text, /for a restore\n {2}not recorded +Only a backup that this ledger made/);
    assert.match(text, /\ntimeline\n {2}2026-11-27T22:56:29\.123Z {4}Optimize began$/);
  });

  test('A version that was not reported is read from the brokers of the parts and from the names of the snapshots', () => {
    const part = { component: 'zeebe', now: 'COMPLETED', says: 'Zeebe says COMPLETED' } as const;
    const zeebe = { ...part, parts: [{ name: 'partition 1', brokerVersion: '8.7.0' }] };
    const operate = {
      ...part,
      component: 'operate' as const,
      parts: [{ name: 'camunda_operate_7_8.7.1_part_1_of_6' }],
    };
    const { version: _, ...brokers } = shown.restore?.zeebe ?? {
      partitions: 3,
      clusterSize: 1,
      brokerIds: ['0'],
    };
    const restore = { zeebe: brokers, applications: [{ component: 'operate' as const }], unknown: [] };
    const text = showLines('test', { ...shown, components: [zeebe, operate], restore }, screen()).join('\n');
    assert.match(text, /^ {2}Zeebe +exactly 8\.7\.0, 3 partitions/m);
    assert.match(text, /^ {2}applications +operate 8\.7\.1$/m);
  });

  test('On a terminal long lines are folded below their beginning', () => {
    const lines = showLines('test', shown, screen(60)).map(stripVTControlCharacters).join('\n').split('\n');
    assert.deepEqual(lines.slice(1, 3), [
      '  state           INCOMPLETE: It was complete, and now',
      '                  Optimize says INCOMPLETE',
    ]);
  });
});
