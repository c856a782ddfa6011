import * as z from 'zod';

/**
 * The properties of the guard's custom resources. infra/guard.ts writes them and the function reads them with this
 * schema. CloudFormation omits empty lists.
 */
export const guardProperties = z.object({
  /**
   * `update`: everything else depends on this resource, so that it acts first in an update. `deletion`: this resource
   * depends on everything that it protects, so that it acts first in the deletion of the stack.
   */
  Guards: z.enum(['update', 'deletion']),
  /** The logical ids of the ledger's bucket and of the state machine. References would be circular. */
  Bucket: z.string(),
  Machine: z.string(),
  /** The name of the bucket if it is configured. A bucket with another name is another ledger. */
  BucketName: z.string().default(''),
  /** The prefix of every key in the bucket. */
  Prefix: z.string().default(''),
  /** The clusters, and what the functions reach for each of them. Each text names one thing. */
  Clusters: z.array(z.object({ Name: z.string(), Reach: z.array(z.string()).default([]) })).default([]),
  /** What the functions may do and reach for every cluster. */
  Reach: z.array(z.string()).default([]),
});
export type GuardProperties = z.infer<typeof guardProperties>;

/** The address of the answer to a request of CloudFormation. */
export const addressee = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  /** A resource that is being created has none yet. */
  PhysicalResourceId: z.string().optional(),
});
export type Addressee = z.infer<typeof addressee>;

/**
 * A request of CloudFormation to a custom resource:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
const common = { StackId: z.string(), ResourceProperties: guardProperties };
export const guardRequest = z.discriminatedUnion('RequestType', [
  z.object({ RequestType: z.literal('Create') }),
  z.object({ RequestType: z.literal('Update'), ...common, OldResourceProperties: guardProperties }),
  z.object({ RequestType: z.literal('Delete'), ...common }),
]);
export type GuardRequest = z.infer<typeof guardRequest>;
