import type { Server } from 'node:net';
import { atFirst, type Case, inWorld, nameOf } from './case.ts';
import { conclude } from './judge.ts';
import { againWherePortIsTaken, keep, settled } from './ports.ts';
import type { Probe } from './probe.ts';
import { Run } from './run.ts';
import { type WorldName, worlds } from './world.ts';

/** From a state on, a broker or the search engine is down for a while. */
export function outageCases(name: WorldName, { reached }: Probe): Case[] {
  const { brokers } = worlds[name];
  const lengths = [
    { length: '8s', seconds: 8 },
    { length: '2m', seconds: 120 },
    { length: '20m', seconds: 1200 },
    { length: 'until-repaired', seconds: Number.POSITIVE_INFINITY },
  ];
  const outages = [
    ...(brokers > 1 ? [{ what: 'broker', down: 'stopBroker', up: 'startBroker' } as const] : []),
    { what: 'search', down: 'stopSearch', up: 'startSearch' } as const,
  ];
  return reached.flatMap((visit) =>
    outages.flatMap(({ what, down, up }) =>
      lengths.map(({ length, seconds }) => ({
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
