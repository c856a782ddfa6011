import { statSync } from 'node:fs';
import { BackupError } from '../core/errors.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const mostBytes = 1_000_000;

/** Throws ConfigurationError if CloudFormation would refuse the template of a stack because of its size. */
export function requireDeployableSize(templateFile: string, clusters: number): void {
  const { size } = statSync(templateFile);
  if (size <= mostBytes) return;
  const ofEach = Math.round(size / clusters / 1000);
  throw new BackupError(
    'ConfigurationError',
    `The template has ${size} bytes, and CloudFormation takes ${mostBytes}: ${clusters} clusters × about ${ofEach} kB, which are alarms, schedules, widgets of the dashboard and the permissions for secrets`,
    {
      remedy: `Deploy the clusters as several stacks, each with a configuration file of its own and at most ${Math.floor((clusters * mostBytes) / size)} clusters.`,
    },
  );
}
