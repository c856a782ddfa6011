import type { ComponentName, Operation } from '../../simulator/index.ts';
import type { OutsideCall } from './outside.ts';
import { type Hooks, Run, type Visit } from './run.ts';
import type { StoreVerb } from './store.ts';
import { World, type WorldName } from './world.ts';

/** What goes wrong first, so that states are reached that a good backup never sees. */
export type Base = 'good' | 'zeebe-fails' | 'leader-change' | `lost-${ComponentName}`;

/** What a visit of a state asks of the cluster and the ledger, at most. */
export interface Reached {
  state: string;
  component: ComponentName | undefined;
  operations: Map<Operation, number>;
  verbs: Map<StoreVerb, number>;
  outside: Map<OutsideCall, number>;
}

export interface Probe {
  /** In the order in which they answered first. */
  reached: Reached[];
  /** Calls of the whole run. */
  calls: number;
}

/** Orders what a base is made of. */
export function prepare(world: World, base: Base): void {
  if (base === 'zeebe-fails') {
    world.simulator.order({ component: 'zeebe', kind: { failed: { reason: 'Access Denied' } } });
  }
  // A failure that passes: the run tries again with a new id.
  if (base === 'leader-change') world.simulator.order({ component: 'zeebe', kind: { failed: {} } });
  if (!base.startsWith('lost-')) return;
  const component = base.slice('lost-'.length);
  const operation = component === 'records' ? 'search.create' : (`${component}.start` as Operation);
  world.simulator.order({ operation, kind: 'lostAnswer' });
}

/** Runs without any further fault, and writes down which state calls what. */
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

/** The most that one visit asks for. */
function countInto<K>(most: Map<K, number>, asked: K[]): void {
  for (const one of new Set(asked)) {
    most.set(one, Math.max(most.get(one) ?? 0, asked.filter((other) => other === one).length));
  }
}
