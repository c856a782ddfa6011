import type { Result } from './case.ts';
import type { Verdict } from './judge.ts';
import type { Line, Order } from './orders.ts';

/** What came of an order on a line, over some seeds. */
export interface Count {
  line: Line;
  order: Order;
  results: Result[];
}

const head =
  '| line | order | seeds | lose | double | first seed that does |\n| --- | --- | --- | --- | --- | --- |';

/** The table of docs/reliability.md. */
export function table(counts: Count[]): string {
  const rows = counts.map(({ line, order, results }) => {
    const first = firstUnsound(results);
    const cells = [
      line,
      order.name,
      results.length,
      results.filter(({ lost }) => lost.length > 0).length,
      results.filter(({ doubled }) => doubled.length > 0).length,
      first?.seed ?? '',
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [head, ...rows].join('\n');
}

function firstUnsound(results: Result[]): Result | undefined {
  return results.toSorted((a, b) => a.seed - b.seed).find((result) => !isSound(result));
}

export const isSound = ({ lost, doubled }: Verdict): boolean => lost.length === 0 && doubled.length === 0;

/** The line of one case: how much, and the first sentence of each kind. */
export function sentence(line: Line, order: Order, result: Result): string {
  const { seed, by, lost, doubled } = result;
  const what = isSound(result)
    ? 'nothing is lost or doubled'
    : `${lost.length} lost, ${doubled.length} doubled: ${[...lost.slice(0, 1), ...doubled.slice(0, 1)].join('; ')}`;
  return `${line} ${order.name}, seed ${seed}, by ${by}: ${what}`;
}

/** What is not as it should be: a right order that loses or doubles something, or a wrong one that never does. */
export function broken(counts: Count[]): string[] {
  return counts.flatMap(({ line, order, results }) => {
    const first = firstUnsound(results);
    if (order.kind === 'right' && first) return [sentence(line, order, first)];
    if (order.kind === 'wrong' && !first) return [`${line} ${order.name}: no seed loses or doubles anything`];
    return [];
  });
}
