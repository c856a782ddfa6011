import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { Ledger } from '../../core/ledger/ledger.ts';
import { realClock } from '../../simulator/clock.ts';
import type { Simulator, SimulatorClock } from '../../simulator/index.ts';
import { until } from '../cli/harness.ts';
import { allManifests } from './all-manifests.ts';
import { cleanUp } from './clean-up.ts';

const said = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({
    runId: z.string(),
    prepared: z.object({
      outcome: z.string(),
      heldBy: z.object({ runId: z.string() }).optional(),
    }),
  }),
  z.object({
    runId: z.string(),
    ended: z.object({ status: z.string(), output: z.object({ state: z.string().optional() }).optional() }),
  }),
]);
type Said = z.infer<typeof said>;

const hour = 3600;

/**
 * Lets the backups of a cluster become complete on command, so that the winner is at work until all others have lost.
 */
export function untilTold() {
  let ahead = 0;
  const clock: SimulatorClock = { now: () => realClock.now() + ahead, sleep: realClock.sleep };
  const tell = () => {
    ahead += hour * 1000;
  };
  return { cluster: { clock, durations: { zeebe: hour } }, tell };
}

export interface Racetrack {
  simulator: Simulator;
  ledger: Ledger;
  configFile: string;
  env?: NodeJS.ProcessEnv;
  tell(): void;
}

/** Lets fifty starters in five processes start a backup of the cluster `test` at once, several times. One must run. */
export async function race(track: Racetrack, rounds: number): Promise<void> {
  const { simulator, ledger } = track;
  const processes = 5;
  const each = 10;
  const heard: Said[] = [];
  let wake = () => {};
  const starters = Array.from({ length: processes }, () => {
    const child = spawn(
      process.execPath,
      [new URL('./starter.ts', import.meta.url).pathname, track.configFile, String(each)],
      { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...track.env } },
    );
    createInterface({ input: child.stdout }).on('line', (line) => {
      heard.push(said.parse(JSON.parse(line)));
      wake();
    });
    return child;
  });
  cleanUp(() => {
    for (const child of starters) child.kill('SIGKILL');
  });
  const gone = Promise.race(
    starters.map(async (child) => {
      const [code] = await once(child, 'exit');
      throw new Error(`A process of the starters ended with ${code}`);
    }),
  );
  gone.catch(() => undefined);
  /** Resolves with the values that `of` takes from the lines, when there are at least `count`. */
  const hear = async <T>(count: number, of: (line: Said) => T[]): Promise<T[]> => {
    for (;;) {
      const found = heard.flatMap(of);
      if (found.length >= count) return found;
      const next = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await Promise.race([next, gone]);
    }
  };

  await hear(processes, (line) => ('ready' in line ? [line] : []));
  for (let round = 1; round <= rounds; round++) {
    heard.length = 0;
    for (const child of starters) child.stdin.write(`round-${round}\n`);
    const prepared = await hear(processes * each, (line) => ('prepared' in line ? [line] : []));
    const planned = prepared.filter(({ prepared: { outcome } }) => outcome === 'PLANNED');
    const [winner] = planned;
    assert.equal(planned.length, 1, JSON.stringify(planned));
    assert.ok(winner);
    const losers = prepared.filter((one) => one !== winner);
    assert.deepEqual(
      losers.map(({ prepared: { outcome } }) => outcome),
      losers.map(() => 'SKIPPED'),
    );
    assert.ok(losers.every(({ prepared: { heldBy } }) => heldBy?.runId === winner.runId));
    assert.equal((await ledger.readLock('test'))?.runId, winner.runId);

    await until('the last step of the winner', () => simulator.backupIds('zeebe').length === round);
    track.tell();
    const ended = await hear(processes * each, (line) => ('ended' in line ? [line] : []));
    assert.ok(ended.every((one) => one.ended.status === 'SUCCEEDED'));
    const completed = ended.filter((one) => one.ended.output?.state === 'COMPLETED');
    assert.deepEqual(
      completed.map(({ runId }) => runId),
      [winner.runId],
    );
    assert.equal(await ledger.readLock('test'), undefined);
    const manifests = await allManifests(ledger, 'test');
    assert.deepEqual(
      manifests.map(({ state }) => state),
      Array.from({ length: round }, () => 'COMPLETED'),
    );
    assert.equal(manifests[0]?.runId, winner.runId);
    assert.equal(simulator.pauseHistory().length, round);
    assert.equal(simulator.pausedSince(), undefined);
  }
}
