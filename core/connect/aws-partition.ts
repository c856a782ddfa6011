/** The regions of each partition besides `aws`, by the beginning of their names. */
const partitions: Record<string, string> = {
  'cn-': 'aws-cn',
  'us-gov-': 'aws-us-gov',
  'eusc-': 'aws-eusc',
  'us-iso-': 'aws-iso',
  'us-isob-': 'aws-iso-b',
  'eu-isoe-': 'aws-iso-e',
  'us-isof-': 'aws-iso-f',
};

/** The partition of a region, which every ARN in it names: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function partitionOf(region: string): string {
  const known = Object.entries(partitions).find(([beginning]) => region.startsWith(beginning));
  return known?.[1] ?? 'aws';
}
