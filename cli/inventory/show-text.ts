import { titles } from '../../core/components/kinds.ts';
import { formatSeconds } from '../../core/config/duration.ts';
import type { ShownBackup, ShownComponent, ShownPart } from '../../core/inventory/shown.ts';
import { line } from '../screen/labelled.ts';
import { paint, type Screen } from '../screen/output.ts';
import { counted, formatBytes, formatJudgement, formatMoment } from '../screen/values.ts';
import { restoreLines } from './restore-text.ts';
import { colourOf, madeByOthers, wordsOfVerdicts } from './words.ts';

/** A backup as text: what it is, its tree of parts, what a restore needs, what was noticed, and its timeline. */
export function showLines(cluster: string, shown: ShownBackup, stdout: Screen): string[] {
  return [
    ...headLines(cluster, shown, stdout),
    ...section(
      'components',
      shown.components.flatMap((one) => componentLines(one, stdout)),
    ),
    ...section('for a restore', restoreLines(shown, stdout)),
    ...section('noticed', noticedLines(shown, stdout)),
    ...section(timelineTitle(shown), timelineLines(shown)),
  ];
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function headLines(cluster: string, shown: ShownBackup, stdout: Screen): string[] {
  const { backup, runId, scheduledTime, attempt, replaces, remedy } = shown;
  const { state, problem, createdAt, durationSeconds, pausedSeconds, snapshotBytes, version, components } =
    backup;
  const took = durationSeconds === undefined ? '' : `, took ${formatSeconds(durationSeconds)}`;
  const paused =
    pausedSeconds === undefined ? '' : `, exporting was paused for ${formatSeconds(pausedSeconds)}`;
  const painted = paint(stdout, colourOf(backup), state);
  const about = problem ?? doubtAbout(backup);
  const reason = [madeByOthers(backup), backup.reason, scheduledTime && `scheduled for ${scheduledTime}`];
  const facts: [string, string | undefined][] = [
    ['state', about ? `${painted}: ${about}` : painted],
    ['what to do', remedy],
    ['began', createdAt && `${formatMoment(createdAt)}${took}${paused}`],
    ['reason', reason.filter(Boolean).join(', ') || undefined],
    ['attempt', replaces === undefined ? undefined : `${attempt}, after the backup ${replaces} had failed`],
    ['Camunda', version],
    ['complete', `${components.complete} of ${components.expected} components`],
    ['size', snapshotBytes === undefined ? undefined : `${formatBytes(snapshotBytes)} of snapshots`],
    ['verified', verifiedIn(shown)],
    ['run', runId],
    ['manifest', backup.manifest],
  ];
  return [
    `backup ${backup.backupId} of ${cluster}`,
    ...facts.flatMap(([name, text]) => (text === undefined ? [] : [line(name, text, stdout)])),
  ];
}

function doubtAbout({ state, madeBy }: ShownBackup['backup']): string | undefined {
  return state === 'COMPLETED' && madeBy !== 'ledger'
    ? 'it is not known whether exporting was paused while it was made, so this backup is not called usable'
    : undefined;
}

function verifiedIn({ verification }: ShownBackup): string | undefined {
  if (!verification) return undefined;
  const { verdict, verifiedAt, lastGood } = verification;
  const before = lastGood
    ? `; ${wordsOfVerdicts[lastGood.verdict].text}, at ${formatMoment(lastGood.verifiedAt)}`
    : '';
  return `${wordsOfVerdicts[verdict].text}, at ${formatMoment(verifiedAt)}${before}`;
}

function componentLines(one: ShownComponent, stdout: Screen): string[] {
  const { component, state, now, says, version, parts, failure, startedAt, endedAt, indices } = one;
  const about = [
    version,
    state === undefined ? undefined : `recorded as ${state}`,
    spanOf(startedAt, endedAt),
    indices && counted(indices.length, 'index', 'indices'),
    // What is seen is worth a word if it is not what was recorded.
    state === now ? `now ${now}` : `now ${now}: ${says}`,
  ];
  return [
    line(titles[component], about.filter(Boolean).join(', '), stdout, treeWidth),
    ...(failure ? [line('', failure, stdout, treeWidth)] : []),
    ...parts.map((part) => line('', `${part.name}  ${aboutPart(part, now)}`, stdout, treeWidth)),
  ];
}

/** The names of components are wider than other labels. */
const treeWidth = 18;

function aboutPart(part: ShownPart, ofComponent: ShownComponent['now']): string {
  const { state, now, startedAt, endedAt, failure, brokerVersion, checkpointPosition, snapshotId } = part;
  const { shards, files, bytes } = part;
  const about = [
    wordOf(state, now ?? (ofComponent === 'UNKNOWN' ? undefined : 'not there')),
    spanOf(startedAt, endedAt),
    brokerVersion && `broker ${brokerVersion}`,
    checkpointPosition === undefined ? undefined : `checkpoint ${checkpointPosition}`,
    snapshotId && `snapshot ${snapshotId}`,
    shards === undefined ? undefined : counted(shards, 'shard'),
    files === undefined ? undefined : counted(files, 'file'),
    bytes === undefined ? undefined : formatBytes(bytes),
    failure,
  ];
  return about.filter(Boolean).join(', ');
}

function wordOf(then: string | undefined, now: string | undefined): string {
  if (then === undefined) return now ?? 'not seen';
  if (now === undefined || now === then) return then;
  return `${then}, now ${now}`;
}

function spanOf(from: string | undefined, to: string | undefined): string | undefined {
  if (from === undefined) return undefined;
  if (to === undefined) return formatMoment(from);
  return `${formatMoment(from)} to ${formatMoment(to)}`;
}

function noticedLines({ findings, warnings, verification, restore }: ShownBackup, stdout: Screen): string[] {
  const judged = (verification?.judgements ?? []).filter(({ verdict }) => verdict !== 'proven');
  return [
    ...warnings.map((text) => line('warning', text, stdout)),
    ...findings.map(({ severity, subject, says, remedy }) =>
      line(severity, withRemedy(`${subject}: ${says}`, remedy), stdout),
    ),
    ...judged.map(({ verdict, subject, remedy, ...seen }) =>
      line(verdict, withRemedy(`${subject}: ${formatJudgement(seen)}`, remedy), stdout),
    ),
    ...(restore?.unknown ?? []).map(({ what, why }) => line('unknown', `${what}: ${why}`, stdout)),
  ];
}

function withRemedy(text: string, remedy: string | undefined): string {
  return remedy === undefined ? text : `${text}\nWhat to do: ${remedy}`;
}

function timelineTitle({ timeline }: ShownBackup): string {
  return timeline.some(({ paused }) => paused) ? 'timeline (| exporting was paused)' : 'timeline';
}

/** A bar stands beside everything that happened while exporting was paused. */
function timelineLines({ timeline }: ShownBackup): string[] {
  return timeline.map(({ at, says, paused }) => `  ${at}  ${paused ? '|' : ' '} ${says}`);
}
