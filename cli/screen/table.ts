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
/** The text in the last column gets a line of its own if it needs more than is left, and less than this is left. */
const narrowest = 30;
/** Further lines of a row are indented by this. */
const indent = 2;

/**
 * Makes the lines of a table. On a terminal the columns are aligned, and the text in the last one is folded. Columns for
 * which a line has no room stand in further lines of each row, of the titles too. In a pipe each row is one line, with a
 * tab between two columns.
 */
export function table(columns: Column[], rows: Cell[][], stdout: Screen): string[] {
  const titles = columns.map(({ title }): Cell => ({ text: title }));
  const all = [titles, ...rows];
  if (!stdout.isTTY) {
    return all.map((row) => row.map(({ text }) => oneLine(text) || unknown).join('\t'));
  }
  const places = placesOf(columns, all, columnsOf(stdout));
  return all.map((row) => rowOnTerminal(places, row, stdout));
}

/** Where a column stands: the line within the row, and the columns of the screen. */
interface Place {
  line: number;
  from: number;
  width: number;
  isNumber: boolean;
}

function placesOf(columns: Column[], rows: Cell[][], screen: number): Place[] {
  const last = columns.length - 1;
  let line = 0;
  let from = 0;
  return columns.map(({ isNumber = false }, at) => {
    const longest = Math.max(...rows.map((row) => row[at]?.text.length ?? 0));
    const needed = at === last ? Math.min(narrowest, longest) : longest;
    if (from + needed > screen && from > indent) {
      line += 1;
      from = indent;
    }
    const place = { line, from, width: at === last ? screen - from : longest, isNumber };
    from += longest + 2;
    return place;
  });
}

function rowOnTerminal(places: Place[], row: Cell[], stdout: Screen): string {
  const lines: string[] = [];
  const lengths: number[] = [];
  for (const [at, { line, from, width, isNumber }] of places.entries()) {
    const { text, colour } = row[at] ?? { text: '' };
    if (text === '') continue;
    const isLast = at === places.length - 1;
    const folded = (isLast ? fold(text, width) : isNumber ? text.padStart(width) : text).split('\n');
    const painted = folded.map((one) => (colour ? paint(stdout, colour, one) : one));
    const gap = ' '.repeat(from - (lengths[line] ?? 0));
    lines[line] = `${lines[line] ?? ''}${gap}${painted.join(`\n${' '.repeat(from)}`)}`;
    lengths[line] = from + (folded[0]?.length ?? 0);
  }
  // Nothing stands where none of a line's values is known.
  return lines.filter((one) => one !== undefined).join('\n');
}
