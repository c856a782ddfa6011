import { parseArgs } from 'node:util';
import * as z from 'zod';
import { faultSchema } from './faults/fault-schema.ts';
import { type SimulatorOptions, startSimulator } from './index.ts';

const USAGE = `npm run simulator -- [options]

  --camunda 8.5|8.6|8.7|8.8|8.9   default 8.8
  --partitions N                  default 3
  --brokers N                     default 1
  --search elasticsearch|opensearch|none
  --duration COMPONENT=SECONDS    how long a component's backup takes; repeatable. Components:
                                  zeebe, operate, tasklist, webApplications, optimize, records
  --base-path PATH                management.server.base-path
  --repository NAME               default camunda
  --fault JSON                    a fault to order, see README.md; repeatable

Starts a simulated Camunda cluster, prints its addresses as JSON, and serves until it is interrupted.`;

const duration = z.enum(['zeebe', 'operate', 'tasklist', 'webApplications', 'optimize', 'records']);
const oneOf = <const T extends string[]>(...values: T) =>
  z.enum(values, { error: `is none of ${values.join(', ')}` });
const count = z.coerce
  .number({ error: 'is not a number' })
  .int({ error: 'is not a whole number' })
  .positive({ error: 'is not above 0' });
const schema = z.object({
  camunda: oneOf('8.5', '8.6', '8.7', '8.8', '8.9'),
  partitions: count,
  brokers: count,
  search: oneOf('elasticsearch', 'opensearch', 'none'),
  duration: z.array(
    z
      .templateLiteral([duration, '=', z.number().nonnegative()], {
        error: `is not COMPONENT=SECONDS, with one of ${duration.options.join(', ')}`,
      })
      .transform((text) => {
        const [name, seconds] = text.split('=');
        return [duration.parse(name), Number(seconds)] as const;
      }),
  ),
  fault: z.array(z.string().transform(readJson).pipe(faultSchema)),
});

function readJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' });
    return z.NEVER;
  }
}

const values = readOptions();
if (values.help) {
  console.log(USAGE);
} else {
  const read = schema.safeParse(values);
  if (!read.success) refuse(read.error.issues.map(sentenceOf).join('\n'));
  const { camunda, partitions, brokers, search } = read.data;
  const options: SimulatorOptions = {
    camunda,
    partitions,
    brokers,
    components: { search: search === 'none' ? false : search },
    durations: Object.fromEntries(read.data.duration),
    basePath: values['base-path'],
    repository: values.repository,
  };
  const simulator = await startSimulator(options);
  for (const fault of read.data.fault) simulator.order(fault);
  console.log(JSON.stringify(simulator.urls, null, 2));
  process.once('SIGINT', () => void simulator.close());
  process.once('SIGTERM', () => void simulator.close());
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        camunda: { type: 'string', default: '8.8' },
        partitions: { type: 'string', default: '3' },
        brokers: { type: 'string', default: '1' },
        search: { type: 'string', default: 'elasticsearch' },
        duration: { type: 'string', multiple: true, default: [] },
        'base-path': { type: 'string', default: '' },
        repository: { type: 'string', default: 'camunda' },
        fault: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    // An option is unknown or lacks its value.
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** Formats an issue such as `--fault 1, operation: is none of …`. */
function sentenceOf({ path: [option, index, ...rest], message }: z.core.$ZodIssue): string {
  const which = typeof index === 'number' ? ` ${index + 1}` : '';
  return `--${[String(option) + which, ...rest.map(String)].join(', ')}: ${message}`;
}

function refuse(why: string): never {
  console.error(`${why}\n\n${USAGE}`);
  process.exit(2);
}
