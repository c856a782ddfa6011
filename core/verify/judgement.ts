import type { EvidenceName } from '../config/verify.ts';
import type { BackupError } from '../errors.ts';
import type { Judgement } from '../ledger/verification.ts';

/** One look at one part of a backup; its methods make the judgement that it came to. */
export function lookAt(name: EvidenceName, subject: string) {
  const judged = (verdict: Judgement['verdict'], says: string, remedy?: string): Judgement => ({
    name,
    verdict,
    subject,
    says,
    ...(remedy === undefined ? {} : { remedy }),
  });
  return {
    proven: (says: string) => judged('proven', says),
    warning: (says: string, remedy: string) => judged('warning', says, remedy),
    wrong: (says: string, remedy: string) => judged('wrong', says, remedy),
    unknown: (says: string, remedy?: string) => judged('unknown', says, remedy),
    /** Something that is not there, which is wrong only if it must have been. */
    missing: (says: string, mustExist: boolean) =>
      mustExist
        ? judged('wrong', says, takeAnother)
        : judged('unknown', `${says}; whether it should have one is not known`),
    /** Something that could not be asked. Nothing follows about the backup. */
    notSeen: ({ message, remedy }: BackupError) => judged('unknown', message, remedy),
  };
}
export type Look = ReturnType<typeof lookAt>;

/** What to do about a backup of which something is wrong. */
export const takeAnother =
  'Do not count on this backup: take another one, and find out what has changed or removed its parts.';

/** `1 file`, `2 files`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Names the first of many. `names` may have only the first ones of `count`. */
export function severalOf(names: string[], count = names.length): string {
  const first = names.slice(0, 3);
  const others = count - first.length;
  return others > 0 ? `${first.join(', ')} and ${others} others` : first.join(', ');
}
