import * as z from 'zod';

/**
 * What a deployed stack says of itself: infra/ writes these outputs, and the command line reads them, by the same
 * schema. Their names are the logical ids of CloudFormation's outputs, whose values are text.
 */
export const stackOutputs = z.object({
  StateMachineArn: z.string(),
  LedgerBucketName: z.string(),
  /** What comes before every key; an output cannot be empty. */
  LedgerPrefix: z.string().optional(),
  AlertsTopicArn: z.string().optional(),
  DashboardUrl: z.string().optional(),
  /** The names of the clusters that the stack backs up. A stack of a version before this output lacks it. */
  Clusters: z
    .codec(z.string(), z.array(z.string()), {
      decode: (text, { issues }) => {
        try {
          return z.array(z.string()).parse(JSON.parse(text));
        } catch {
          issues.push({ code: 'custom', input: text, message: 'is not a list of names in JSON' });
          return z.NEVER;
        }
      },
      encode: (names) => JSON.stringify(names),
    })
    .optional(),
});
export type StackOutputs = z.output<typeof stackOutputs>;
