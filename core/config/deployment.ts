import * as z from 'zod';
import { durationUpTo } from './duration.ts';

/** `deployment` in camunda-backup.yaml: the settings that only the stack on AWS needs. */
const arn = (service: string) =>
  z
    .string()
    .regex(new RegExp(`^arn:[^:]+:${service}:`), { error: `is not an ARN of ${service}`, abort: true });

/** An ARN whose account is followed by `rest`. */
const wholeArn = (service: string, rest: string, what: string) =>
  arn(service).regex(new RegExp(`^arn:[^:]+:${service}:[a-z0-9-]+:\\d{12}:${rest}$`), {
    error: `is not the whole ARN of ${what}`,
    abort: true,
  });

const functionArn = wholeArn('lambda', 'function:[\\w-]+(?::[\\w$-]+)?', 'a function').meta({
  example: 'arn:aws:lambda:eu-central-1:123456789012:function:page-on-call',
});

const topicArn = wholeArn('sns', '[\\w-]+(?:\\.fifo)?', 'a topic')
  .refine((text) => !text.endsWith('.fifo'), {
    error: 'is a FIFO topic, to which neither alarms publish nor people subscribe: name a standard topic',
  })
  .meta({ example: 'arn:aws:sns:eu-central-1:123456789012:on-call' });

/** Incoming webhooks. None of them confirms a subscription of SNS. */
const chats: { name: string; hosts: RegExp }[] = [
  { name: 'Slack', hosts: /^hooks\.slack(?:-gov)?\.com$/ },
  {
    name: 'Microsoft Teams',
    hosts:
      /(?:^|\.)(?:webhook\.office\.com|outlook\.office(?:365)?\.com|logic\.azure\.com|api\.powerplatform\.com)$/,
  },
  { name: 'Google Chat', hosts: /^chat\.googleapis\.com$/ },
  { name: 'Discord', hosts: /^(?:\w+\.)?discord(?:app)?\.com$/ },
];

function chatOf(url: unknown): string | undefined {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  return chats.find(({ hosts }) => parsed && hosts.test(parsed.hostname))?.name;
}

/** The limits of AWS for all tags: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/allocation-tag-restrictions.html */
const tagText = (most: number) =>
  z
    .string()
    .refine((text) => text.length <= most, { error: `has more than ${most} characters` })
    .regex(
      /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
      'has other characters than letters, digits, blanks and _ . : / = + - @',
    )
    .refine((text) => !/^aws:/i.test(text), { error: 'begins with aws:, which AWS keeps for itself' });

const tags = z
  .record(
    tagText(128).refine((key) => key !== '', { error: 'is a tag without a name' }),
    tagText(256),
  )
  .refine((all) => Object.keys(all).length <= 50, {
    error: 'are more than 50, which is the most that AWS allows',
  })
  .default({})
  .meta({ example: '{ team: platform }' });

const network = z.strictObject({
  vpcId: z.string().regex(/^vpc-/, 'is not a VPC id').meta({ example: 'vpc-0123456789abcdef0' }),
  availabilityZones: z.array(z.string()).min(1).meta({ example: '[eu-central-1a, eu-central-1b]' }),
  subnetIds: z
    .array(
      z
        .string()
        .regex(/^subnet-/, 'is not a subnet id')
        .meta({ example: 'subnet-0123456789abcdef0' }),
    )
    .min(1)
    .meta({ example: '[subnet-0a, subnet-0b]' }),
  securityGroupIds: z
    .array(z.string().regex(/^sg-/, 'is not a security group id').meta({ example: 'sg-0123456789abcdef0' }))
    .min(1)
    .meta({ example: '[sg-0123456789abcdef0]' }),
  /** Which functions run there: those that talk to a cluster, or all of them. */
  functions: z.enum(['cluster', 'all']).default('cluster').meta({ example: 'all' }),
});

const alerts = z.strictObject({
  email: z
    .array(z.email({ error: 'is not an e-mail address' }).meta({ example: 'on-call@example.com' }))
    .default([])
    .meta({ example: '[on-call@example.com]' }),
  sms: z
    .array(
      z
        .string()
        .regex(/^\+[1-9]\d{6,14}$/, 'is not a phone number with country code')
        .meta({ example: '"+4930123456"' }),
    )
    .default([])
    .meta({ example: '["+4930123456"]' }),
  https: z
    .array(
      z
        .url({ protocol: /^https$/, error: 'is not an https URL', abort: true })
        .refine((url) => chatOf(url) === undefined, {
          error: ({ input }) =>
            `is an incoming webhook of ${chatOf(input)}, which never confirms a subscription of SNS, so no alert would arrive: write the e-mail address of the channel under \`email\`, or a function that posts there under \`lambda\``,
        })
        .meta({ example: 'https://events.example.com/sns' }),
    )
    .default([])
    .meta({ example: '[https://events.example.com/sns]' }),
  lambda: z.array(functionArn).default([]),
  /** An existing topic to use instead of the stack's own. */
  topicArn: topicArn.optional(),
  /** An existing key that encrypts the topic, whether it is the stack's own or an existing one. */
  topicKeyArn: arn('kms').optional().meta({
    example: 'arn:aws:kms:eu-central-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef',
  }),
  /** Whether the stack's own topic is encrypted with a key of its own, which costs $1 a month. */
  encrypted: z.boolean().default(true),
  onSuccess: z.boolean().default(false),
  /** The URL at which people read docs/runbook.md. Every alert and alarm links to its heading there. */
  runbook: z
    .url({ protocol: /^https?$/, error: 'is not an http or https URL' })
    .optional()
    .meta({ example: 'https://git.example.com/platform/camunda-backup/blob/main/docs/runbook.md' }),
});

/** The periods that CloudWatch Logs accepts. */
const logRetention = z
  .enum(['1d', '3d', '5d', '7d', '14d', '30d', '60d', '90d', '120d', '180d', '365d', '731d'])
  .default('90d')
  .meta({ example: '90d' });

const day = 86_400;

/** The name of the stack if the file names none. */
export const defaultStack = 'camunda-backup';

/** The name of a region of any partition: eu-central-1, us-gov-west-1, cn-north-1, eusc-de-east-1. */
export const regionName = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

export const deployment = z.strictObject({
  stack: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'is not a stack name')
    .default(defaultStack)
    .meta({ example: 'camunda-backup' }),
  region: z.string().regex(regionName, 'is not a region').optional().meta({ example: 'eu-central-1' }),
  account: z
    .string({ error: 'is not an account id in quotes' })
    .regex(/^\d{12}$/, 'is not an account id')
    .optional()
    .meta({ example: '"123456789012"' }),
  network: network.optional(),
  alerts: alerts.prefault({}),
  /** Whether there is a dashboard, with the metrics that only it shows. */
  dashboard: z.boolean().default(false),
  tags,
  logRetention,
  /** Whether the ledger's bucket stays when the stack is deleted. */
  removalPolicy: z.enum(['retain', 'destroy']).default('retain').meta({ example: 'retain' }),
  /** Whether CloudFormation refuses to delete the stack until this is switched off. */
  terminationProtection: z.boolean().default(false).meta({ example: 'true' }),
  /** How long S3 protects each document of the ledger from deletion and change (object lock in governance mode). */
  objectLock: durationUpTo('36500d', 'which is the most that S3 keeps')
    .refine((seconds) => seconds % day === 0, { error: 'is not a number of whole days' })
    .optional()
    .meta({ example: '30d' }),
});
export type Deployment = z.infer<typeof deployment>;
