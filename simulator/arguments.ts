import { parseArgs } from 'node:util';
import * as z from 'zod';
import { faultSchema } from './faults/fault-schema.ts';
import type { Fault } from './faults/faults.ts';
import { jsonText } from './json.ts';
import { Mistake } from './mistake.ts';
import type { SimulatorOptions } from './options.ts';
import type { RealPartsOptions } from './real/options.ts';

export const USAGE = `npm run simulator -- [options]

  --camunda 8.5|8.6|8.7|8.8|8.9   default 8.8
  --partitions N                  default 3
  --duration COMPONENT=SECONDS    how long a component's backup takes; repeatable. Components:
                                  zeebe, operate, tasklist, webApplications, optimize, records
  --repository NAME               default camunda

In memory, with a search engine of its own:
  --brokers N                     default 1
  --search elasticsearch|opensearch|none
  --base-path PATH                management.server.base-path
  --fault JSON                    a fault to order, see README.md; repeatable

On a real search engine and a real backup store:
  --search-url URL                the search engine
  --store s3://BUCKET/PATH|DIR    Zeebe's backup store; from 8.8 on it may be a folder. ?endpoint=URL&region=NAME says
                                  where another S3 than AWS's is
  --data DIR                      what outlives a restart: the broker's log, and the ports
  --index-prefix PREFIX           of the applications' indices; the default is none
  --only PROCESS                  starts this process of the cluster and no other; repeatable. Processes: zeebe,
                                  optimize and, up to 8.7, operate and tasklist
  --load RATE                     creates RATE process instances a second, and advances and completes them

Starts a simulated Camunda cluster, prints its addresses as JSON, and serves until it is interrupted.`;

export type Arguments =
  | { start: 'help' }
  | { start: 'in memory'; options: SimulatorOptions; faults: Fault[] }
  | { start: 'on real parts'; options: RealPartsOptions; load: number | undefined };

const component = z.enum(['zeebe', 'operate', 'tasklist', 'webApplications', 'optimize', 'records']);
const oneOf = <const T extends string[]>(...values: T) =>
  z.enum(values, { error: `is none of ${values.join(', ')}` });
const number = z.coerce.number({ error: 'is not a number' });
const count = number.int({ error: 'is not a whole number' }).positive({ error: 'is not above 0' });
const duration = z
  .templateLiteral([component, '=', z.number().nonnegative()], {
    error: `is not COMPONENT=SECONDS, with one of ${component.options.join(', ')}`,
  })
  .transform((text) => {
    const [name, seconds] = text.split('=');
    return [component.parse(name), Number(seconds)] as const;
  });
const needed = z.string({ error: 'is missing: real parts need --search-url, --store and --data' });

const anyCluster = {
  camunda: oneOf('8.5', '8.6', '8.7', '8.8', '8.9').default('8.8'),
  partitions: count.default(3),
  duration: z
    .array(duration)
    .default([])
    .transform(Object.fromEntries<number>),
  repository: z.string().default('camunda'),
};
const inMemory = z.strictObject({
  ...anyCluster,
  brokers: count.default(1),
  search: oneOf('elasticsearch', 'opensearch', 'none').default('elasticsearch'),
  'base-path': z.string().default(''),
  fault: z.array(jsonText.pipe(faultSchema)).default([]),
});
const onRealParts = z.strictObject({
  ...anyCluster,
  'search-url': needed,
  store: needed,
  data: needed,
  'index-prefix': z.string().default(''),
  only: z.array(oneOf('zeebe', 'operate', 'tasklist', 'optimize')).optional(),
  load: number.positive({ error: 'is not above 0' }).optional(),
});

/** Throws a `Mistake`. */
export function readArguments(args: string[]): Arguments {
  const { help, ...typed } = parse(args);
  if (help) return { start: 'help' };
  if (typed['search-url'] === undefined && typed.store === undefined && typed.data === undefined) {
    const { search, fault, duration, 'base-path': basePath, ...options } = read(inMemory, typed);
    const components = { search: search === 'none' ? (false as const) : search };
    return {
      start: 'in memory',
      options: { ...options, components, basePath, durations: duration },
      faults: fault,
    };
  }
  const {
    'search-url': searchUrl,
    'index-prefix': indexPrefix,
    duration,
    only,
    load,
    ...options
  } = read(onRealParts, typed);
  if (load !== undefined && only?.includes('zeebe') === false) {
    throw new Mistake('--load: the load asks Zeebe, which --only leaves out');
  }
  return {
    start: 'on real parts',
    options: { ...options, searchUrl, indexPrefix, durations: duration, ...(only && { only }) },
    load,
  };
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const texts = { type: 'string', multiple: true } as const;
  try {
    return parseArgs({
      args,
      options: {
        camunda: text,
        partitions: text,
        duration: texts,
        repository: text,
        brokers: text,
        search: text,
        'base-path': text,
        fault: texts,
        'search-url': text,
        store: text,
        data: text,
        'index-prefix': text,
        only: texts,
        load: text,
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    // An option is unknown or lacks its value.
    throw new Mistake(error instanceof Error ? error.message : String(error));
  }
}

function read<T>(schema: z.ZodType<T>, typed: object): T {
  const result = schema.safeParse(typed);
  if (result.success) return result.data;
  throw new Mistake(result.error.issues.map(sentenceOf).join('\n'));
}

/** Formats an issue such as `--fault 1, operation: is none of …`. */
function sentenceOf(issue: z.core.$ZodIssue): string {
  const { path, message } = issue;
  if (path.length === 0 && issue.code === 'unrecognized_keys') {
    const where = issue.keys.some((key) => key in onRealParts.shape) ? 'on real parts' : 'in memory';
    return `--${issue.keys.join(', --')}: only a cluster ${where} has it`;
  }
  const [option, index, ...rest] = path;
  const which = typeof index === 'number' ? ` ${index + 1}` : '';
  return `--${[String(option) + which, ...rest.map(String)].join(', ')}: ${message}`;
}
