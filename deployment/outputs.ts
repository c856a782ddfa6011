import * as z from 'zod';

/**
 * The outputs of a deployed stack. infra/ writes them and the command line reads them with the same schema. Their names
 * are the logical ids of CloudFormation outputs, whose values are texts.
 */
export const stackOutputs = z.object({
  StateMachineArn: z.string(),
  /** The state machine that verifies backups. Stacks of older versions lack it. */
  HousekeepingArn: z.string().optional(),
  LedgerBucketName: z.string(),
  /** The prefix of every key; undefined if there is none, because an output cannot be empty. */
  LedgerPrefix: z.string().optional(),
  AlertsTopicArn: z.string().optional(),
  DashboardUrl: z.string().optional(),
  /** The functions that people call through the command line. Stacks of older versions lack some of them. */
  CheckFunctionArn: z.string().optional(),
  InventoryFunctionArn: z.string().optional(),
  RepairFunctionArn: z.string().optional(),
  DeleteLeftoversFunctionArn: z.string().optional(),
  WatchdogFunctionArn: z.string().optional(),
  /** The names of the clusters that the stack backs up. Stacks of older versions lack this output. */
  Clusters: z
    .codec(z.string(), z.array(z.string()), {
      decode: (text, { issues }) => {
        try {
          return z.array(z.string()).parse(JSON.parse(text));
        } catch {
          issues.push({ code: 'custom', input: text, message: 'is not a JSON list of names' });
          return z.NEVER;
        }
      },
      encode: (names) => JSON.stringify(names),
    })
    .optional(),
});
export type StackOutputs = z.output<typeof stackOutputs>;

/**
 * Groups the outputs of a stack by the prefix of their names. A stack that contains nothing but one backup has no prefix,
 * and a CDK app may put several backups and other resources into a stack, each with its own prefix.
 */
export function outputsByPrefix(outputs: Record<string, string | undefined>) {
  const last = 'StateMachineArn';
  const prefixes = Object.keys(outputs)
    .filter((name) => name.endsWith(last))
    .map((name) => name.slice(0, -last.length))
    // Other resources may have an output of such a name, too.
    .filter((prefix) => `${prefix}LedgerBucketName` in outputs);
  return new Map(
    prefixes.map((prefix) => [
      prefix,
      Object.fromEntries(stackOutputs.keyof().options.map((name) => [name, outputs[`${prefix}${name}`]])),
    ]),
  );
}
