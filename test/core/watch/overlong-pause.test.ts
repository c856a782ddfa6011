import assert from 'node:assert/strict';
import { describe, test } from '@jest/globals';
import { pauseOf } from '../backup/world.ts';
import { noAnswer } from '../fakes.ts';
import { gone } from '../repair/world.ts';
import { execution, figureOf, look, posts, setUp } from './world.ts';

const settings = '    maxPause: 1h\n';
const since = '2026-11-21T09:00:00.000Z';
const paused = { purpose: 'restore', ...pauseOf({ requestedAt: since, pausedAt: since }) };

const pausesTold = ({ context }: Awaited<ReturnType<typeof setUp>>) =>
  context.told.filter(({ kind }) => kind === 'exportingLeftPaused');

describe('A pause that the watchdog does not end', () => {
  for (const { what, state, owner } of [
    { what: 'goes on', state: 'running', owner: execution },
    { what: 'waits for its own command', state: 'gone', owner: gone },
  ] as const) {
    test(`A restore that ${what} and keeps exporting paused for longer than maxPause is told every hour, also while no broker answers`, async () => {
      const world = await setUp({ state, owner, lock: paused, settings });
      world.context.http = async ({ url }) => {
        throw noAnswer(url);
      };
      const { clock } = world.context;
      await look(world);
      assert.deepEqual(pausesTold(world), []);
      clock.advance(3601);
      await look(world);
      const [told, ...others] = pausesTold(world);
      assert.deepEqual(others, []);
      assert.equal(told?.severity, 'CRITICAL');
      assert.match(told.reason, /longer than `maxPause` \(1 h 00 min\)/);
      clock.advance(300);
      await look(world);
      assert.equal(pausesTold(world).length, 1);
      clock.advance(3600);
      await look(world);
      assert.equal(pausesTold(world).length, 2);
      assert.deepEqual(posts(world.fake.calls()), []);
      assert((figureOf(world.context, 'ExportingPausedSeconds')?.value ?? 0) > 3600);
    });
  }
});
