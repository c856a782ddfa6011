import { price } from './backup-cost.ts';
import { countOneLook } from './one-look.ts';
import { resourcesOf, type ScheduledCalls, type StackResources } from './stack-resources.ts';

/** A line of a bill: what, how many of it, and the dollars a month. */
export type Item = [what: string, count: string, dollars: number];

export interface StandingCost {
  items: Item[];
  dollars: number;
  /** The endpoints that a VPC without NAT gateway needs. Who has them or a NAT gateway does not pay them for this stack. */
  endpoints: string;
  endpointDollars: number;
}

const zeebe = 'http://zeebe.internal.example.com:9600';

/** One cluster with four components, whose search engine needs a secret, and which is backed up every night. */
const configuration = `
ledger: { s3: { bucket: my-company-camunda-backups } }
clusters:
  production:
    zeebe: { url: "${zeebe}" }
    webApplications: { url: "${zeebe}" }
    optimize: { url: "http://optimize.internal.example.com:8092" }
    records: {}
    search:
      engine: elasticsearch
      url: https://search.internal.example.com:9200
      repository: camunda
      auth:
        username: backup
        password: { secretsManager: "arn:aws:secretsmanager:us-east-1:123456789012:secret:camunda/search-AbCdEf", key: password }
    maxAge: 30h
    schedules: [{ cron: "0 3 * * ? *" }]
deployment:
  stack: camunda-backup
  region: us-east-1
`;

/** The assumed billed time of a scheduled call. A look takes less while every server answers. */
const secondsOfACall = 1;
/** Lambda's three records of a call, and the function's own line. */
const bytesOfACall = 2_000;
/** The looks at the subscriptions: at most one an hour. */
const topicLooks = 730;
/** The endpoints of docs/network.md: Secrets Manager, SNS and Step Functions. The one of S3 is free. */
const interfaceEndpoints = 3;

/** The cost of a month in which no backup is made. `settings` are added to the configuration's `deployment`. */
export async function standingCost(settings = ''): Promise<StandingCost> {
  const yaml = configuration + settings;
  const stack = resourcesOf(yaml);
  const items = [...itemsOfResources(stack), ...(await itemsOfCalls(stack, yaml))].filter(
    ([, , dollars]) => dollars > 0,
  );
  const zones = stack.functionsInVpc > 0 ? stack.availabilityZones : 0;
  return {
    items,
    dollars: items.reduce((total, [, , dollars]) => total + dollars, 0),
    endpoints: `${interfaceEndpoints} in ${zones} zones`,
    endpointDollars: interfaceEndpoints * zones * price.endpointMonth,
  };
}

function itemsOfResources(stack: StackResources): Item[] {
  const { keys, alarmMetrics, compositeAlarms, dashboards, secrets, starts } = stack;
  return [
    ['the key of the topic', String(keys), keys * price.keyMonth],
    ['alarms', String(alarmMetrics), alarmMetrics * price.alarmMonth],
    ['composite alarms', String(compositeAlarms), compositeAlarms * price.compositeAlarmMonth],
    ['dashboards', String(dashboards), dashboards * price.dashboardMonth],
    ['secrets', String(secrets), secrets * price.secretMonth],
    ['starts by EventBridge Scheduler', String(starts), starts * price.scheduledStart],
  ];
}

async function itemsOfCalls({ scheduledCalls }: StackResources, yaml: string): Promise<Item[]> {
  const look = await countOneLook(yaml, zeebe);
  const sweeps = total(scheduledCalls.filter(({ name }) => name === 'WatchOverExporting'));
  const wakeUps = scheduledCalls.filter(({ name }) => name !== 'WatchOverExporting');
  const traces = total(scheduledCalls.filter(({ isTraced }) => isTraced));
  const logged = total(scheduledCalls) * bytesOfACall;
  const gets = sweeps * look.reads;
  const puts = sweeps * (look.lists + look.writes);
  return [
    ['calls of the watchdog, as 1 s each', String(sweeps), lambda(scheduledCalls) - lambda(wakeUps)],
    ['  reads of the ledger', String(gets), gets * price.get],
    ['  lists of the ledger and writes', String(puts), puts * price.put],
    [
      '  calls of Secrets Manager',
      String(sweeps * look.secretCalls),
      sweeps * look.secretCalls * price.secretCall,
    ],
    ['  looks at the subscriptions', String(topicLooks), topicLooks * price.snsCall],
    ['calls that wake functions up, as 1 s each', String(total(wakeUps)), lambda(wakeUps)],
    ['metrics with a value at every look', String(look.metrics), look.metrics * price.metricMonth],
    ['traces', String(traces), traces * price.trace],
    ['logs', `${Math.round(logged / 1e6)} MB`, logged * price.logByte],
  ];
}

const total = (calls: ScheduledCalls[]) => calls.reduce((sum, one) => sum + one.calls, 0);

function lambda(scheduled: ScheduledCalls[]): number {
  return scheduled.reduce(
    (sum, { calls, memoryMegabytes }) =>
      sum + calls * (price.invocation + (memoryMegabytes / 1024) * secondsOfACall * price.gigabyteSecondArm),
    0,
  );
}
