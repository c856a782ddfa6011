import type { Verdict } from './judge.ts';
import { taskNamed } from './machine.ts';
import { type Base, prepare } from './probe.ts';
import type { Hooks, Run, Visit } from './run.ts';
import { World, type WorldName } from './world.ts';

/** A run against one fault. */
export interface Case {
  id: string;
  group: string;
  run: () => Promise<Verdict>;
}

export const howOften = [
  { often: 'once', strikes: 1 },
  { often: 'three-times', strikes: 3 },
  { often: 'always', strikes: 'always' },
] as const;

/** Runs the work in a world of its own, and closes that world afterwards. */
export async function inWorld(
  name: WorldName,
  base: Base,
  use: (world: World) => Promise<Verdict>,
  options?: { timeout?: string },
): Promise<Verdict> {
  const world = await World.open(name, options);
  try {
    prepare(world, base);
    return await use(world);
  } finally {
    await world.close();
  }
}

export const isVisit = (visit: Visit, wanted: Pick<Visit, 'state' | 'component'>) =>
  visit.state === wanted.state && visit.component === wanted.component;

/** Calls a function when a state is entered for the first time. */
export function atFirst(wanted: Pick<Visit, 'state' | 'component'>, act: (run: Run) => void): Hooks {
  let entered = false;
  return {
    called: (visit, run) => {
      if (entered || !isVisit(visit, wanted)) return;
      entered = true;
      act(run);
    },
  };
}

export const nameOf = ({ state, component }: Pick<Visit, 'state' | 'component'>) =>
  component && taskNamed(state).inMap ? `${state}:${component}` : state;
