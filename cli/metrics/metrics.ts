import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, systemClock } from '../../core/clock.ts';
import { BackupError, describe } from '../../core/errors.ts';
import { readMetrics } from '../../core/inventory/metrics.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import { sideBySide } from '../../core/side-by-side.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { printJson } from '../screen/output.ts';
import { prometheusText } from './prometheus.ts';
import type { MetricsResult } from './result.ts';

export interface MetricsOptions {
  host: Pick<Host, 'output' | 'cwd'>;
  ledger: Ledger;
  clusters: string[];
  /** The file that is written instead of stdout. */
  file?: string | undefined;
  json: boolean;
  clock?: Clock;
}

const clustersAtOnce = 5;

/** Prints or writes the figures that a ledger has of some clusters. Returns the exit code. */
export async function metrics(options: MetricsOptions): Promise<number> {
  const { host, ledger, clusters, file, json, clock = systemClock } = options;
  const { stdout } = host.output;
  const found = await sideBySide(clusters, clustersAtOnce, (cluster) =>
    readMetrics(cluster, { ledger, clock }),
  );
  const text = prometheusText(found);
  if (file !== undefined) await replaceFile(path.resolve(host.cwd, file), text);
  const result: MetricsResult = { clusters: found, failure: null };
  if (json) printJson(stdout, result);
  else if (file === undefined) stdout.write(text);
  return exitCodes.done;
}

/** Replaces a file in one step, because a collector may read it at any moment. */
async function replaceFile(file: string, text: string): Promise<void> {
  // A textfile collector reads only the files whose names end with .prom.
  const aside = `${file}.${randomUUID()}`;
  try {
    await writeFile(aside, text);
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw new BackupError(
      'ConfigurationError',
      `The metrics cannot be written to ${file}: ${describe(error)}`,
      {
        remedy: 'Name a file in a folder that exists and that you may write to.',
      },
    );
  }
}
