import { atFirst, type Case, howOften, inWorld, nameOf } from './case.ts';
import type { Expectations } from './expectations.ts';
import { conclude } from './judge.ts';
import type { OutsideCall, OutsideFault } from './outside.ts';
import type { Base, Reached } from './probe.ts';
import { Run } from './run.ts';
import type { World, WorldName } from './world.ts';

const group = 'people and the rest';
const kindsOf = (call: OutsideCall) =>
  (call === 'measure' ? ['throws'] : ['throws', 'hangs']) as OutsideFault['kind'][];

/** True for services whose faults must not change the end of a backup. */
const isAside = (call: OutsideCall) => ['tell', 'publish', 'measure', 'ping'].includes(call);

/** Alerts, events, figures, the monitor, secrets or the configuration fail, wherever a state uses them. */
export function outsideCases(name: WorldName, base: Base, reached: Reached[]): Case[] {
  return reached.flatMap((visit) =>
    [...visit.outside].flatMap(([call, times]) =>
      kindsOf(call).flatMap((kind) =>
        howOften.flatMap(({ often, strikes }) =>
          [...new Set(strikes === 'always' ? [0] : [0, times - 1])].map((skip) => ({
            id: `${name}/${base}/${nameOf(visit)}/${call}${skip > 0 ? `#${skip + 1}` : ''}/${kind}/${often}`,
            group,
            run: () =>
              inWorld(name, base, async (world) => {
                const fault = faultOf(call, kind, strikes, skip);
                const hooks = atFirst(visit, () => void world.outside.faults.push(fault));
                const expect: Expectations = {
                  countsOnce: call !== 'measure',
                  ...(base === 'good' && isAside(call) ? { status: 'SUCCEEDED' } : {}),
                };
                const verdict = await conclude(world, new Run(world, hooks), expect);
                return { ...verdict, struck: fault.skip === 0 };
              }),
          })),
        ),
      ),
    ),
  );
}

function faultOf(
  call: OutsideCall,
  kind: OutsideFault['kind'],
  strikes: number | 'always',
  skip = 0,
): OutsideFault {
  return { call, kind, skip, left: strikes === 'always' ? Number.POSITIVE_INFINITY : strikes };
}

/** The same while the watchdog repairs what a dead run left: its lock, or a manifest without a lock. */
export function watchdogCases(name: WorldName): Case[] {
  const dies = (after: string) => async (world: World) =>
    new Run(world, {
      answered: ({ state }, run) => {
        if (state === after) run.kill();
      },
    });
  const left = {
    'a-pause': dies('PauseExporting'),
    'a-lock': dies('ResumeExporting'),
    'a-complete-backup': dies('CompleteBackup'),
    'an-orphan': async (world: World) => {
      const run = await dies('PrepareBackup')(world);
      await run.ended;
      await world.store.memory.remove('cluster/lock.json');
      return run;
    },
  };
  const calls: OutsideCall[] = ['tell', 'publish', 'measure', 'secrets', 'config'];
  return Object.entries(left).flatMap(([what, leave]) =>
    calls.flatMap((call) =>
      kindsOf(call).flatMap((kind) =>
        howOften.map(({ often, strikes }) => ({
          id: `${name}/watchdog/${what}/${call}/${kind}/${often}`,
          group,
          run: () =>
            inWorld(name, 'good', async (world) => {
              const run = await leave(world);
              await run.ended;
              world.outside.faults.push(faultOf(call, kind, strikes));
              return conclude(world, run);
            }),
        })),
      ),
    ),
  );
}
