import { atFirst, type Case, howOften, inWorld, nameOf } from './case.ts';
import { conclude } from './judge.ts';
import type { Base, Reached } from './probe.ts';
import { Run } from './run.ts';
import type { StoreFault } from './store.ts';
import type { WorldName } from './world.ts';

/** The home of the ledger fails at every verb that a state uses. */
export function ledgerCases(name: WorldName, base: Base, reached: Reached[]): Case[] {
  const kinds: StoreFault['kind'][] = ['error', 'lost', 'stall'];
  return reached.flatMap((visit) =>
    [...visit.verbs, ['any', 1] as const].flatMap(([verb, times]) =>
      kinds.flatMap((kind) =>
        howOften.flatMap(({ often, strikes }) =>
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
