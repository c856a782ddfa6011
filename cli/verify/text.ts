import type { Commands } from '../../core/commands.ts';
import { formatSeconds } from '../../core/config/duration.ts';
import type { Judgement, Verification } from '../../core/ledger/verification.ts';
import { paint, type Screen } from '../screen/output.ts';
import { type Cell, type Column, table } from '../screen/table.ts';
import { formatBytes, formatJudgement, formatMoment } from '../screen/values.ts';

const columns: Column[] = [{ title: 'VERDICT' }, { title: 'WHAT' }, { title: 'OF' }, { title: 'SEEN' }];

const verdicts: Record<Judgement['verdict'], Cell> = {
  wrong: { text: 'WRONG', colour: 'red' },
  unknown: { text: 'unknown', colour: 'yellow' },
  warning: { text: 'warning', colour: 'yellow' },
  proven: { text: 'proven', colour: 'green' },
};
/** The worst first. */
const order: Judgement['verdict'][] = ['wrong', 'unknown', 'warning', 'proven'];

/** A verification as text: the verdict, a row for each judgement, and the next command to type. */
export function verificationLines(verification: Verification, commands: Commands, stdout: Screen): string[] {
  const sorted = order.flatMap((wanted) =>
    verification.judgements.filter(({ verdict }) => verdict === wanted),
  );
  const rows = sorted.map(({ verdict, name, subject, remedy, ...seen }) => [
    verdicts[verdict],
    { text: name },
    { text: subject },
    { text: withRemedy(formatJudgement(seen), remedy) },
  ]);
  return [
    firstLine(verification, stdout),
    ...table(columns, rows, stdout),
    ...readLine(verification),
    ...lastGoodLine(verification),
    ...nextLine(verification, commands),
  ];
}

function firstLine({ backupId, cluster, verdict, judgements }: Verification, stdout: Screen): string {
  const unknown = judgements.filter((one) => one.verdict === 'unknown').length;
  const wrong = judgements.filter((one) => one.verdict === 'wrong').length;
  const says: Record<Verification['verdict'], string> = {
    proven: `The backup ${backupId} of ${cluster} is proven: everything that was looked at is right.`,
    inPart: `The backup ${backupId} of ${cluster} is proven as far as required: nothing is wrong, and ${unknown} ${unknown === 1 ? 'thing is' : 'things are'} not known.`,
    unknown: `The backup ${backupId} of ${cluster} is NOT PROVEN: nothing is seen to be wrong, and something that must be known is not known.`,
    wrong: `The backup ${backupId} of ${cluster} is NOT RIGHT: ${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong.`,
  };
  return paint(stdout, colours[verdict], says[verdict]);
}

const colours = { proven: 'green', inPart: 'green', unknown: 'yellow', wrong: 'red' } as const;

const withRemedy = (says: string, remedy: string | undefined) =>
  remedy === undefined ? says : `${says}. What to do: ${remedy}`;

function readLine({ read }: Verification): string[] {
  if (!read) return [];
  const rate = read.seconds > 0 ? ` (${formatBytes(read.bytes / read.seconds)}/s)` : '';
  return [`Read ${read.files} files, ${formatBytes(read.bytes)} in ${formatSeconds(read.seconds)}${rate}.`];
}

function lastGoodLine({ lastGood }: Verification): string[] {
  return lastGood
    ? [`Everything that must be known was last seen to be right at ${formatMoment(lastGood.verifiedAt)}.`]
    : [];
}

/** The next command to type, which depends on what is not known. */
function nextLine(verification: Verification, commands: Commands): string[] {
  const { cluster, backupId, verdict, judgements, required } = verification;
  if (verdict === 'wrong') return [`To take another backup, run: ${commands.run(cluster)}`];
  if (verdict !== 'unknown') return [];
  const lacking = judgements.filter((one) => one.verdict === 'unknown' && required.includes(one.name));
  const names = new Set(lacking.map(({ name }) => name));
  if (names.has('components') || names.has('partitions')) {
    return [`To see whether everything answers, run: ${commands.check(cluster)}`];
  }
  const others = [...names].filter((name) => name !== 'manifest' && name !== 'data');
  if (others.length > 0) {
    return [`When ${others.join(', ')} can be looked at, run: ${commands.verify(cluster, backupId)}`];
  }
  return names.has('data')
    ? [`To read the data, run: ${commands.verify(cluster, backupId, { readData: true })}`]
    : [`To take a backup of which everything is recorded, run: ${commands.run(cluster)}`];
}
