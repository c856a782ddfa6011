import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import type { Holder } from '../../../core/ledger/lock/holder.ts';
import type { Lock } from '../../../core/ledger/lock/lock.ts';
import { noticeAge } from '../../../core/watch/age.ts';
import { noticeKeptLock } from '../../../core/watch/kept-lock.ts';
import { noticeLongPause } from '../../../core/watch/long-pause.ts';
import { type Noticed, withRemembered } from '../../../core/watch/noticed.ts';
import { noticeUnexplainedPause, type UnexplainedPause } from '../../../core/watch/unexplained-pause.ts';
import { at, exportingOf } from '../fake-cluster.ts';
import { fakeHttp, someOwner, testContext } from '../fakes.ts';
import { fakeExecutions, look } from './world.ts';

const cluster = 'production';
const yaml = `ledger: { folder: ./x }\nclusters:\n  production:\n    zeebe: { url: ${at.zeebe} }\n    maxAge: 1s\n    maxPause: 1h\n`;
const start = Date.parse('2026-11-21T09:00:00.000Z');
const watchedSince = new Date(start).toISOString();

const lock: Lock = {
  format: 2,
  cluster,
  runId: 'run-1',
  purpose: 'restore',
  owner: someOwner,
  reason: 'test',
  acquiredAt: watchedSince,
};
const holder: Holder = {
  cluster,
  runId: 'run-1',
  purpose: 'backup',
  owner: someOwner,
  reason: 'test',
  acquiredAt: watchedSince,
  pause: { target: { url: at.zeebe }, requestedAt: watchedSince, resumedAt: undefined },
};

/** What lasts, how it is noticed at a time with what was remembered, and after how many seconds it is told first and again. */
async function lasting() {
  const { config, commands } = testContext({ yaml });
  const production = (await config()).clusters[cluster];
  assert(production);
  const seen: UnexplainedPause = {
    is: 'unexplained',
    paused: ['all'],
    lock: undefined,
  };
  return [
    {
      what: 'a missing backup',
      notice: (memory, now) =>
        noticeAge({ cluster, age: { last: undefined, since: watchedSince }, maxAge: 3600 }, memory, {
          now: () => now,
        }),
      first: 3601,
      again: 24 * 3600 + 1,
    },
    {
      what: 'an unexplained pause',
      notice: (memory, now) =>
        noticeUnexplainedPause({ cluster, config: production, seen, commands }, memory, { now: () => now }),
      first: 3601,
      again: 3600,
    },
    {
      what: 'a lock that waits for its own command',
      notice: (memory, now) =>
        noticeKeptLock({ lock, signs: { alive: 'gone' }, commands }, memory, { now: () => now }),
      first: 0,
      again: 3600,
    },
    {
      what: 'a long pause',
      notice: (memory, now) =>
        noticeLongPause({ holder, newest: [], config: production }, memory, { now: () => now }),
      first: 1800,
      again: undefined,
    },
  ] satisfies {
    what: string;
    notice: (memory: Parameters<typeof withRemembered>[0], now: number) => Noticed;
    first: number;
    again: number | undefined;
  }[];
}

test('What lasts is noticed from the memory alone: it is told when it is time, again when it is time again, and as long as nobody could be told', async () => {
  for (const { what, notice, first, again } of await lasting()) {
    let memory = withRemembered({ watchedSince }, notice({ watchedSince }, start).memory);
    if (first > 0) assert.deepEqual(notice(memory, start + (first - 1) * 1000).alerts, [], what);
    const told = start + first * 1000;
    const noticed = notice(memory, told);
    assert.equal(noticed.alerts.length, 1, what);
    // Nobody could be told.
    assert.equal(notice(withRemembered(memory, noticed.memory), told + 1000).alerts.length, 1, what);
    memory = withRemembered(memory, { ...noticed.memory, ...noticed.alerts[0]?.told });
    assert.deepEqual(notice(memory, told + 1000).alerts, [], what);
    if (again === undefined) continue;
    assert.deepEqual(notice(memory, told + (again - 1) * 1000).alerts, [], what);
    assert.equal(notice(memory, told + again * 1000).alerts.length, 1, what);
  }
});

test('An instant of telling that lies in the future keeps nobody from being told', async () => {
  const ahead = new Date(start + 24 * 3600 * 1000).toISOString();
  const memory = {
    watchedSince: new Date(start - 7200 * 1000).toISOString(),
    unexplainedPauseSince: new Date(start - 7200 * 1000).toISOString(),
    toldOfAgeAt: ahead,
    toldOfPauseAt: ahead,
    toldOfWaiting: { runId: 'run-1', at: ahead },
  };
  for (const { what, notice, again } of await lasting()) {
    if (again === undefined) continue;
    assert.equal(notice(memory, start + 3601 * 1000).alerts.length, 1, what);
  }
});

test('A look that tells of several things remembers all of them by one write, and keeps what others wrote meanwhile', async () => {
  const context = testContext({ yaml, http: fakeHttp(exportingOf(at.zeebe, { phase: 'SOFT_PAUSED' })).http });
  await context.ledger.acquire({ ...lock, owner: { kind: 'execution', arn: 'arn' } });
  const world = { context, executions: fakeExecutions('gone') };
  await look(world);
  context.clock.advance(3601);
  const writes: string[] = [];
  const untold = {
    runId: 'run-1',
    alert: { kind: 'backupFailed', severity: 'WARNING', cluster, reason: 'It failed' },
  } as const;
  const tell = context.tell;
  context.tell = async (alert) => {
    await tell(alert);
    if (alert.kind === 'noRecentBackup') {
      await context.ledger.changeMemory(cluster, (memory) => memory && { ...memory, untold: [untold] });
    }
  };
  context.store.before = (call) => {
    if (/^(create|replace|write) .*alerts\.json/.test(call)) writes.push(call);
  };
  await look(world);
  assert.deepEqual(context.told.map(({ kind }) => kind).slice(-3), [
    'lockWaiting',
    'noRecentBackup',
    'exportingLeftPaused',
  ]);
  // One is that of the other process.
  assert.equal(writes.length, 2);
  const memory = await context.ledger.readMemory(cluster);
  assert.deepEqual(memory?.untold, [untold]);
  const now = new Date(context.clock.now()).toISOString();
  assert.deepEqual([memory.toldOfAgeAt, memory.toldOfPauseAt, memory.toldOfWaiting?.at], [now, now, now]);
});
