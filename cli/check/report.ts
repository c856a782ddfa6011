import type { CheckedCluster } from '../../core/doctor/check-cluster.ts';
import { exitCodes } from '../exit-codes.ts';
import { fold } from '../screen/fold.ts';
import { columnsOf, type Output, paint, printJson, printLine, type Screen } from '../screen/output.ts';
import { oneLine } from '../screen/sentences.ts';
import type { CheckResult } from './result.ts';

/** Prints the answer of a check, with `more` in the object of `--json`. Returns the exit code. */
export function printCheck(
  checked: CheckedCluster,
  { json, output, isFileOnly = false }: { json: boolean; output: Output; isFileOnly?: boolean },
  more: object = {},
): number {
  const { cluster, findings, diagnosis, addresses } = checked;
  const ok = ![...findings, ...diagnosis].some(({ severity }) => severity === 'error');
  if (json) {
    const result: CheckResult = { ok, cluster, findings, diagnosis, addresses, failure: null };
    printJson(output.stdout, { ...result, ...more });
  } else {
    const rows = [...addressRows(checked, output.stdout), ...findingRows(checked)];
    const lines = [...rowsAsText(rows, output.stdout), verdict(checked, output.stdout, isFileOnly)];
    for (const line of lines) printLine(output.stdout, line);
  }
  return ok ? exitCodes.done : exitCodes.failed;
}

/** The first columns of a row, and the text that may need several lines. */
interface Row {
  columns: { text: string; colour?: 'green' | 'red' | 'yellow' }[];
  text: string;
  remedy?: string | undefined;
}

function addressRows({ addresses }: CheckedCluster, stdout: Screen): Row[] {
  return addresses.map(({ name, url, reached, seen, is, remedy }) => ({
    columns: [
      reached ? { text: 'reached', colour: 'green' } : { text: 'NOT REACHED', colour: 'red' },
      { text: name },
    ],
    // What was seen names the address, unless it is shown alone.
    text: `${seen.includes(url) ? seen : `${url}${stdout.isTTY ? '\n' : ': '}${seen}`}${is ? `: ${identity(is)}` : ''}`,
    remedy,
  }));
}

/** `Zeebe 8.8.3, base path /camunda, tenant default` */
function identity({
  component,
  version,
  contextPath,
  tenants,
}: NonNullable<CheckedCluster['addresses'][number]['is']>): string {
  return [
    [component ?? 'an actuator', version].filter(Boolean).join(' '),
    ...(contextPath === null ? [] : [`base path ${contextPath}`]),
    ...(tenants.length === 0 ? [] : [`tenant ${tenants.join(', ')}`]),
  ].join(', ');
}

const colours = { ok: 'green', error: 'red', warning: 'yellow', unknown: 'yellow' } as const;

function findingRows({ findings, diagnosis }: CheckedCluster): Row[] {
  return [...findings, ...diagnosis].map(({ name, severity, subject, says, remedy }) => ({
    columns: [
      { text: severity, colour: colours[severity] },
      { text: name === subject ? name : `${name} (${subject})` },
    ],
    text: says,
    remedy,
  }));
}

/** Aligns the columns on a terminal. In a pipe, each row is one line. */
function rowsAsText(rows: Row[], stdout: Screen): string[] {
  if (!stdout.isTTY) {
    return rows.map(({ columns, text, remedy }) => {
      const what = remedy === undefined ? '' : ` What to do: ${oneLine(remedy)}`;
      return `${columns.map((column) => column.text).join('  ')}  ${oneLine(text).replace(/\.+$/, '')}.${what}`;
    });
  }
  const widths = [0, 1].map((index) =>
    Math.max(...rows.map(({ columns }) => columns[index]?.text.length ?? 0)),
  );
  const margin = ' '.repeat(widths.reduce((sum, width) => sum + width + 2, 0));
  return rows.map(({ columns, text, remedy }) => {
    const first = columns.map(({ text, colour }, index) => {
      const padded = text.padEnd((widths[index] ?? 0) + 2);
      return colour ? paint(stdout, colour, padded) : padded;
    });
    const lines = remedy === undefined ? text : `${text}\nWhat to do: ${remedy}`;
    const folded = fold(lines, columnsOf(stdout) - margin.length);
    return `${first.join('')}${folded.split('\n').join(`\n${margin}`)}`;
  });
}

function verdict(
  { cluster, findings, diagnosis }: CheckedCluster,
  stdout: Screen,
  isFileOnly: boolean,
): string {
  const errorsIn = (all: { severity: string }[]) => all.filter(({ severity }) => severity === 'error').length;
  const errors = errorsIn(findings);
  const spoiling = errorsIn(diagnosis);
  const bad = (text: string) => paint(stdout, 'red', text);
  const good = (text: string) => paint(stdout, 'green', text);
  if (isFileOnly) {
    const text = `The file has ${spoiling === 0 ? 'no error' : counted(spoiling)} for ${cluster}. No address was asked (--offline).`;
    return spoiling === 0 ? good(text) : bad(text);
  }
  if (errors > 0) return bad(`A backup of ${cluster} would be refused now: ${counted(errors + spoiling)}.`);
  if (spoiling > 0) {
    return bad(
      `A backup of ${cluster} would not be refused now, but ${counted(spoiling)} would spoil it or its restore.`,
    );
  }
  const others = findings.length + diagnosis.filter(({ severity }) => severity !== 'ok').length;
  const noted =
    others === 0 ? 'nothing was found' : `${others} ${others === 1 ? 'finding' : 'findings'}, no error`;
  return good(`A backup of ${cluster} would not be refused now (${noted}).`);
}

const counted = (errors: number) => `${errors} ${errors === 1 ? 'error' : 'errors'}`;
