import { partitionOf } from '../connect/aws-partition.ts';

/** The domains of the AWS consoles, by partition. */
export const consoleDomains: ReadonlyMap<string, string> = new Map([
  ['aws', 'console.aws.amazon.com'],
  ['aws-cn', 'console.amazonaws.cn'],
  ['aws-us-gov', 'console.amazonaws-us-gov.com'],
  ['aws-eusc', 'console.amazonaws-eusc.eu'],
]);

/** The AWS console's URL for a region; undefined if the console of its partition has no public address. */
export function consoleOf(region: string, partition = partitionOf(region)): string | undefined {
  const domain = consoleDomains.get(partition);
  return domain === undefined ? undefined : `https://${region}.${domain}`;
}
