import { type Judgement, lastGoodOf, type Verification } from '../ledger/verification.ts';

/**
 * Adds to a verification what an earlier one of the same backup saw and this one did not see: nothing follows from what
 * is unknown, so it replaces nothing. What was wrong stays wrong until it is seen again.
 */
export function withEarlier(now: Verification, before: Verification | undefined): Verification {
  // The parts of a backup that has failed do not matter.
  if (!before || now.judgements.some(({ name, verdict }) => name === 'manifest' && verdict === 'wrong')) {
    return now;
  }
  const kept = before.judgements
    .filter((one) => isStillTrue(one, now.judgements))
    .map((one) => ({ ...one, seenAt: one.seenAt ?? before.verifiedAt }));
  const verdict = kept.some((one) => one.verdict === 'wrong') ? 'wrong' : now.verdict;
  const lastGood = verdict === 'unknown' ? lastGoodOf(before) : undefined;
  return {
    ...now,
    verdict,
    judgements: [...now.judgements, ...kept],
    ...(lastGood ? { lastGood } : {}),
  };
}

function isStillTrue(earlier: Judgement, now: Judgement[]): boolean {
  if (earlier.verdict === 'unknown') return false;
  // Only the newest backup is asked for its copies, so that nothing would ever correct this.
  if (earlier.name === 'replication' && earlier.verdict === 'wrong') return false;
  const named = now.filter(({ name }) => name === earlier.name);
  const isAllSeen = named.length > 0 && named.every(({ verdict }) => verdict !== 'unknown');
  if (isAllSeen) return false;
  const same = named.filter(({ subject }) => subject === earlier.subject);
  const seen = same.filter(({ verdict }) => verdict !== 'unknown');
  if (seen.length === 0) return true;
  // A part of it was seen, which may not be the part that was wrong.
  return (
    earlier.verdict === 'wrong' &&
    seen.length < same.length &&
    seen.every(({ says }) => says !== earlier.says)
  );
}
