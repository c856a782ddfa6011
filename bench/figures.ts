/** The result of a part of the bench: named figures for machines, and rows for people. */
export interface Measured {
  figures: Record<string, number>;
  table: { title: string; header: string[]; rows: string[][] };
}

export function printTable({ title, header, rows }: Measured['table']): void {
  const widths = header.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  process.stdout.write(
    `\n${title}\n${[header, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n')}\n`,
  );
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

/** Sentences about the figures that are above their bars. */
export function aboveBars(bars: Record<string, number>, figures: Record<string, number>): string[] {
  return Object.entries(bars).flatMap(([name, bar]) => {
    const figure = figures[name] ?? 0;
    return figure > bar ? [`${name} is ${figure}, and at most ${bar} is allowed`] : [];
  });
}

/** Sentences about the figures that are below their floors. */
export function belowFloors(floors: Record<string, number>, figures: Record<string, number>): string[] {
  return Object.entries(floors).flatMap(([name, floor]) => {
    const figure = figures[name] ?? 0;
    return figure < floor ? [`${name} is ${figure}, and at least ${floor} is needed`] : [];
  });
}

/** The names of figures that are missing or not a number. */
export function missingFigures(names: string[], figures: Record<string, number>): string[] {
  return names.filter((name) => !Number.isFinite(figures[name]));
}
