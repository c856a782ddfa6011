import type { ComponentName, Operation } from '../../simulator/index.ts';
import type { OutsideCall } from './outside.ts';
import { type Hooks, Run, type Visit } from './run.ts';
import type { StoreVerb } from './store.ts';
import { World, type WorldName } from './world.ts';

/** The first fault of a run, which leads to states that a good backup never reaches. */
export type Base = 'good' | 'zeebe-fails' | 'leader-change' | `lost-${ComponentName}`;

/** The most calls that one visit of a state makes to the cluster and the ledger. */
export interface Reached {
  state: string;
  component: ComponentName | undefined;
  operations: Map<Operation, number>;
  verbs: Map<StoreVerb, number>;
  outside: Map<OutsideCall, number>;
}

export interface Probe {
  /** The states in the order of their first answers. */
  reached: Reached[];
  /** The number of calls of the whole run. */
  calls: number;
}

/** Orders the faults of a base. */
export function prepare(world: World, base: Base): void {
  if (base === 'zeebe-fails') {
    world.simulator.order({ component: 'zeebe', kind: { failed: { reason: 'Access Denied' } } });
  }
  // This failure passes, so the run tries again with a new id.
  if (base === 'leader-change') world.simulator.order({ component: 'zeebe', kind: { failed: {} } });
  if (!base.startsWith('lost-')) return;
  const component = base.slice('lost-'.length);
  const operation = component === 'records' ? 'search.create' : (`${component}.start` as Operation);
  world.simulator.order({ operation, kind: 'lostAnswer' });
}

/** Runs without any further fault, and records the calls of each state. */
export async function probe(name: WorldName, base: Base): Promise<Probe> {
  const world = await World.open(name);
  try {
    prepare(world, base);
    const reached = new Map<string, Reached>();
    const begun = new Map<string, { calls: number; verbs: number; outside: number }>();
    const key = ({ state, component }: Visit) => `${state} ${component ?? ''}`;
    const end = (visit: Visit, run: Run) => {
      const from = begun.get(key(visit));
      if (!from) return;
      const found = reached.get(key(visit)) ?? {
        ...visit,
        operations: new Map(),
        verbs: new Map(),
        outside: new Map(),
      };
      reached.set(key(visit), found);
      const operations = world.simulator
        .calls()
        .slice(from.calls)
        .flatMap(({ operation }) => (operation === 'unknown' ? [] : [operation]))
        .filter((operation) => belongs(operation, visit.component));
      countInto(found.operations, operations);
      countInto(found.verbs, run.actor.verbs.slice(from.verbs));
      countInto(found.outside, run.actor.outside.slice(from.outside));
    };
    const hooks: Hooks = {
      called: (visit, run) => {
        const { verbs, outside } = run.actor;
        const calls = world.simulator.calls().length;
        begun.set(key(visit), { calls, verbs: verbs.length, outside: outside.length });
      },
      answered: end,
      threw: end,
    };
    const run = new Run(world, hooks);
    await run.ended;
    return { reached: [...reached.values()], calls: run.actor.calls };
  } finally {
    await world.close();
  }
}

function belongs(operation: Operation, component: ComponentName | undefined): boolean {
  if (component === undefined) return true;
  return operation.startsWith(component === 'records' ? 'search.' : `${component}.`);
}

/** The largest number of calls in one visit. */
function countInto<K>(most: Map<K, number>, asked: K[]): void {
  for (const one of new Set(asked)) {
    most.set(one, Math.max(most.get(one) ?? 0, asked.filter((other) => other === one).length));
  }
}
