import * as z from 'zod';
import { kinds, targets } from './kinds.ts';
import type { Stage } from './stages.ts';

/**
 * The place of one component and the way to back it up. It is plain JSON, a part of the plan, and contains no secret.
 * Until 0.1.0, PrepareBackup wrote targets without `kind`, and an execution that began then may continue with today's
 * functions (docs/decisions/0021-targets-by-kind.md).
 */
export const target = z.preprocess(withKind, z.discriminatedUnion('kind', targets));
export type Target = z.infer<typeof target>;

type KindIn<One extends Stage> = {
  [Name in Target['kind']]: (typeof kinds)[Name]['stage'] extends One ? Name : never;
}[Target['kind']];
/** A target of a kind that is backed up in this stage. */
export type TargetIn<One extends Stage> = Extract<Target, { kind: KindIn<One> }>;

/** The schema of the targets that are backed up in this stage. */
export function targetIn<One extends Stage>(stage: One) {
  return target.transform((one, { addIssue }): TargetIn<One> => {
    if (isIn(stage, one)) return one;
    addIssue(`A target of the kind ${one.kind} is not backed up in the stage ${stage}`);
    return z.NEVER;
  });
}

/** Selects the targets that are backed up in this stage. */
export function targetsIn<One extends Stage>(stage: One, targets: Target[]): TargetIn<One>[] {
  return targets.filter((one) => isIn(stage, one));
}

function isIn<One extends Stage>(stage: One, one: Target): one is TargetIn<One> {
  return kinds[one.kind].stage === stage;
}

const withoutKind = z.looseObject({ kind: z.undefined().optional(), component: z.string() });

function withKind(input: unknown): unknown {
  const { data } = withoutKind.safeParse(input);
  const found = data && Object.entries(kinds).find(([, { titles }]) => data.component in titles);
  return found ? { ...data, kind: found[0] } : input;
}
