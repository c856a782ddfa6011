import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { describe } from '../core/errors.ts';
import { measureBundles } from './bundles.ts';
import { costBars, measureCost } from './cost.ts';
import type { Measured } from './figures.ts';
import { aboveBars, belowFloors, missingFigures, printTable } from './figures.ts';
import { measureHelp } from './help.ts';
import { measureHistory } from './history.ts';
import { measureLedger } from './ledger.ts';
import { listBars, measureList } from './list.ts';
import { measurePace, paceBars, paceFigures } from './pace.ts';
import { measureVerification, verificationBars, verificationFloors } from './verification.ts';
import { measureWaiting } from './waiting.ts';

interface Part {
  measure: (seed: number) => Promise<Measured>;
  figures: string[];
  /** The highest values of some figures. */
  bars?: Record<string, number>;
  /** The lowest values of some figures. */
  floors?: Record<string, number>;
}

/**
 * `npm run bench [-- --json] [-- --only NAME…] [-- --seed N]` measures the cost of a backup as ratios and counts, which
 * a noisy machine hardly changes. The bench fails if a part does not produce all of its figures, or if one is above its
 * bar or below its floor.
 */
const parts: Record<string, Part> = {
  history: {
    measure: measureHistory,
    figures: ['transitions10min', 'transitions10minFirst', 'events24h'],
  },
  cost: {
    measure: measureCost,
    figures: ['dollarsPerBackup10min', ...Object.keys(costBars)],
    bars: costBars,
  },
  bundles: {
    measure: measureBundles,
    figures: ['bundleKilobytesMax', 'bundleKilobytesMaxWithSearch', 'initMillisecondsMax'],
  },
  help: { measure: measureHelp, figures: ['helpMilliseconds'] },
  ledger: { measure: measureLedger, figures: ['statusSeconds10k', 'prepareLists10k', 'sweepLists10k'] },
  list: {
    measure: measureList,
    figures: ['listSeconds10k', ...Object.keys(listBars)],
    bars: listBars,
  },
  pace: { measure: measurePace, figures: paceFigures, bars: paceBars },
  verification: {
    measure: measureVerification,
    figures: [...Object.keys(verificationFloors), ...Object.keys(verificationBars)],
    bars: verificationBars,
    floors: verificationFloors,
  },
  waiting: {
    measure: measureWaiting,
    figures: [
      'waitRatio',
      'pauseRatio',
      'waitRatioDocumentedLoop',
      'pauseRatioDocumentedLoop',
      'behindDocumentedLoop',
      'stageLateSeconds',
      'pauseLateSeconds',
    ],
  },
};

const usage = `npm run bench -- [--json] [--only NAME …] [--seed N]\nParts: ${Object.keys(parts).join(', ')}\n`;

function typed() {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        seed: { type: 'string', default: String(randomInt(1_000_000)) },
        help: { type: 'boolean', short: 'h', default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    process.stderr.write(`${describe(error)}\n${usage}`);
    process.exit(2);
  }
}

const { values, positionals } = typed();
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const wanted = [...values.only, ...positionals];
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0 || !/^\d+$/.test(values.seed)) {
  process.stderr.write(
    unknown.length > 0
      ? `There is no part ${unknown.join(', ')}; the parts are: ${Object.keys(parts).join(', ')}\n`
      : `The seed ${values.seed} is not a whole number\n`,
  );
  process.exit(2);
}

const figures: Record<string, number> = {};
const missing: string[] = [];
const outside: string[] = [];
for (const [name, part] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const measured = await part.measure(Number(values.seed));
  Object.assign(figures, measured.figures);
  missing.push(...missingFigures(part.figures, measured.figures));
  outside.push(...aboveBars(part.bars ?? {}, measured.figures));
  outside.push(...belowFloors(part.floors ?? {}, measured.figures));
  printTable(measured.table);
}
if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
const problems = [...(missing.length > 0 ? [`Not measured: ${missing.join(', ')}`] : []), ...outside];
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exitCode = 1;
}
