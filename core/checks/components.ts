import { policyOf, titles } from '../components/kinds.ts';
import type { CheckName } from '../config/checks.ts';
import { isBackupError } from '../errors.ts';
import type { ClusterFacts, Facts, OwnRun } from './facts.ts';
import { type CheckFinding, failed, thrown, unseen } from './finding.ts';
import { type BackupList, isOutOfReach } from './lists.ts';

/** Checks that Zeebe has a backup store. */
export function backupStore({ cluster }: Facts): CheckFinding[] {
  return withoutStore('backupStore', cluster);
}

/** Checks that the web applications have a repository, and that neither they nor the records are being backed up. */
export function components({ cluster, ours }: Facts): CheckFinding[] {
  return [
    ...withoutStore('components', cluster),
    ...(cluster?.lists ?? []).flatMap((list) => (policyOf(list.target).takesSeveral ? [] : busy(list, ours))),
  ];
}

/** Reports the components of this check that refuse to list their backups, because they have no store or repository. */
export function withoutStore(check: CheckName, cluster: ClusterFacts | undefined): CheckFinding[] {
  return (cluster?.lists ?? []).flatMap((list) => {
    const { target, error } = list;
    if (policyOf(target).storeCheck !== check || !error || isOutOfReach(list)) return [];
    return isBackupError(error, 'BackupIdRefused') ? [] : [failed(check, target.component, error)];
  });
}

/** This run holds the lock, so every other run of this ledger is over, even if its backup is still in progress. */
function busy({ target, backups }: BackupList, { ids, ledgerIds, deleteLeftovers }: OwnRun): CheckFinding[] {
  const title = titles[target.component];
  return backups
    .filter(({ backupId, state }) => state === 'IN_PROGRESS' && !ids.includes(backupId))
    .map(({ backupId }): CheckFinding => {
      const isOurs = ledgerIds.includes(backupId);
      const whose = isOurs
        ? 'which an earlier run of this ledger started'
        : 'which this ledger does not know: another ledger, another tool or a person started it';
      const end = isOurs
        ? `If it does not end, delete it: ${deleteLeftovers}`
        : `If its creator has given it up, delete it from ${title}.`;
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

/** An application may still report a backup that was deleted while it was in progress. */
export function restartAfter(title: string): string {
  return `If ${title} still reports afterwards that another backup is running, restart every replica of it.`;
}

/** Refuses a backup if a component has an id above which no higher id is possible. */
export function endedIds({ cluster }: Facts): CheckFinding[] {
  return (cluster?.lists ?? []).flatMap(({ target: { component }, error }) =>
    isBackupError(error, 'BackupIdRefused') ? [thrown('backupId', component, error)] : [],
  );
}

/**
 * Only warns about a missing list, because the id is also asked for separately (chosen-id.ts) and the component itself
 * refuses a concurrent backup.
 */
export function missingLists({ cluster, ours }: Facts): CheckFinding[] {
  return (cluster?.lists ?? []).filter(isOutOfReach).map(({ target: { component }, error }) => {
    const sentence = `A second backup could not be excluded: ${titles[component]} cannot list its backups: ${error?.message}`;
    if (!isBackupError(error, 'ListUnreadable')) return unseen('backupId', component, sentence);
    const remedy = `${error.remedy} If a failed run left it, this command deletes it: ${ours.deleteLeftovers}`;
    return { ...unseen('backupId', component, sentence), remedy };
  });
}
