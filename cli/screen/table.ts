import { fold } from './fold.ts';
import { columnsOf, paint, type Screen } from './output.ts';
import { oneLine } from './sentences.ts';

export interface Cell {
  text: string;
  colour?: 'green' | 'red' | 'yellow' | undefined;
}

export interface Column {
  title: string;
  /** Numbers are easier to compare if they end at the same place. */
  isNumber?: boolean;
}

/** What stands in a pipe for a value that is not known, so that a reader can count the columns. */
const unknown = '-';
/** The last column gets lines of its own if less than this is left for it. */
const narrowest = 30;

/**
 * Makes the lines of a table. On a terminal the columns are aligned, and the text in the last one is folded. In a pipe
 * each row is one line, with a tab between two columns.
 */
export function table(columns: Column[], rows: Cell[][], stdout: Screen): string[] {
  const titles = columns.map(({ title }): Cell => ({ text: title }));
  if (!stdout.isTTY) {
    return [titles, ...rows].map((row) => row.map(({ text }) => oneLine(text) || unknown).join('\t'));
  }
  const all = [titles, ...rows];
  const widths = columns.map((_, at) => Math.max(...all.map((row) => row[at]?.text.length ?? 0)));
  const last = columns.length - 1;
  const margin = widths.slice(0, last).reduce((sum, width) => sum + width + 2, 0);
  const left = columnsOf(stdout) - margin;
  return all.map((row) => {
    const cells = row.slice(0, last).map(({ text, colour }, at) => {
      const width = widths[at] ?? 0;
      const padded = columns[at]?.isNumber ? text.padStart(width) : text.padEnd(width);
      return `${colour ? paint(stdout, colour, padded) : padded}  `;
    });
    const end = row[last] ?? { text: '' };
    const isBelow = left < narrowest;
    const lines = fold(end.text, isBelow ? columnsOf(stdout) - 2 : left).split('\n');
    const painted = lines.map((line) => (end.colour ? paint(stdout, end.colour, line) : line));
    if (end.text === '') return cells.join('').trimEnd();
    const indent = `\n${' '.repeat(isBelow ? 2 : margin)}`;
    return isBelow
      ? `${cells.join('').trimEnd()}${indent}${painted.join(indent)}`
      : `${cells.join('')}${painted.join(indent)}`;
  });
}
