import type { Diagnosis } from './diagnosis.ts';
import type { DoctorFacts } from './facts.ts';
import { valueIn } from './properties.ts';
import { settingOf } from './settings.ts';

/**
 * From 8.9 on, a cluster may take backups by itself. Then it chooses the ids, and refuses one that it is given. Such
 * backups contain no web applications, and its retention also deletes those of other tools.
 * https://docs.camunda.io/docs/8.9/self-managed/operational-guides/backup-restore/zeebe-backup-and-restore/
 */
export function generatedIds({ addresses, installed }: DoctorFacts): Diagnosis[] {
  const finding = { name: 'generatedIds', subject: 'zeebe' };
  const [properties] = addresses.flatMap(({ properties, endpoints }) =>
    properties && endpoints?.has('exporting') ? [properties] : [],
  );
  const value = (below: string) => (properties ? valueIn(properties, 'backup', below) : undefined);
  const isOn = (below: string) => !isOff(value(below));
  const naming = (below: string) => settingOf('backup', installed, { below });
  const on = ['continuous', 'schedule', 'checkpoint-interval'].filter(isOn);
  const found: Diagnosis[] = [];
  if (on.length > 0) {
    found.push({
      ...finding,
      severity: 'error',
      says: `Zeebe takes backups by itself (${on.join(', ')}), so it refuses every backup whose id it has not chosen`,
      remedy: `Unset ${on.map(naming).join(', ')} on every broker, and restart them: with a search engine, all components need one id.`,
    });
  } else if (addresses.some(({ checkpoints = [] }) => checkpoints.some((type) => type !== 'MANUAL_BACKUP'))) {
    found.push({
      ...finding,
      severity: 'warning',
      says: 'Zeebe has taken backups or checkpoints by itself (GET /actuator/backupRuntime/state). If it still does, it refuses every backup whose id it has not chosen',
      remedy: `See whether ${['continuous', 'schedule', 'checkpoint-interval'].map(naming).join(', ')} are set.`,
    });
  }
  if (isOn('continuous') && !isOn('schedule')) {
    found.push({
      ...finding,
      severity: 'error',
      says: 'Zeebe takes continuous backups without a schedule: it never deletes anything from its log, until its disk is full',
      remedy: `Unset ${naming('continuous')}, or set ${naming('schedule')}.`,
    });
  }
  const window = value('retention.window');
  if (!isOff(window)) {
    found.push({
      ...finding,
      severity: 'warning',
      says: `Zeebe deletes backups that are older than ${window}, also those of this tool${isOn('schedule') ? '' : '; without a schedule it never does'}`,
      remedy: `Unset ${naming('retention.window')} if this tool or a person decides how long backups are kept.`,
    });
  }
  return found;
}

const isOff = (value: string | undefined) =>
  value === undefined || value === '' || /^(false|none|off|0|PT0S)$/i.test(value);
