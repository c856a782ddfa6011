import { type ComponentName, titles } from '../core/camunda/component.ts';
import { formatSeconds } from '../core/duration.ts';
import type { Failure, Manifest } from '../core/ledger/manifest.ts';
import { type Output, paint } from './output.ts';

/** What a run came to: the object of `--json`, and what the summary is printed from. */
export interface RunResult {
  backupId: number | null;
  cluster: string;
  state: 'COMPLETED' | 'FAILED' | 'SKIPPED' | 'INTERRUPTED';
  durationSeconds: number;
  /** From the request of the pause to the answer of the resume; 0 where there was no pause, null where it did not end. */
  pausedSeconds: number | null;
  components: {
    component: ComponentName;
    state: string;
    parts: number;
    durationSeconds: number | null;
  }[];
  /** Where the manifest is. */
  manifest: string | null;
  failure: Failure | null;
  warnings: string[];
}

export function componentsOf(manifest: Manifest | undefined): RunResult['components'] {
  return (manifest?.expectedComponents ?? []).map((component) => {
    const entry = manifest?.components.find((one) => one.component === component);
    const { startedAt, endedAt } = entry ?? {};
    return {
      component,
      state: entry?.state ?? 'NOT_STARTED',
      parts: entry?.parts?.length ?? 0,
      durationSeconds: startedAt && endedAt ? (Date.parse(endedAt) - Date.parse(startedAt)) / 1000 : null,
    };
  });
}

/** The end of a run, in sentences. */
export function summary(result: RunResult, manifest: Manifest | undefined, { stderr }: Output): string {
  const { state, cluster, backupId, failure } = result;
  const id = backupId === null ? 'The backup' : `Backup ${backupId}`;
  const headline = {
    COMPLETED: paint(stderr, 'green', `${id} of ${cluster} is complete.`),
    FAILED: paint(stderr, 'red', `${id} of ${cluster} FAILED.`),
    SKIPPED: paint(stderr, 'yellow', `No backup of ${cluster} was started.`),
    INTERRUPTED: paint(stderr, 'yellow', `${id} of ${cluster} was interrupted.`),
  }[state];
  const lines = [headline];
  if (failure) {
    lines.push(`  ${failure.message}`);
    if (failure.remedy) lines.push(`  What to do: ${failure.remedy}`);
  }
  for (const warning of result.warnings) lines.push(`  ${paint(stderr, 'yellow', 'Warning:')} ${warning}`);
  if (state === 'COMPLETED') {
    for (const { component, parts, durationSeconds } of result.components) {
      const took = durationSeconds === null ? '' : formatSeconds(durationSeconds);
      lines.push(
        `  ${titles[component].padEnd(18)} ${String(parts).padStart(3)} part${parts === 1 ? ' ' : 's'}  ${took}`,
      );
    }
  }
  if (state !== 'SKIPPED') lines.push(`  ${exportingSentence(result, manifest)}`);
  if (state === 'COMPLETED') lines.push(`  It took ${formatSeconds(result.durationSeconds)}.`);
  if (result.manifest) lines.push(`  Manifest: ${result.manifest}`);
  return lines.join('\n');
}

function exportingSentence({ pausedSeconds, cluster }: RunResult, manifest: Manifest | undefined): string {
  const exporting = manifest?.exporting;
  if (exporting?.leftPaused) {
    return `EXPORTING MAY STILL BE PAUSED. Run: camunda-backup repair --cluster ${cluster}`;
  }
  if (!exporting?.resumedAt) return 'Exporting was not paused.';
  const how = exporting.resumeProof === 'proven' ? 'read back on every partition' : 'answered, not read back';
  return `Exporting was paused for ${formatSeconds(pausedSeconds ?? 0)} and is resumed (${how}).`;
}
