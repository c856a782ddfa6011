import type { Commands } from '../../core/commands.ts';
import { type Config, chooseCluster } from '../../core/config/schema.ts';
import type { Inventory } from '../../core/inventory/backup.ts';
import { listInventory, type Wanted } from '../../core/inventory/list.ts';
import { namingCluster } from '../../deployment/commands.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { localContext } from '../local/context.ts';
import { type Output, printJson, printLine } from '../screen/output.ts';
import { listLines } from './list-text.ts';
import type { ListResult } from './result.ts';
import { sourceLines } from './sources-text.ts';

export interface ListOptions extends Wanted {
  host: Pick<Host, 'output' | 'env'>;
  config: Config;
  commands: Commands;
  /** Optional if only one cluster is configured. */
  cluster?: string;
  json: boolean;
}

/** Runs `camunda-backup list`. Returns the exit code. */
export async function list(options: ListOptions): Promise<number> {
  const { host, config, commands, json, ...wanted } = options;
  const { output, env } = host;
  const { name, cluster } = chooseCluster(config, options.cluster, namingCluster);
  // A source that did not answer in time is not waited for in the end either.
  const over = new AbortController();
  const { context, close } = await localContext(config, commands, {
    interrupt: over.signal,
    env,
    warn: (text) => printLine(output.stderr, text),
  });
  try {
    const found = await listInventory(name, cluster, wanted, context);
    return printList(found, { json, output, commands });
  } finally {
    over.abort();
    await close();
  }
}

/** Prints the backups of a cluster. Returns the exit code. */
export function printList(
  found: Inventory,
  { json, output, commands }: { json: boolean; output: Output; commands: Commands },
): number {
  const { stdout, stderr } = output;
  if (json) {
    const result: ListResult = { ...found, failure: null };
    printJson(stdout, result);
  } else {
    stdout.write(`${listLines(found, stdout).join('\n')}\n`);
    for (const line of sourceLines(found.cluster, found.sources, commands, stderr)) printLine(stderr, line);
  }
  return found.sources.some(({ answered }) => answered) ? exitCodes.done : exitCodes.failed;
}
