import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import * as z from 'zod';
import { describe } from '../../core/errors.ts';
import type { Case } from './case.ts';
import { allCases } from './cases.ts';
import { outcomes, type Verdict } from './judge.ts';
import { noticeTakenPorts } from './ports.ts';
import { scheduleCases } from './schedules.ts';

/**
 * npm run test:faults -- [--seed N] [--share F] [--group NAME] [--case ID]
 *
 * Tries every fault at every step. It runs a share of the large groups, chosen by `--seed`; without a seed, it draws one.
 * It prints the seed. `--share 1` runs all cases, and `--case` runs the cases whose id begins with its value.
 */
const options = z.object({
  seed: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(() => randomInt(1_000_000)),
  share: z.coerce.number().positive().max(1).optional(),
  case: z.string().optional(),
  group: z.string().optional(),
});

/** With these shares, everything takes five minutes on two cores that do nothing else. */
const shares: Record<string, number> = {
  calls: 0.05,
  'calls, after a lost answer': 0.05,
  deaths: 0.04,
  ledger: 0.07,
  twice: 0.15,
  outages: 0.3,
  'people and the rest': 0.25,
};
type Options = z.infer<typeof options>;

interface Result {
  id: string;
  group: string;
  verdict: Verdict;
}

/** On the real clock. A case takes a tenth of a second, and a property of many schedules takes a few seconds. */
const patienceSeconds = 120;

/** The number of concurrent cases in one thread. Each has its own clock, so no case waits for another. */
const atOnce = 8;

const usage = 'npm run test:faults -- [--seed N] [--share F] [--group NAME] [--case ID]';

if (isMainThread) await main();
else await work();

/** Returns undefined after it has printed the usage, or an error in the options. */
function optionsTyped(): Options | undefined {
  try {
    const { help, ...values } = parseArgs({
      options: {
        help: { type: 'boolean', short: 'h' },
        seed: { type: 'string' },
        share: { type: 'string' },
        case: { type: 'string' },
        group: { type: 'string' },
      },
    }).values;
    if (!help) return options.parse(values);
    console.log(usage);
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : describe(error);
    console.error(`${why}\n${usage}`);
    process.exitCode = 2;
  }
  return undefined;
}

async function main(): Promise<void> {
  const given = optionsTyped();
  if (!given) return;
  console.log(`seed ${given.seed}`);
  const startedAt = performance.now();
  const next = new Int32Array(new SharedArrayBuffer(4));
  const results: Result[] = [];
  let exist = 0;
  const threads = Math.min(4, availableParallelism());
  await Promise.all(
    Array.from(
      { length: threads },
      () =>
        new Promise<void>((resolve, reject) => {
          const worker = new Worker(new URL(import.meta.url), { workerData: { given, next } });
          worker.on('message', (message: Result | number) => {
            if (typeof message === 'number') exist = message;
            else results.push(message);
          });
          worker.on('error', reject);
          worker.on('exit', () => resolve());
        }),
    ),
  );
  report(results, exist, given, (performance.now() - startedAt) / 1000);
}

function report(results: Result[], exist: number, given: Options, seconds: number): void {
  if (results.length === 0) {
    const { case: id, group, share } = given;
    const wanted = id ? `the id of none begins with ${id}` : `--group ${group}, --share ${share}`;
    console.error(
      `None of ${exist} cases was run: ${wanted}, --seed ${given.seed}. Nothing is known of any promise.`,
    );
    process.exitCode = 1;
    return;
  }
  const groups = [...new Set(results.map(({ group }) => group))];
  const heads = ['cases', 'completed', 'skipped', 'run', 'watchdog', 'CRITICAL', 'BROKEN'];
  const columns = ['', ...outcomes];
  const row = (title: string, of: Result[]) => {
    const counts = columns.map((outcome) =>
      outcome === '' ? of.length : of.filter(({ verdict }) => verdict.outcome === outcome).length,
    );
    console.log(`${title.padEnd(28)}${counts.map((count) => String(count).padStart(11)).join('')}`);
  };
  console.log(`${''.padEnd(28)}${heads.map((head) => head.padStart(11)).join('')}`);
  for (const group of groups.sort())
    row(
      group,
      results.filter((one) => one.group === group),
    );
  row('all', results);
  console.log(
    [
      '',
      'run: the run failed and cleaned up itself. watchdog: a dead run left something, and the watchdog repaired it.',
      'CRITICAL: exporting was left paused, people were told, and the watchdog resumed it when the cluster came back.',
    ].join('\n'),
  );
  const unstruck = results.filter(({ verdict }) => !verdict.struck);
  if (unstruck.length > 0) console.log(`In ${unstruck.length} cases the fault met no call.`);
  const broken = results.filter(({ verdict }) => verdict.broken.length > 0);
  if (broken.length > 0) console.log('\nBROKEN (repeat one with --case ID):');
  for (const { id, verdict } of broken.sort((a, b) => a.id.localeCompare(b.id))) {
    console.log(`${id}: ${verdict.broken.join('; ')}`);
  }
  if (given.case) {
    for (const { id, verdict } of results) console.log(`${id}: ${verdict.outcome}`);
  }
  console.log(
    `\n${results.length} of ${exist} cases, seed ${given.seed}, ${Math.round(seconds)} s\n${results.length} cases, ${broken.length} promises broken`,
  );
  process.exitCode = broken.length > 0 ? 1 : 0;
}

async function work(): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('This is no worker');
  const { given, next } = z.object({ given: options, next: z.instanceof(Int32Array) }).parse(workerData);
  noticeTakenPorts();
  const cases = [
    ...(await allCases()),
    ...(await scheduleCases('8.7', given.seed, 15)),
    ...(await scheduleCases('8.8', given.seed, 15)),
  ];
  port.postMessage(cases.length);
  const chosen = choose(cases, given);
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (;;) {
        const one = chosen[Atomics.add(next, 0, 1)];
        if (!one) return;
        port.postMessage({ id: one.id, group: one.group, verdict: await judged(one) } satisfies Result);
      }
    }),
  );
  // Killed runs wait for ever, and the engine keeps a timer for each.
  process.exit();
}

async function judged(one: Case): Promise<Verdict> {
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it does not end')), patienceSeconds * 1000);
  });
  try {
    return await Promise.race([one.run(), stuck]);
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { outcome: 'BROKEN', broken: [`the harness: ${why}`], struck: true };
  } finally {
    clearTimeout(timer);
  }
}

/** Chooses the same cases for the same seed. */
function choose(cases: Case[], { seed, share, case: wanted, group }: Options): Case[] {
  if (wanted) return cases.filter(({ id }) => id.startsWith(wanted));
  return cases.filter(({ id, group: of }) => {
    if (group && group !== of) return false;
    return hash(`${seed} ${id}`) / 2 ** 32 < (share ?? shares[of] ?? 1);
  });
}

/** The FNV-1a hash. */
function hash(text: string): number {
  let value = 2166136261;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 16777619);
  }
  return value >>> 0;
}
