import { repair } from '../core/backup/repair.ts';
import type { Config } from '../core/config.ts';
import { exitCodes } from './exit-codes.ts';
import { listenForInterruption } from './interruption.ts';
import { localContext } from './local-context.ts';
import { type Output, printLine } from './output.ts';
import type { RunOptions } from './run.ts';

/** `camunda-backup repair`. Returns the exit code; throws what kept it from repairing. */
export async function repairCluster({
  config,
  cluster,
  force,
  output,
  onEnding,
  exitNow,
}: Pick<RunOptions, 'onEnding' | 'exitNow'> & {
  config: Config;
  cluster: string;
  force: boolean;
  output: Output;
}): Promise<number> {
  const { context, close } = localContext(config);
  const say = (text: string) => printLine(output.stderr, text);
  // Half a repair would have to be repaired: it is a matter of seconds.
  const interruption = listenForInterruption({
    onEnding,
    wayBack: () => 'finishing the repair',
    first: say,
    say,
    insisted: (code) => {
      say(
        `Ended at once. Exporting may still be paused. Run again: camunda-backup repair --cluster ${cluster}`,
      );
      exitNow(code);
    },
  });
  try {
    const repaired = await repair(cluster, { force }, context);
    if (!repaired) {
      printLine(
        output.stdout,
        `There is no lock of ${cluster}: no run is at work, and none was left behind.`,
      );
      return exitCodes.done;
    }
    const { lock, exporting } = repaired;
    const what = {
      'not-paused': 'Exporting was not paused by it.',
      answered: 'Exporting is resumed (answered; the phases of the partitions could not all be read back).',
      proven: 'Exporting is resumed (read back on every partition).',
    }[exporting];
    const backup =
      lock.backupId === undefined
        ? 'It had not chosen an id yet.'
        : `Its backup ${lock.backupId} is marked FAILED.`;
    printLine(output.stdout, `The run ${lock.runId} is repaired. ${what} ${backup} The lock is free.`);
    return exitCodes.done;
  } finally {
    interruption.stop();
    await close();
  }
}
