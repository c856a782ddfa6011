import * as z from 'zod';
import { type Fact, factOf } from '../checks/fact.ts';
import type { ToldId } from '../components/backup-id.ts';
import type { Context } from '../context.ts';
import { BackupError } from '../errors.ts';
import { within } from '../within.ts';

/** In seconds. A person waits for this, and a healthy source answers sooner. */
export const patienceSeconds = 2;

/** How many requests are sent to a source at the same time. */
export const readsAtOnce = 10;

/**
 * Chooses which backups of a source are read. Its list does not show how a backup ended, and reading all would take
 * long.
 */
export type ToRead = (ids: number[]) => Promise<number[]>;

/** A source of backups, and whether it could be asked. */
export const source = z.strictObject({
  name: z
    .string()
    .describe(
      '`ledger`, `repository`, `zeebeStore`, a component by its name in the configuration, or `stack`: everything but the ledger of a deployed stack.',
    ),
  answered: z.boolean().describe('False if it did not answer, or not completely, within two seconds.'),
  says: z
    .string()
    .describe('Why it could not be asked, or what else is to be known of its answer, as a sentence.')
    .optional(),
  remedy: z.string().describe('What to do about that.').optional(),
});
export type Source = z.infer<typeof source>;

const tooLate = () => new BackupError('Unreachable', `there was no answer within ${patienceSeconds} s`);

/** Asks several sources side by side, and notes which of them answered in time. */
export function askingSources({ clock }: Pick<Context, 'clock'>) {
  const until = clock.now() + patienceSeconds * 1000;
  const noted = new Map<string, Source>();
  const note = (one: Source) => {
    const { name, answered, says, remedy } = noted.get(one.name) ?? one;
    const all = [says, one.says].filter((text) => text !== undefined);
    const what = [remedy, one.remedy].find((text) => text !== undefined);
    noted.set(name, {
      name,
      answered: answered && one.answered,
      ...(all.length > 0 ? { says: [...new Set(all)].join('; ') } : {}),
      ...(what ? { remedy: what } : {}),
    });
  };
  return {
    /** The sources that were asked, in the order of `names`. */
    sources: (names: string[]) => names.flatMap((name) => noted.get(name) ?? []),

    note,

    /**
     * Asks a source, and gives up when the time for all of them is over, or `seconds` after this call. The rest of
     * `work` is not waited for.
     */
    async ask<T>(name: string, work: () => Promise<T>, seconds?: number): Promise<Fact<T>> {
      const left = seconds ?? Math.max(0, (until - clock.now()) / 1000);
      const fact = await factOf(() => within(left, work, { clock }, tooLate));
      if (fact.unknown) {
        const { message: says, remedy } = fact.unknown;
        note({ name, answered: false, says, ...(remedy ? { remedy } : {}) });
      } else note({ name, answered: true });
      return fact;
    },
  };
}
export type Asking = ReturnType<typeof askingSources>;

/** Notes the backups of a source whose ids a number cannot hold exactly. They are not shown. */
export function sayTooLong(name: string, what: string, ids: ToldId[], { note }: Asking): void {
  const tooLong = new Set(ids.filter((id) => typeof id === 'bigint'));
  if (tooLong.size === 0) return;
  const says = `${what} has backups whose ids are too long for camunda-backup, and which are not shown: ${[...tooLong].join(', ')}`;
  note({ name, answered: true, says });
}
