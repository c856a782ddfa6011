import { formatSeconds } from '../../core/config/duration.ts';
import type { Inventory, ListedBackup, RecoveryPoint } from '../../core/inventory/backup.ts';
import { newestCount } from '../../core/inventory/verified.ts';
import { paint, type Screen } from '../screen/output.ts';
import { type Cell, type Column, table } from '../screen/table.ts';
import { ago, formatBytes, formatMoment } from '../screen/values.ts';
import { colourOf, madeByOthers, wordsOfVerdicts } from './words.ts';

/** The columns of the list. docs/inventory.md explains each. */
const columns: Column[] = [
  { title: 'ID', isNumber: true },
  { title: 'STATE' },
  { title: 'CREATED' },
  { title: 'TOOK', isNumber: true },
  { title: 'PAUSED', isNumber: true },
  { title: 'COMPONENTS' },
  { title: 'VERSION' },
  { title: 'SIZE', isNumber: true },
  { title: 'VERIFIED' },
  { title: 'REASON' },
];

/** The list as text: the most recent usable backup, then a row for each backup. */
export function listLines(found: Inventory, stdout: Screen): string[] {
  const { backups, more } = found;
  const rows = table(columns, backups.map(row), stdout);
  return [
    newestLine(found, stdout),
    ...(backups.length === 0 ? ['No backup to show.'] : rows),
    ...(more && stdout.isTTY ? ['There are older ones: --limit shows more.'] : []),
  ];
}

/** The line that matters most in a disaster. */
function newestLine(found: Inventory, stdout: Screen): string {
  const { cluster, newestUsable, newestVerified } = found;
  if (!newestUsable)
    return paint(stdout, 'red', `No usable backup of ${cluster} is known: ${whyNone(found)}`);
  const isSame = newestVerified?.backupId === newestUsable.backupId;
  const verified = isSame
    ? 'it is verified'
    : `newest verified: ${newestVerified ? point(newestVerified) : 'none'}`;
  const line = `Newest usable backup of ${cluster}: ${point(newestUsable)}; ${verified}.`;
  return paint(stdout, newestVerified ? 'green' : 'yellow', line);
}

function point({ backupId, ageSeconds, startedAt }: RecoveryPoint): string {
  return `${backupId}, ${ago(ageSeconds)} (${formatMoment(startedAt)})`;
}

function whyNone({ backups, sources }: Inventory): string {
  const ledger = sources.find(({ name }) => name === 'ledger');
  // A ledger that has nothing of the cluster says so.
  const isEmpty = ledger?.says !== undefined && !backups.some(({ madeBy }) => madeBy === 'ledger');
  const newest = isEmpty
    ? 'the ledger has no backup of it.'
    : `none of the newest ${newestCount} in the ledger is.`;
  const why = ledger?.answered ? newest : 'the ledger could not be asked.';
  const candidate = backups.find(({ state, madeBy }) => state === 'COMPLETED' && madeBy !== 'ledger');
  return candidate
    ? `${why} The newest that looks complete is ${candidate.backupId}; whether exporting was paused while it was made is not known.`
    : why;
}

function row(backup: ListedBackup): Cell[] {
  const { backupId, state, createdAt, durationSeconds, pausedSeconds, components, version, snapshotBytes } =
    backup;
  const { complete, expected } = components;
  return [
    { text: String(backupId) },
    { text: state, colour: colourOf(backup) },
    { text: createdAt === undefined ? '' : formatMoment(createdAt) },
    { text: durationSeconds === undefined ? '' : formatSeconds(durationSeconds) },
    { text: pausedSeconds === undefined ? '' : formatSeconds(pausedSeconds) },
    { text: expected === 0 ? '' : `${complete}/${expected}` },
    { text: version ?? '' },
    { text: snapshotBytes === undefined ? '' : formatBytes(snapshotBytes) },
    verifiedCell(backup),
    { text: reasonOf(backup) },
  ];
}

function verifiedCell({ verified }: ListedBackup): Cell {
  return verified ? wordsOfVerdicts[verified.verdict] : { text: '' };
}

function reasonOf(backup: ListedBackup): string {
  const { reason, problem } = backup;
  return [madeByOthers(backup) ?? reason, problem]
    .flatMap((text) => (text === undefined ? [] : [text.replace(/\.+$/, '')]))
    .join('. ');
}
