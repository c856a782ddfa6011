import { atFirst, type Case, inWorld, isVisit, nameOf } from './case.ts';
import { conclude, watchdogThatDies } from './judge.ts';
import type { Base, Probe } from './probe.ts';
import { Run } from './run.ts';
import type { WorldName } from './world.ts';

/** The run dies before and after every call that it makes, or it is stopped while a call is in flight. */
export function deathCases(name: WorldName, base: Base, { calls, reached }: Probe): Case[] {
  const cases: Case[] = [];
  const add = (id: string, run: Case['run']) => {
    cases.push({ id: `${name}/${base}/death/${id}`, group: 'deaths', run });
  };
  for (let n = 1; n <= calls; n += 1) {
    const at = String(n).padStart(3, '0');
    add(`killed-before-call-${at}`, () =>
      inWorld(name, base, async (world) => {
        const run = new Run(world);
        run.actor.beforeCall = (call) => {
          if (call === n) run.kill();
        };
        return conclude(world, run);
      }),
    );
    add(`killed-after-call-${at}`, () =>
      inWorld(name, base, async (world) => {
        const run = new Run(world);
        run.actor.afterCall = (call) => {
          if (call === n) run.kill();
        };
        return conclude(world, run);
      }),
    );
    // The watchdog works at once, and the calls in flight arrive after it.
    add(`stopped-at-call-${at}`, () =>
      inWorld(name, base, async (world) => {
        const run = new Run(world);
        run.actor.beforeCall = async (call) => {
          if (call !== n) return;
          run.stop();
          await world.time.sleep(20_000);
        };
        return conclude(world, run);
      }),
    );
    add(`stopped-at-call-${at}-and-the-next-begins`, () =>
      inWorld(name, base, async (world) => {
        const first = new Run(world);
        first.actor.beforeCall = async (call) => {
          if (call !== n) return;
          first.stop();
          await world.time.sleep(20_000);
        };
        await first.ended;
        await world.watch();
        return conclude(world, new Run(world));
      }),
    );
  }
  for (const visit of reached) {
    add(`killed-before-${nameOf(visit)}`, () =>
      inWorld(name, base, async (world) =>
        conclude(
          world,
          new Run(
            world,
            atFirst(visit, (run) => run.kill()),
          ),
        ),
      ),
    );
    add(`killed-after-${nameOf(visit)}`, () =>
      inWorld(name, base, async (world) =>
        conclude(
          world,
          new Run(world, {
            answered: (answered, run) => {
              if (isVisit(answered, visit)) run.kill();
            },
          }),
        ),
      ),
    );
  }
  if (base !== 'good') return cases;
  for (let n = 1; n <= 42; n += 1) {
    for (const when of ['before', 'after'] as const) {
      add(`watchdog-too-${when}-call-${String(n).padStart(2, '0')}`, () =>
        inWorld(name, base, async (world) =>
          conclude(
            world,
            new Run(world, {
              answered: ({ state }, run) => {
                if (state === 'PauseExporting') run.kill();
              },
            }),
            { firstWatch: watchdogThatDies(n, when) },
          ),
        ),
      );
    }
  }
  return cases;
}
