import type { ComponentState } from '../components/component.ts';
import { titles } from '../components/kinds.ts';
import type { Judgement } from '../ledger/verification.ts';
import type { Facts } from './facts.ts';
import { lookAt, takeAnother } from './judgement.ts';

/** What each component itself says about its backup. */
export function judgeComponents({ components, backupId }: Facts): Judgement[] {
  return components.map(({ component, status: { known, unknown } }): Judgement => {
    const look = lookAt('components', component);
    if (unknown) return look.notSeen(unknown);
    const title = titles[component];
    if (known.state === 'ABSENT') return look.wrong(`${title}: there is no backup ${backupId}`, takeAnother);
    const says = `${title}: the backup ${backupId} is ${known.state}`;
    const why = known.failureReason ? `${says}: ${known.failureReason}` : says;
    return {
      proven: () => look.proven(says),
      wrong: () => look.wrong(why, takeAnother),
      unknown: () => look.unknown(why, whileItRuns(known.state)),
    }[meanings[known.state]]();
  });
}

const meanings: Record<ComponentState, 'proven' | 'wrong' | 'unknown'> = {
  COMPLETED: 'proven',
  FAILED: 'wrong',
  INCOMPLETE: 'wrong',
  INCOMPATIBLE: 'wrong',
  ABSENT: 'wrong',
  IN_PROGRESS: 'unknown',
  UNKNOWN: 'unknown',
};

const whileItRuns = (state: ComponentState) =>
  state === 'IN_PROGRESS' ? 'Verify it again when it has ended.' : undefined;
