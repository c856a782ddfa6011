import { atFirst, type Case, inWorld, nameOf } from './case.ts';
import { conclude } from './judge.ts';
import type { Probe } from './probe.ts';
import { Run } from './run.ts';
import type { WorldName } from './world.ts';

/** A second run starts while one is at work. It is SKIPPED, and the first run does not notice it. */
export function rivalCases(name: WorldName, { reached }: Probe): Case[] {
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

/** Exporting is resumed from outside in the middle of a backup, which is then not consistent. */
export function meddlingCases(name: WorldName, { reached }: Probe): Case[] {
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
