import { type ComponentName, type CourseKind, courses } from '../../simulator/index.ts';
import { atFirst, type Case, howOften, inWorld, isVisit, nameOf } from './case.ts';
import { conclude } from './judge.ts';
import { isSilent, kindsOf } from './kinds.ts';
import { type Base, type Probe, probe, type Reached } from './probe.ts';
import { Run } from './run.ts';
import { type WorldName, worlds } from './world.ts';

/** One case for each operation of each state, each fault, and each number of times. */
export function callCases(name: WorldName, base: Base, reached: Reached[]): Case[] {
  const { engine } = worlds[name];
  return reached.flatMap((visit) =>
    [...visit.operations].flatMap(([operation, times]) =>
      kindsOf(operation, engine).flatMap(({ name: kindName, kind }) =>
        howOften.flatMap(({ often, strikes }) =>
          // Only the first fault depends on the calls that passed before it.
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

/** A retried start, after a lost answer, makes calls that no good run makes. */
export async function repeatedStarts(name: WorldName, good: Probe): Promise<Case[]> {
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

/** One case for each course that a component's backup can take. */
export function courseCases(name: WorldName): Case[] {
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
      // If the time limit is above `maxPause`, the watchdog stops the run.
      return course === 'neverEnds' ? [plain, one(`course/${component}/${course}/24h`, '24h')] : [plain];
    }),
  );
}
