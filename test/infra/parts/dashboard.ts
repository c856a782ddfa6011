import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { z } from 'zod';
import { fullConfiguration, templateOf } from '../stack.ts';
import { flat } from '../statements.ts';

const [dashboard] = Object.values(
  (await templateOf(fullConfiguration)).findResources('AWS::CloudWatch::Dashboard'),
);
const { Properties } = z
  .object({ Properties: z.object({ DashboardName: z.string(), DashboardBody: z.unknown() }) })
  .parse(dashboard);
const { widgets } = z
  .object({
    widgets: z.array(
      z.object({ type: z.string(), properties: z.object({ title: z.string().optional() }).loose() }),
    ),
  })
  .parse(JSON.parse(flat(Properties.DashboardBody)));
const titled = (title: string) =>
  widgets
    .filter(({ properties }) => properties.title === title)
    .map(({ properties }) => JSON.stringify(properties));

test('The dashboard begins with the alarms and ends with what failed last', () => {
  assert.equal(widgets[0]?.type, 'alarm');
  const last = widgets.at(-1);
  assert.equal(last?.type, 'log');
  assert.match(JSON.stringify(last), /FunctionsRecordFailureLogs.*level = ..ERROR/);
});

test('The dashboard shows the age of each cluster against maxAge and its pause against maxPause', () => {
  const [age] = titled('Hours since the last completed backup ended');
  assert.match(age ?? '', /"BackupAgeSeconds".*"production"/);
  assert.match(age ?? '', /"value":26/);
  const [pause] = titled('Exporting paused, in minutes');
  assert.match(pause ?? '', /"PausedSeconds".*"ExportingPausedSeconds"/);
  assert.match(pause ?? '', /"value":30,"label":"maxPause"/);
  assert.equal(titled('Duration, in minutes').length, 2);
});

test('The address of the dashboard is in the console of the partition, also where only CloudFormation knows that', async () => {
  const regionless = (await templateOf(fullConfiguration)).toJSON();
  const { Mappings, Outputs } = z
    .object({
      Mappings: z.record(z.string(), z.record(z.string(), z.object({ domain: z.string() }))),
      Outputs: z.object({ DashboardUrl: z.object({ Value: z.unknown() }) }),
    })
    .parse(regionless);
  const [[name, domains] = []] = Object.entries(Mappings).filter(([mapping]) => /Console/.test(mapping));
  assert.deepEqual(domains, {
    aws: { domain: 'console.aws.amazon.com' },
    'aws-cn': { domain: 'console.amazonaws.cn' },
    'aws-us-gov': { domain: 'console.amazonaws-us-gov.com' },
    'aws-eusc': { domain: 'console.amazonaws-eusc.eu' },
  });
  const lookup = JSON.stringify({ 'Fn::FindInMap': [name, { Ref: 'AWS::Partition' }, 'domain'] });
  assert(JSON.stringify(Outputs.DashboardUrl.Value).includes(lookup));
});
