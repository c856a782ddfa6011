import * as z from 'zod';
import { madeId } from '../components/backup-id.ts';
import { evidenceNames } from '../config/verify.ts';
import { documentIn } from './document.ts';
import * as keys from './keys.ts';
import type { Store } from './store/store.ts';

/**
 * What one look at a backup came to. There is no `ok`: something that was not looked at, or that could not be seen, is
 * `unknown`. Only `proven` and `warning` say that it was seen to be right; a warning is for the person who restores it.
 */
const judgement = z.strictObject({
  name: z.enum(evidenceNames),
  verdict: z.enum(['proven', 'warning', 'unknown', 'wrong']),
  /** The part of the backup, such as `zeebe` or `operate`. */
  subject: z.string(),
  /** What was seen, or why it is not known, as a sentence. */
  says: z.string(),
  remedy: z.string().optional(),
  /** When an earlier verification saw it, if this one could not see the same thing. */
  seenAt: z.iso.datetime().optional(),
  /** True if people were told that it is unknown, by this verification or an earlier one. */
  told: z.literal(true).optional(),
});
export type Judgement = z.infer<typeof judgement>;

const good = z.enum(['proven', 'inPart']);

/**
 * CLUSTER/backups/ID/verification.json: the last verification of a backup, with what earlier ones saw and it did not see.
 */
export const verification = z.strictObject({
  format: z.literal(1),
  cluster: z.string(),
  backupId: madeId,
  /** The moment at which it began. */
  verifiedAt: z.iso.datetime(),
  /**
   * `proven`: everything was seen to be right. `inPart`: the same of everything that must be known, and something else is
   * unknown. `unknown`: nothing is wrong, but something that must be known is unknown. `wrong`: something is wrong, or an
   * earlier verification saw it wrong and it was not seen again since.
   */
  verdict: z.enum(['proven', 'inPart', 'unknown', 'wrong']),
  /** What must be known, by the configuration. */
  required: z.array(z.enum(evidenceNames)),
  judgements: z.array(judgement),
  /** The last good verification, if this one could not see everything and nothing is known to be wrong. */
  lastGood: z.strictObject({ verifiedAt: z.iso.datetime(), verdict: good }).optional(),
  /** What was read of the contents; absent if only names and sizes were looked at. */
  read: z.strictObject({ files: z.int(), bytes: z.int(), seconds: z.number() }).optional(),
});
export type Verification = z.infer<typeof verification>;

/** A verification that found nothing wrong and, of what must be known, nothing unknown. */
export type GoodVerification = NonNullable<Verification['lastGood']>;

/** The newest verification of a backup that was good; undefined if there is none, or if something is wrong since. */
export function lastGoodOf({ verdict, verifiedAt, lastGood }: Verification): GoodVerification | undefined {
  return verdict === 'proven' || verdict === 'inPart' ? { verifiedAt, verdict } : lastGood;
}

/** The verifications of backups. They are beside the manifests, because a manifest does not change after its end. */
export function verifications(store: Store) {
  const documentOf = (cluster: string, backupId: number) =>
    documentIn(store, keys.verification(cluster, backupId), verification);

  return {
    writeVerification: (one: Verification) => documentOf(one.cluster, one.backupId).write(one),

    verificationLocation: (cluster: string, backupId: number) => documentOf(cluster, backupId).location(),

    async readVerification(cluster: string, backupId: number): Promise<Verification | undefined> {
      return (await documentOf(cluster, backupId).read())?.value;
    },
  };
}
