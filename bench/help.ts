import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Measured } from './figures.ts';

const execute = promisify(execFile);
const attempts = 9;

/** Measures how long the command line takes to print its help, as the median of several runs. */
export async function measureHelp(): Promise<Measured> {
  const times: number[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    const began = performance.now();
    await execute(process.execPath, ['dist/cli/main.js', '--help']);
    times.push(performance.now() - began);
  }
  const helpMilliseconds = Math.round(
    times.toSorted((a, b) => a - b)[Math.floor(attempts / 2)] ?? Number.NaN,
  );
  return {
    figures: { helpMilliseconds },
    table: {
      title: `The command line (the median of ${attempts})`,
      header: ['what', 'took'],
      rows: [['camunda-backup --help', `${helpMilliseconds} ms`]],
    },
  };
}
