import type { ComponentState, ComponentStatus } from '../components/component.ts';
import { titles } from '../components/kinds.ts';
import type { Judgement } from '../ledger/verification.ts';
import { type Facts, mustExist } from './facts.ts';
import { counted, type Look, lookAt, takeAnother } from './judgement.ts';
import { recordedPartitions } from './partitions.ts';
import { anotherRepository } from './snapshots.ts';

/** What each component itself says about its backup. */
export function judgeComponents(facts: Facts): Judgement[] {
  const { components, backupId } = facts;
  return components.map(({ component, status: { known, unknown } }): Judgement => {
    const look = lookAt('components', component);
    if (unknown) return look.notSeen(unknown);
    const title = titles[component];
    const takenInto = component === 'records' ? anotherRepository(facts) : undefined;
    if (takenInto !== undefined) {
      return look.unknown(
        `${title}: they are in the repository ${takenInto}, which is not the configured one`,
      );
    }
    if (known.state === 'ABSENT')
      return look.missing(`${title}: there is no backup ${backupId}`, mustExist(facts));
    const grown = component === 'zeebe' ? lacksNewPartitions(known, facts, look) : undefined;
    if (grown) return grown;
    const says = `${title}: the backup ${backupId} is ${known.state}`;
    const why = known.failureReason ? `${says}: ${known.failureReason}` : says;
    return {
      proven: () => look.proven(says),
      wrong: () => look.wrong(why, takeAnother),
      unknown: () => look.unknown(why, whileItRuns(known.state)),
    }[meanings[known.state]]();
  });
}

/**
 * Zeebe calls every older backup INCOMPLETE after partitions were added to the cluster, since it has no backup of these.
 * Undefined if the backup lacks anything else.
 */
function lacksNewPartitions(
  { state, parts }: ComponentStatus,
  facts: Facts,
  look: Look,
): Judgement | undefined {
  const had = parts.findIndex((part) => part.state === 'DOES_NOT_EXIST');
  const isComplete = parts.slice(0, had).every((part) => part.state === 'COMPLETED');
  const isRestNew = parts.slice(had).every((part) => part.state === 'DOES_NOT_EXIST');
  if (state !== 'INCOMPLETE' || had < 1 || !isComplete || !isRestNew) return undefined;
  const says = `Zeebe: the backup ${facts.backupId} has ${had} of the ${counted(parts.length, 'partition')} that the cluster has today`;
  const recorded = recordedPartitions(facts);
  if (recorded === undefined) return look.unknown(`${says}; how many it had then is not recorded`);
  return recorded === had
    ? look.warning(
        `${says}, and had no more then`,
        `Restore it into a cluster of ${counted(had, 'partition')}.`,
      )
    : undefined;
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
