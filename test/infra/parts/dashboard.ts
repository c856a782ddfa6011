import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import { z } from 'zod';
import { dashboardConfiguration, fullConfiguration, templateOf } from '../stack.ts';
import { flat } from '../statements.ts';

const template = await templateOf(dashboardConfiguration);
const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
const { Properties } = z
  .object({ Properties: z.object({ DashboardName: z.string(), DashboardBody: z.unknown() }) })
  .parse(dashboard);
const { widgets, periodOverride } = z
  .object({
    periodOverride: z.string().optional(),
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
  assert.match(
    JSON.stringify(last),
    /FunctionsRecordFailureLogs.*level = ..ERROR.*platform\.report.*record\.status != ..success/,
  );
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

test('The address of the dashboard is in the console of the partition, also where only CloudFormation knows that', () => {
  const { Mappings, Outputs } = z
    .object({
      Mappings: z.record(z.string(), z.record(z.string(), z.object({ domain: z.string() }))),
      Outputs: z.object({ DashboardUrl: z.object({ Value: z.unknown() }) }),
    })
    .parse(template.toJSON());
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

test('There is no dashboard and no address of one unless it is configured: it costs more than all the rest', async () => {
  const plain = await templateOf(fullConfiguration);
  plain.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  assert.deepEqual(plain.findOutputs('DashboardUrl'), {});
});

test('The periods of the dashboard are those of its metrics: the backups of a day are those of one day', () => {
  assert.equal(periodOverride, 'inherit');
});
