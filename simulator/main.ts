import { parseArgs } from 'node:util';
import * as z from 'zod';
import { faultSchema } from './fault-schema.ts';
import { type SimulatorOptions, startSimulator } from './index.ts';

const USAGE = `node simulator/main.ts [options]

  --camunda 8.5|8.6|8.7|8.8|8.9   default 8.8
  --partitions N                  default 3
  --brokers N                     default 1
  --search elasticsearch|opensearch|none
  --duration COMPONENT=SECONDS    of a backup; repeatable: zeebe, operate, tasklist, webApplications, optimize, records
  --base-path PATH                management.server.base-path
  --repository NAME               default camunda
  --fault JSON                    a fault on order, see README.md; repeatable

Starts a simulated Camunda cluster, prints its addresses as JSON, and serves until it is interrupted.`;

const { values } = parseArgs({
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
});

const duration = z.enum(['zeebe', 'operate', 'tasklist', 'webApplications', 'optimize', 'records']);
const schema = z.object({
  camunda: z.enum(['8.5', '8.6', '8.7', '8.8', '8.9']),
  partitions: z.coerce.number().int().positive(),
  brokers: z.coerce.number().int().positive(),
  search: z.enum(['elasticsearch', 'opensearch', 'none']),
  duration: z.array(
    z.templateLiteral([duration, '=', z.number().nonnegative()]).transform((text) => {
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
    context.addIssue({ code: 'custom', message: 'not JSON' });
    return z.NEVER;
  }
}

if (values.help) {
  console.log(USAGE);
} else {
  const read = schema.safeParse(values);
  if (!read.success) {
    console.error(`${z.prettifyError(read.error)}\n\n${USAGE}`);
    process.exit(2);
  }
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
