import type { Server } from 'node:net';
import { type ComponentName, type CourseKind, courses } from '../../simulator/index.ts';
import { atFirst, type Case, howOften, inWorld, isVisit, nameOf } from './case.ts';
import { conclude, type Expectations, type Verdict, watchdogThatDies } from './judge.ts';
import { isSilent, kindsOf } from './kinds.ts';
import { outsideCases, watchdogCases } from './outside-cases.ts';
import { againWherePortIsTaken, keep, settled } from './ports.ts';
import { type Base, type Probe, probe, type Reached } from './probe.ts';
import { Run } from './run.ts';
import type { StoreFault } from './store.ts';
import { type World, type WorldName, worlds } from './world.ts';

export const worldNames: readonly WorldName[] = ['8.7', '8.8', '8.7-opensearch', '8.8-elasticsearch'];

/** Every case that there is, in an order that is always the same. */
export async function allCases(): Promise<Case[]> {
  const cases: Case[] = [];
  for (const name of worldNames) {
    const good = await probe(name, 'good');
    const failing = await probe(name, 'zeebe-fails');
    const again = await probe(name, 'leader-change');
    cases.push(
      ...callCases(name, 'good', good.reached),
      ...callCases(name, 'zeebe-fails', afterTheFailure(failing)),
      ...callCases(name, 'leader-change', afterTheFailure(again)),
      ...(await repeatedStarts(name, good)),
      ...courseCases(name),
      ...ledgerCases(name, 'good', good.reached),
      ...ledgerCases(name, 'zeebe-fails', afterTheFailure(failing)),
      ...ledgerCases(name, 'leader-change', afterTheFailure(again)),
      ...deathCases(name, 'good', good),
      ...deathCases(name, 'zeebe-fails', failing),
      ...deathCases(name, 'leader-change', again),
      ...twiceCases(name, 'good', good),
      ...twiceCases(name, 'zeebe-fails', failing),
      ...twiceCases(name, 'leader-change', again),
      ...outageCases(name, good),
      ...rivalCases(name, good),
      ...meddlingCases(name, good),
      ...outsideCases(name, 'good', good.reached),
      ...outsideCases(name, 'zeebe-fails', afterTheFailure(failing)),
      ...outsideCases(name, 'leader-change', afterTheFailure(again)),
      ...watchdogCases(name),
    );
  }
  return cases;
}

function afterTheFailure({ reached }: Probe): Reached[] {
  const states = ['ResumeExportingAfterFailure', 'RecordFailure', 'DeleteFailedBackup'];
  return reached.filter(({ state }) => states.includes(state));
}

/** Every operation of every state × every fault × how often. */
function callCases(name: WorldName, base: Base, reached: Reached[]): Case[] {
  const { engine } = worlds[name];
  return reached.flatMap((visit) =>
    [...visit.operations].flatMap(([operation, times]) =>
      kindsOf(operation, engine).flatMap(([kindName, kind]) =>
        howOften.flatMap(([often, strikes]) =>
          // Only the first strike is told apart by what passes before it.
          Array.from({ length: strikes === 'always' ? 1 : times }, (_, skip) => ({
            id: `${name}/${base}/${nameOf(visit)}/${operation}${skip > 0 ? `#${skip + 1}` : ''}/${kindName}/${often}`,
            group: base.startsWith('lost') ? 'calls, after a lost answer' : 'calls',
            run: () =>
              inWorld(name, base, async (world) => {
                if (isSilent(kind)) world.wire.silent.add(operation);
                let from = 0;
                const hooks = atFirst(visit, () => {
                  from = world.simulator.calls({ operation }).length;
                  world.simulator.order({ operation, kind, times: strikes, skip });
                });
                const run = new Run(world, hooks);
                const struck = run.ended.then(
                  () => world.simulator.calls({ operation }).length > from + skip,
                );
                return { ...(await conclude(world, run)), struck: await struck };
              }),
          })),
        ),
      ),
    ),
  );
}

/** A start whose answer was lost is made again: what that asks for is asked in no good run. */
async function repeatedStarts(name: WorldName, good: Probe): Promise<Case[]> {
  const cases: Case[] = [];
  for (const { state, component } of good.reached) {
    if (!component || !state.startsWith('Start')) continue;
    const base: Base = `lost-${component}`;
    const { reached } = await probe(name, base);
    const again = reached.find((visit) => isVisit(visit, { state, component }));
    if (again) cases.push(...callCases(name, base, [again]));
  }
  return cases;
}

/** Every course that a component's backup can take. */
function courseCases(name: WorldName): Case[] {
  const { camunda } = worlds[name];
  const components: ComponentName[] =
    camunda === '8.7'
      ? ['operate', 'tasklist', 'optimize', 'records', 'zeebe']
      : ['webApplications', 'optimize', 'records', 'zeebe'];
  return components.flatMap((component) =>
    courses[component].flatMap((course) => {
      const kind: CourseKind = course === 'failed' ? { failed: {} } : course;
      const one = (id: string, timeout?: string): Case => ({
        id: `${name}/${id}`,
        group: 'courses',
        run: () =>
          inWorld(
            name,
            'good',
            async (world) => {
              world.simulator.order({ component, kind });
              return conclude(world, new Run(world), { busyAfter: course === 'neverEnds' });
            },
            timeout ? { timeout } : {},
          ),
      });
      const plain = one(`course/${component}/${course}`);
      // With a time limit above `maxPause` the watchdog stops the run.
      return course === 'neverEnds' ? [plain, one(`course/${component}/${course}/24h`, '24h')] : [plain];
    }),
  );
}

/** The ledger's home fails: every verb that a state uses. */
function ledgerCases(name: WorldName, base: Base, reached: Reached[]): Case[] {
  const kinds: StoreFault['kind'][] = ['error', 'lost', 'stall'];
  return reached.flatMap((visit) =>
    [...visit.verbs, ['any', 1] as const].flatMap(([verb, times]) =>
      kinds.flatMap((kind) =>
        howOften.flatMap(([often, strikes]) =>
          [...new Set([0, Math.min(1, times - 1), times - 1])].map((skip) => ({
            id: `${name}/${base}/${nameOf(visit)}/ledger.${verb}${skip > 0 ? `#${skip + 1}` : ''}/${kind}/${often}`,
            group: 'ledger',
            run: () =>
              inWorld(name, base, async (world) => {
                const left = strikes === 'always' ? Number.POSITIVE_INFINITY : strikes;
                const fault: StoreFault = { verb, kind, skip, left };
                const run = new Run(
                  world,
                  atFirst(visit, () => void world.store.faults.push(fault)),
                );
                const verdict = await conclude(world, run, { ledgerFails: true });
                return { ...verdict, struck: fault.left < left || strikes === 'always' };
              }),
          })),
        ),
      ),
    ),
  );
}

/** The run is gone, before and after every call that it makes; or it is stopped while a call is on its way. */
function deathCases(name: WorldName, base: Base, { calls, reached }: Probe): Case[] {
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
    // The watchdog is at work at once, and what was on its way arrives after it.
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

/** At-least-once: a function is invoked again with the same input, at once or late. */
function twiceCases(name: WorldName, base: Base, { reached }: Probe): Case[] {
  const status: Expectations['status'] = base === 'zeebe-fails' ? 'FAILED' : 'SUCCEEDED';
  const cases: Case[] = [];
  const add = (id: string, run: (world: World) => Promise<Verdict>) => {
    cases.push({
      id: `${name}/${base}/twice/${id}`,
      group: 'twice',
      run: () => inWorld(name, base, run),
    });
  };
  const quietly = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      () => undefined,
    );
  for (const [index, visit] of reached.entries()) {
    const wanted = nameOf(visit);
    add(`${wanted}/and-the-first-counts`, (world) => {
      const run = new Run(world, {
        async twice(visited, first, call, self) {
          const output = await first;
          if (isVisit(visited, visit)) await quietly(self.ghost(call));
          return output;
        },
      });
      return conclude(world, run, { status });
    });
    add(`${wanted}/and-the-second-counts`, (world) => {
      const run = new Run(world, {
        async twice(visited, first, call, self) {
          const output = await first;
          return isVisit(visited, visit) ? self.ghost(call) : output;
        },
      });
      return conclude(world, run, { status });
    });
    for (const later of reached.slice(index + 1)) {
      add(`${wanted}/again-after-${nameOf(later)}`, (world) => {
        let again: (() => Promise<unknown>) | undefined;
        const run = new Run(world, {
          async twice(visited, first, call, self) {
            const output = await first;
            if (isVisit(visited, visit)) again ??= () => self.ghost(call);
            if (isVisit(visited, later)) await (again && quietly(again()));
            return output;
          },
        });
        return conclude(world, run, { status });
      });
      if (base !== 'good') continue;
      add(`${wanted}/again-in-the-next-run-after-${nameOf(later)}`, async (world) => {
        let again: (() => Promise<unknown>) | undefined;
        const first = new Run(world, {
          async twice(visited, work, call, self) {
            const output = await work;
            if (isVisit(visited, visit)) again ??= () => self.ghost(call);
            return output;
          },
        });
        await first.ended;
        await world.time.sleep(60_000);
        const run = new Run(world, {
          async twice(visited, work) {
            const output = await work;
            if (isVisit(visited, later)) await (again && quietly(again()));
            return output;
          },
        });
        return conclude(world, run, { status });
      });
    }
  }
  return cases;
}

/** A broker or the search engine is away from a state on, for a while. */
function outageCases(name: WorldName, { reached }: Probe): Case[] {
  const { brokers } = worlds[name];
  const lengths = [
    ['8s', 8],
    ['2m', 120],
    ['20m', 1200],
    ['until-repaired', Number.POSITIVE_INFINITY],
  ] as const;
  const outages = [
    ...(brokers > 1 ? [{ what: 'broker', down: 'stopBroker', up: 'startBroker' } as const] : []),
    { what: 'search', down: 'stopSearch', up: 'startSearch' } as const,
  ];
  return reached.flatMap((visit) =>
    outages.flatMap(({ what, down, up }) =>
      lengths.map(([length, seconds]) => ({
        id: `${name}/outage/${what}/at-${nameOf(visit)}/${length}`,
        group: 'outages',
        run: againWherePortIsTaken(() =>
          inWorld(name, 'good', async (world) => {
            const { brokers: addresses, search } = world.simulator.urls;
            const port = Number(new URL((what === 'broker' ? addresses[1] : search) ?? '').port);
            let placeholder: Server | undefined;
            const back = async () => {
              if (!placeholder) return;
              placeholder.close();
              placeholder = undefined;
              world.simulator[up](1);
              await settled();
            };
            const hooks = atFirst(visit, () => {
              world.simulator[down](1);
              placeholder = keep(port);
              if (Number.isFinite(seconds)) {
                world.time
                  .sleep(seconds * 1000)
                  .then(() => world.time.busy(back))
                  .catch(() => undefined);
              }
            });
            return conclude(world, new Run(world, hooks), { heal: back });
          }),
        ),
      })),
    ),
  );
}

/** Another run is started while one is at work: it is SKIPPED, and the first one does not notice. */
function rivalCases(name: WorldName, { reached }: Probe): Case[] {
  return reached.map((visit) => ({
    id: `${name}/rival/at-${nameOf(visit)}`,
    group: 'rivals',
    run: () =>
      inWorld(name, 'good', async (world) => {
        let rival: Run | undefined;
        const run = new Run(
          world,
          atFirst(visit, () => {
            rival = new Run(world);
          }),
        );
        const verdict = await conclude(world, run, { status: 'SUCCEEDED' });
        const { output } = (await rival?.ended) ?? {};
        if (visit.state !== 'PrepareBackup' && !JSON.stringify(output ?? null).includes('"SKIPPED"')) {
          verdict.broken.push('the second run was not SKIPPED');
          verdict.outcome = 'BROKEN';
        }
        return verdict;
      }),
  }));
}

/** Somebody else resumes exporting in the middle of a backup, which is not consistent then. */
function meddlingCases(name: WorldName, { reached }: Probe): Case[] {
  const paused = reached.findIndex(({ state }) => state === 'PauseExporting');
  const resumed = reached.findIndex(({ state }) => state === 'ResumeExporting');
  return reached.slice(paused + 1, resumed).flatMap((visit) =>
    [undefined, 2].map((partition) => ({
      id: `${name}/meddling/resumed-at-${nameOf(visit)}${partition ? `/partition-${partition}` : ''}`,
      group: 'meddling',
      run: () =>
        inWorld(name, 'good', async (world) => {
          const where = partition === undefined ? {} : { partition };
          const hooks = atFirst(visit, () => world.simulator.setExporterPhase('EXPORTING', where));
          return conclude(world, new Run(world, hooks), { status: 'FAILED' });
        }),
    })),
  );
}
