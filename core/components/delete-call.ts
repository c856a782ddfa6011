import { curl } from '../connect/by-hand.ts';
import { recordsSnapshotPrefix } from './records/backup.ts';
import type { CamundaTarget, RecordsTarget } from './target.ts';

/** The call that deletes a backup from a component, for a person to paste. */
export function deleteCall(target: CamundaTarget | RecordsTarget, backupId: number): string {
  return curl('DELETE', urlOf(target, backupId), target.auth);
}

function urlOf(target: CamundaTarget | RecordsTarget, backupId: number): string {
  if (target.component !== 'records') return `${target.url}/actuator/${target.path}/${backupId}`;
  const { url, repository } = target;
  return `${url}/_snapshot/${encodeURIComponent(repository)}/${recordsSnapshotPrefix}${backupId}`;
}
