import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod';
import { BackupStack } from '../infra/stack.ts';

/** The resources of a synthesized stack that cost something, for 730 hours. */
export interface StackResources {
  /** The metrics that alarms look at, each of which costs as much as an alarm. */
  alarmMetrics: number;
  compositeAlarms: number;
  dashboards: number;
  keys: number;
  /** The secrets that the functions may read, and those that the stack makes. */
  secrets: number;
  /** The calls of functions by rules with a rate, in a month. */
  scheduledCalls: ScheduledCalls[];
  /** The starts of backups by schedules, in a month: one a night for each schedule. */
  starts: number;
  /** The functions in a VPC, whose subnets need interface endpoints unless they have a NAT gateway. */
  functionsInVpc: number;
  availabilityZones: number;
}

export interface ScheduledCalls {
  /** The name of the function. */
  name: string;
  /** The calls in a month. */
  calls: number;
  memoryMegabytes: number;
  isTraced: boolean;
}

const resources = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});
const lambda = z.object({
  MemorySize: z.number(),
  TracingConfig: z.object({ Mode: z.string() }).optional(),
  VpcConfig: z.object({ SubnetIds: z.array(z.unknown()) }).optional(),
});
const alarm = z.object({ Metrics: z.array(z.object({ MetricStat: z.unknown().optional() })).optional() });
const rule = z.object({
  ScheduleExpression: z.string().optional(),
  Targets: z.array(z.object({ Arn: z.unknown() })),
});

/** Synthesizes the stack of a configuration, with empty functions, and counts what it has. */
export function resourcesOf(yaml: string): StackResources {
  const folder = mkdtempSync(path.join(tmpdir(), 'camunda-backup-bench-'));
  try {
    const file = path.join(folder, 'camunda-backup.yaml');
    writeFileSync(file, yaml);
    const empty = path.join(folder, 'function');
    mkdirSync(empty);
    writeFileSync(path.join(empty, 'index.mjs'), '');
    const app = new App({ outdir: path.join(folder, 'cdk.out'), builtinCloudFormationValidation: false });
    return count(Template.fromStack(new BackupStack(app, file, () => empty)).toJSON());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count(template: unknown): StackResources {
  const all = Object.entries(resources.parse(template).Resources);
  const of = (type: string) => all.filter(([, { Type }]) => Type === type);
  const functions = of('AWS::Lambda::Function').flatMap(([id, { Properties }]) => {
    const { success, data } = lambda.safeParse(Properties);
    return success ? [{ id, ...data }] : [];
  });
  const subnets = functions.map(({ VpcConfig }) => VpcConfig?.SubnetIds.length ?? 0);
  return {
    alarmMetrics: of('AWS::CloudWatch::Alarm')
      .map(([, { Properties }]) => alarm.parse(Properties).Metrics)
      .reduce((sum, metrics) => sum + (metrics?.filter(({ MetricStat }) => MetricStat).length ?? 1), 0),
    compositeAlarms: of('AWS::CloudWatch::CompositeAlarm').length,
    dashboards: of('AWS::CloudWatch::Dashboard').length,
    keys: of('AWS::KMS::Key').length,
    secrets: of('AWS::SecretsManager::Secret').length + readableSecrets(all).size,
    scheduledCalls: of('AWS::Events::Rule').flatMap(([, { Properties }]) => {
      const { ScheduleExpression, Targets } = rule.parse(Properties);
      return Targets.flatMap(({ Arn }) => {
        const called = functions.find(({ id }) =>
          JSON.stringify(Arn).includes(id.replace(/[0-9A-F]{8}$/, '')),
        );
        if (ScheduleExpression === undefined) return [];
        if (!called) throw new Error(`The target of a schedule is no function: ${JSON.stringify(Arn)}`);
        return {
          name: called.id.replace(/^Functions|[0-9A-F]{8}$/g, ''),
          calls: timesAMonth(ScheduleExpression),
          memoryMegabytes: called.MemorySize,
          isTraced: called.TracingConfig?.Mode === 'Active',
        };
      });
    }),
    starts: of('AWS::Scheduler::Schedule').length * 30,
    functionsInVpc: subnets.filter((length) => length > 0).length,
    availabilityZones: Math.max(0, ...subnets),
  };
}

/** The secrets in the policies of the functions. They exist without the stack, and cost for as long as it needs them. */
function readableSecrets(
  all: [string, { Type: string; Properties: Record<string, unknown> }][],
): Set<string> {
  const policies = all.filter(([, { Type }]) => Type === 'AWS::IAM::Policy');
  const text = JSON.stringify(policies);
  return new Set(text.match(/arn:aws[a-z-]*:secretsmanager:[^"]+/g) ?? []);
}

const minutes = { minute: 1, minutes: 1, hour: 60, hours: 60, day: 1440, days: 1440 } as const;

function timesAMonth(expression: string): number {
  const [, times = '', unit = ''] = /^rate\((\d+) (\w+)\)$/.exec(expression) ?? [];
  const [, ofUnit] = Object.entries(minutes).find(([name]) => name === unit) ?? [];
  if (ofUnit === undefined) throw new Error(`The schedule ${expression} is not a rate`);
  return (30 * 1440) / (Number(times) * ofUnit);
}
