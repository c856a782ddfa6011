import type { Commands } from '../../core/commands.ts';
import { titles } from '../../core/components/kinds.ts';
import { formatSeconds } from '../../core/config/duration.ts';
import type { Manifest } from '../../core/ledger/manifest.ts';
import type { RunResult } from '../result.ts';
import { type Output, paint } from './output.ts';
import { partsOf } from './plain-display.ts';

/**
 * Describes the end of a run in sentences. `withComponents` adds the components, unless the screen still shows them.
 */
export function summary(
  result: RunResult,
  manifest: Manifest | undefined,
  {
    output: { stderr },
    commands,
    withComponents,
  }: { output: Output; commands: Pick<Commands, 'repair'>; withComponents: boolean },
): string {
  const { state, cluster, backupId, failure } = result;
  const id = backupId === null ? 'The backup' : `Backup ${backupId}`;
  const took = ` It took ${formatSeconds(result.durationSeconds)}.`;
  const headline = {
    COMPLETED: paint(stderr, 'green', `${id} of ${cluster} is complete.`) + took,
    FAILED: paint(stderr, 'red', `${id} of ${cluster} FAILED.`),
    SKIPPED: paint(stderr, 'yellow', `No backup of ${cluster} was started.`),
    INTERRUPTED: paint(stderr, 'yellow', `${id} of ${cluster} was interrupted.`),
    UNKNOWN: paint(stderr, 'red', `${id} of ${cluster}: its result is NOT KNOWN.`),
  }[state];
  const lines = [headline];
  if (failure) {
    lines.push(`  ${failure.message.split('\n').join('\n  ')}`);
    if (failure.remedy) lines.push(`  What to do: ${failure.remedy}`);
  }
  for (const warning of result.warnings) lines.push(`  ${paint(stderr, 'yellow', 'Warning:')} ${warning}`);
  if (state === 'COMPLETED' && withComponents) {
    for (const { component, parts, durationSeconds } of result.components) {
      const seconds = durationSeconds === null ? '' : formatSeconds(durationSeconds);
      lines.push(`  ${titles[component].padEnd(20)} ${partsOf(parts).padEnd(13)} ${seconds}`);
    }
  }
  if (state !== 'SKIPPED') lines.push(`  ${exportingSentence(result, manifest, commands)}`);
  if (failure) lines.push(...stillAtWork(result, manifest, commands).map((line) => `  ${line}`));
  if (result.manifest) lines.push(`  Manifest: ${result.manifest}`);
  return lines.join('\n');
}

/** A component does not learn that its backup failed. While it still works on it, it may refuse the next backup. */
function stillAtWork(
  { cluster, failure }: RunResult,
  manifest: Manifest | undefined,
  commands: Pick<Commands, 'repair'>,
): string[] {
  const isLate = failure?.error === 'ComponentTimedOut';
  const names = (manifest?.components ?? [])
    .filter(({ state, refused }) => !refused && state !== 'COMPLETED' && (state !== 'FAILED' || isLate))
    .map(({ component }) => titles[component]);
  if (names.length === 0) return [];
  return [
    `These components may still work on it, and may refuse the next backup: ${names.join(', ')}.`,
    `To see their leftovers, run: ${commands.repair(cluster ?? undefined, { dryRun: true })}`,
  ];
}

function exportingSentence(
  { pausedSeconds, cluster }: RunResult,
  manifest: Manifest | undefined,
  commands: Pick<Commands, 'repair'>,
): string {
  const exporting = manifest?.exporting;
  // No end of the pause was seen, and the manifest cannot prove one.
  if (exporting?.leftPaused || pausedSeconds === null) {
    return `EXPORTING MAY STILL BE PAUSED. Run: ${commands.repair(cluster ?? undefined)}`;
  }
  if (pausedSeconds === 0 && !exporting?.resumedAt) return 'Exporting was not paused by this run.';
  const paused = `Exporting was paused for ${formatSeconds(pausedSeconds)} and is resumed`;
  // The run ended between two tries, so the manifest belongs to an earlier try.
  if (!exporting?.resumedAt) return `${paused}.`;
  const how = exporting.resumeProof === 'proven' ? 'read back on every partition' : 'answered, not read back';
  return `${paused} (${how}).`;
}
