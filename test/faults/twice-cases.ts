import { type Case, inWorld, isVisit, nameOf } from './case.ts';
import type { Expectations } from './expectations.ts';
import { conclude, type Verdict } from './judge.ts';
import type { Base, Probe } from './probe.ts';
import { Run } from './run.ts';
import type { World, WorldName } from './world.ts';

/** At-least-once delivery invokes a function again with the same input, at once or late. */
export function twiceCases(name: WorldName, base: Base, { reached }: Probe): Case[] {
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
