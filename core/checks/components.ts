import { policyOf, titles } from '../components/kinds.ts';
import type { CheckName } from '../config/checks.ts';
import { isBackupError } from '../errors.ts';
import type { ClusterFacts, Facts, Ours } from './facts.ts';
import { type CheckFinding, failed, thrown, unseen } from './finding.ts';
import { type BackupList, isOutOfReach } from './lists.ts';

/** Whether Zeebe has a backup store. */
export function backupStore({ cluster }: Facts): CheckFinding[] {
  return withoutStore('backupStore', cluster);
}

/** Whether the web applications have a repository, and whether one of them, or the records, is being backed up already. */
export function components({ cluster, ours }: Facts): CheckFinding[] {
  return [
    ...withoutStore('components', cluster),
    ...(cluster?.lists ?? []).flatMap((list) => (policyOf(list.target).takesSeveral ? [] : busy(list, ours))),
  ];
}

/** The components of which this check is told that they refuse to list their backups: they have no store or repository. */
export function withoutStore(check: CheckName, cluster: ClusterFacts | undefined): CheckFinding[] {
  return (cluster?.lists ?? []).flatMap((list) => {
    const { target, error } = list;
    if (policyOf(target).storeCheck !== check || !error || isOutOfReach(list)) return [];
    return isBackupError(error, 'BackupIdRefused') ? [] : [failed(check, target.component, error)];
  });
}

/** This run has the lock: whatever else a run of this ledger has started, that run is over. */
function busy({ target, backups }: BackupList, { ids, ledgerIds, deleteLeftovers }: Ours): CheckFinding[] {
  const title = titles[target.component];
  return backups
    .filter(({ backupId, state }) => state === 'IN_PROGRESS' && !ids.includes(backupId))
    .map(({ backupId }): CheckFinding => {
      const isOurs = ledgerIds.includes(backupId);
      const whose = isOurs
        ? 'which a run of this ledger has started that is over'
        : 'which this ledger does not know: another ledger, another tool or a person started it';
      const end = isOurs
        ? `If it does not end, delete it: ${deleteLeftovers}`
        : `If nobody is taking it any more, delete it from ${title}.`;
      return {
        name: 'components',
        severity: 'error',
        subject: target.component,
        says: `${title} at ${target.url} is taking the backup ${backupId} (IN_PROGRESS), ${whose}`,
        remedy: `Wait until it has ended, and start again. ${end}${policyOf(target).remembersDeleted ? `\n${restartAfter(title)}` : ''}`,
        error: 'ComponentBusy',
      };
    });
}

/** An application may go on remembering a backup that was deleted under its hands. */
export function restartAfter(title: string): string {
  return `Where ${title} still says after that that another backup is running, restart it, every replica.`;
}

/** A list with an id above which there is none: no backup can have one. */
export function endedIds({ cluster }: Facts): CheckFinding[] {
  return (cluster?.lists ?? []).flatMap(({ target: { component }, error }) =>
    isBackupError(error, 'BackupIdRefused') ? [thrown('backupId', component, error)] : [],
  );
}

/** A list is good to have. Without it the id is asked for by itself, and the component refuses a second backup itself. */
export function missingLists({ cluster, ours }: Facts): CheckFinding[] {
  return (cluster?.lists ?? []).filter(isOutOfReach).map(({ target: { component }, error }) => {
    const sentence = `A second backup could not be excluded: ${titles[component]} cannot list its backups: ${error?.message}`;
    if (!isBackupError(error, 'ListUnreadable')) return unseen('backupId', component, sentence);
    const remedy = `${error.remedy} Where a failed run has left it, this deletes it: ${ours.deleteLeftovers}`;
    return { ...unseen('backupId', component, sentence), remedy };
  });
}
