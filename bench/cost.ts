import { costOf, price } from './backup-cost.ts';
import type { Measured } from './figures.ts';
import { countTwoBackups } from './long-backup.ts';
import { type Item, standingCost } from './standing-cost.ts';

const backupsAMonth = 30;
const monthHours = 730;

/** A metric is charged by the hour: https://aws.amazon.com/cloudwatch/pricing/ */
const metricHour = 0.3 / monthHours;

/** One value of each: completed, failed, duration and pause, and one for each of four components. */
const metricsOfABackup = 4 + 4;
const bytesOfAnEvent = 600;
const bytesOfACall = 2_000;

/** The most that the issue of a stack for one cluster allows in dollars. */
export const costBars = {
  dollarsPerMonthStanding: 2,
  dollarsPerMonthStandingWithoutKey: 1,
  dollarsPerMonth: 2.6,
};

/** Multiplies counts by prices for a ten-minute backup, and for a month with one backup a night. */
export async function measureCost(): Promise<Measured> {
  const [, later] = await countTwoBackups({ webApplications: 240, optimize: 60, records: 60, zeebe: 300 });
  const { calls, requests, dollars: backup } = costOf(later);
  const standing = await standingCost();
  const withoutKey = await standingCost('  alerts: { encrypted: false }\n');
  const inVpc = await standingCost(network);
  const withDashboard = await standingCost('  dashboard: true\n');
  const logged = later.events * bytesOfAnEvent + calls * bytesOfACall;
  const items: Item[] = [
    ['transitions, calls of functions, requests to S3', `${backupsAMonth} backups`, backup.together],
    ['metrics, for an hour each', String(metricsOfABackup), metricsOfABackup * metricHour],
    ['a trace', '1', price.trace],
    ['events for other programs', String(later.published), later.published * price.event],
    ['logs', `${Math.round(logged / 1000)} kB`, logged * price.logByte],
    ['calls of Secrets Manager, at most one for each call', String(calls), calls * price.secretCall],
  ].map(([what, count, dollars]): Item => [String(what), String(count), Number(dollars) * backupsAMonth]);
  const backups = sum(items);
  const month = standing.dollars + backups;
  return {
    figures: {
      dollarsPerBackup10min: Number(backup.together.toFixed(6)),
      dollarsPerMonth: Number(month.toFixed(3)),
      dollarsPerMonthStanding: Number(standing.dollars.toFixed(3)),
      dollarsPerMonthStandingWithoutKey: Number(withoutKey.dollars.toFixed(3)),
    },
    table: {
      title: 'Cost (us-east-1, without free tiers)',
      header: ['what', 'how many', 'dollars'],
      rows: [
        ['one 10-minute backup: transitions', String(later.transitions), dollars(backup.transitions, 5)],
        ['  calls of functions, as 1 s each', String(calls), dollars(backup.lambda, 5)],
        ['  requests to S3', String(requests), dollars(backup.requests, 5)],
        ['  together', '', dollars(backup.together, 5)],
        ['a month, standing still', '', ''],
        ...standing.items.map(row),
        ['  together, standing still', '', dollars(standing.dollars)],
        ['a month of one backup a night', '', ''],
        ...items.map(row),
        ['  together, with what stands still', '', dollars(month)],
        ['standing still without the key of the topic', '', dollars(withoutKey.dollars)],
        ['standing still with the dashboard', '', dollars(withDashboard.dollars)],
        ['standing still in a VPC', '', dollars(inVpc.dollars)],
        [
          'interface endpoints of a VPC without NAT, which are not in it',
          inVpc.endpoints,
          dollars(inVpc.endpointDollars),
        ],
      ],
    },
  };
}

const network = `  network:
    vpcId: vpc-0123456789abcdef0
    availabilityZones: [us-east-1a, us-east-1b]
    subnetIds: [subnet-0a0a0a0a0a0a0a0a0, subnet-0b0b0b0b0b0b0b0b0]
    securityGroupIds: [sg-0123456789abcdef0]
`;

const dollars = (value: number, digits = 3) => `$${value.toFixed(digits)}`;
const row = ([what, count, value]: Item) => [`  ${what}`, count, dollars(value)];
const sum = (items: Item[]) => items.reduce((total, [, , value]) => total + value, 0);
