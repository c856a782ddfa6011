import { parseArgs } from 'node:util';
import { measureBundles } from './bundles.ts';
import { measureCost } from './cost.ts';
import type { Measured } from './figures.ts';
import { printTable } from './figures.ts';
import { measureHelp } from './help.ts';
import { measureHistory } from './history.ts';
import { measureWaiting } from './waiting.ts';

/**
 * `npm run bench [-- --json] [-- --only NAME…]`: what a backup costs, as ratios and counts, so that a noisy
 * machine changes little. Each part is one subject.
 */
const parts: Record<string, () => Promise<Measured>> = {
  history: measureHistory,
  cost: measureCost,
  bundles: measureBundles,
  help: measureHelp,
  waiting: measureWaiting,
};

const { values, positionals } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
  allowPositionals: true,
});
const wanted = [...values.only, ...positionals];
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no part ${unknown.join(', ')}; there are: ${Object.keys(parts).join(', ')}\n`,
  );
  process.exit(2);
}

const figures: Record<string, number> = {};
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const measured = await measure();
  Object.assign(figures, measured.figures);
  printTable(measured.table);
}
if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
