import type * as z from 'zod';
import { type Clock, systemClock } from '../../core/clock.ts';
import type { Commands } from '../../core/commands.ts';
import { cluster as clusterSettings } from '../../core/config/cluster.ts';
import { type BackupError, isBackupError } from '../../core/errors.ts';
import { inventory } from '../../core/inventory/backup.ts';
import { listInventory, type Wanted } from '../../core/inventory/list.ts';
import { mostListed, shownAnswer } from '../../core/inventory/request.ts';
import { showBackup } from '../../core/inventory/show.ts';
import type { Source } from '../../core/inventory/sources.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import type { Surroundings } from '../../deployment/commands.ts';
import { printList } from '../inventory/list.ts';
import { noneYet, printShown } from '../inventory/show.ts';
import { type Output, printLine } from '../screen/output.ts';
import { type Aws, aws as openAws } from './aws.ts';
import { invoke } from './invoke.ts';
import { ledgerOfStack } from './ledger.ts';
import { clusterOfStack, commandsOfStack, type DeployedStack, readStack } from './outputs.ts';

interface StackInventoryOptions {
  stack: string;
  at: Surroundings;
  /** Optional if the stack backs up only one cluster. */
  cluster?: string;
  json: boolean;
  output: Output;
  /** Tests replace the following. */
  aws?: Aws;
  openLedger?: (stack: DeployedStack, commands: Commands) => Ledger;
  clock?: Clock;
}

/** Runs `camunda-backup list --stack`. Returns the exit code. */
export async function listOfStack(options: StackInventoryOptions & Wanted): Promise<number> {
  const { json, output, limit, states, since } = options;
  const opened = await open(options);
  const { cluster, commands } = opened;
  const input = { look: 'list', cluster, limit: Math.min(limit, mostListed), states, since };
  const found = await ask(opened, input, inventory, async (context, config) =>
    listInventory(cluster, config, { limit, states, since }, context),
  );
  return printList(found, { json, output, commands });
}

/** Runs `camunda-backup show --stack`. Without an id, it shows the newest backup in the ledger. Returns the exit code. */
export async function showOfStack(
  options: StackInventoryOptions & { backupId: number | undefined },
): Promise<number> {
  const { json, output } = options;
  const opened = await open(options);
  const { cluster, commands, ledger, clock } = opened;
  const backupId = options.backupId ?? (await ledger.newestIds(cluster, 1, { clock }))[0];
  if (backupId === undefined) throw noneYet(cluster, ledger.home, commands);
  const input = { look: 'show', cluster, backupId };
  const found = await ask(opened, input, shownAnswer, async (context, config) =>
    showBackup(cluster, backupId, config, context),
  );
  return printShown(backupId, { cluster, ...found }, { json, output, commands });
}

async function open(options: StackInventoryOptions) {
  const { aws = openAws(), openLedger = ledgerOfStack, clock = systemClock, output } = options;
  const stack = await readStack(options.stack, aws);
  const commands = commandsOfStack(stack, options.at);
  const say = (text: string) => printLine(output.stderr, text);
  return {
    stack,
    cluster: clusterOfStack(stack, options.cluster),
    commands,
    ledger: openLedger(stack, commands),
    aws,
    clock,
    say,
  };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** Where the clusters are is not known here, so that this address is never called. */
const nowhere = clusterSettings.parse({ zeebe: { url: 'http://not-known.invalid:9600' } });

/**
 * Asks the function of the stack. Without it, or without the permission to call it, only the ledger is looked at, and a
 * note says so.
 */
async function ask<Answer extends { sources: Source[] }>(
  { stack, aws, clock, say, ledger }: Opened,
  input: object,
  answer: z.ZodType<Answer>,
  inLedger: (context: Parameters<typeof listInventory>[3], config: typeof nowhere) => Promise<Answer>,
): Promise<Answer> {
  const called = { stack: stack.name, name: 'LookAtBackups', arn: stack.functions.inventory, input, answer };
  try {
    return await invoke(called, { aws, clock, say });
  } catch (error) {
    if (!isBackupError(error)) throw error;
    const notAsked = async () => {
      throw error;
    };
    const context = { ledger, clock, http: notAsked, secrets: notAsked, search: notAsked };
    const found = await inLedger(context, nowhere);
    const ofLedger = found.sources.filter(({ name }) => name === 'ledger');
    return { ...found, sources: [...ofLedger, unaskedBecause(error)] };
  }
}

function unaskedBecause({ message, remedy }: BackupError): Source {
  return { name: 'stack', answered: false, says: message, ...(remedy === undefined ? {} : { remedy }) };
}
