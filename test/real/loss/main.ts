import { parseArgs } from 'node:util';
import * as z from 'zod';
import { type Case, type Result, runCase } from './case.ts';
import { broken, type Count, sentence, table } from './counts.ts';
import { lines, type Order, ordersOf } from './orders.ts';
import { openPlace } from './place.ts';
import { pooled } from './pool.ts';

const USAGE = `npm run test:loss -- [--line 8.7|8.8] [--order NAME] [--seeds N] [--first N] [--seed N] [--at-once N]

Backs up simulated clusters under load on a real OpenSearch, destroys them, restores them, and counts what is lost or
doubled: for each line and each order of the steps, with ${200} seeds if nothing else is said. --seed N is one case.
The right order is done by camunda-backup itself where the seed ends with 0, and by the test's own calls elsewhere.`;

const count = z.coerce.number().int().positive();
const options = z.object({
  line: z.enum(lines).optional(),
  order: z.string().optional(),
  seeds: count.default(200),
  first: count.default(1),
  seed: count.optional(),
  'at-once': count.default(3),
});
type Options = z.infer<typeof options>;

const given = typed();
if (given) await main(given);

function typed(): Options | undefined {
  try {
    const { help, ...values } = parseArgs({
      options: {
        help: { type: 'boolean', short: 'h' },
        ...Object.fromEntries(Object.keys(options.shape).map((name) => [name, { type: 'string' } as const])),
      },
    }).values;
    if (!help) return options.parse(values);
    console.log(USAGE);
  } catch (error) {
    console.error(`${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}\n${USAGE}`);
    process.exitCode = 2;
  }
  return undefined;
}

async function main({ line: onlyLine, order: onlyOrder, ...rest }: Options): Promise<void> {
  const seeds = rest.seed
    ? [rest.seed]
    : Array.from({ length: rest.seeds }, (_, index) => rest.first + index);
  const counts: Count[] = [];
  let errors = 0;
  for (const line of lines.filter((one) => onlyLine === undefined || one === onlyLine)) {
    const orders = ordersOf(line).filter(({ name }) => onlyOrder === undefined || name === onlyOrder);
    if (orders.length === 0) throw new Error(`There is no order ${onlyOrder}`);
    const place = await openPlace(line);
    try {
      for (const order of orders) {
        const results: Result[] = [];
        await pooled(rest['at-once'], seeds, async (seed) => {
          try {
            const result = await runCase(place, { order, seed, by: byOf(order, seed) });
            results.push(result);
            console.log(sentence(line, order, result));
          } catch (error) {
            errors += 1;
            console.log(`${line} ${order.name}, seed ${seed}: the test itself failed: ${String(error)}`);
          }
        });
        counts.push({ line, order, results });
      }
    } finally {
      await place.close();
    }
  }
  const wrong = rest.seed ? [] : broken(counts);
  console.log(`\n${table(counts)}\n\n${errors} cases did not end\n${wrong.join('\n')}`);
  process.exitCode = wrong.length > 0 || errors > 0 ? 1 : 0;
}

function byOf({ kind }: Order, seed: number): Case['by'] {
  return kind === 'right' && seed % 10 === 0 ? 'camunda-backup' : 'hand';
}
