import type * as z from 'zod';
import { applicationKind } from './applications/kind.ts';
import type { Kind, Policy } from './kind.ts';
import { recordsKind } from './records/kind.ts';
import { zeebeKind } from './zeebe/kind.ts';

/**
 * Every kind of component, by the `kind` of its target. A new kind needs a folder beside these, its lines here, and its
 * setting in core/config/components.ts; and an application of a new name also its endpoints in versions.ts.
 */
export const kinds = { zeebe: zeebeKind, application: applicationKind, records: recordsKind };

/** The schemas of all targets. */
export const targets = [zeebeKind.target, applicationKind.target, recordsKind.target] as const;

/** The names that people use of all components. */
export const titles: Record<ComponentName, string> = {
  ...zeebeKind.titles,
  ...applicationKind.titles,
  ...recordsKind.titles,
};

export type ComponentName = z.infer<(typeof targets)[number]>['component'];
export const componentNames = targets.flatMap(({ shape }): ComponentName[] => shape.component.options);

type AnyTarget = z.infer<(typeof targets)[number]>;

/** All kinds, without the differences between the types of their targets. */
export const allKinds: Pick<Kind<AnyTarget>, 'stage' | 'policy' | 'configured' | 'signs'>[] =
  Object.values(kinds);

/** True if a backup of this component consists of snapshots in the repository of the search engine. */
export function consistsOfSnapshots(component: ComponentName): boolean {
  return policyOfComponent(component).consistsOfSnapshots;
}

/** Returns how the kind of this component differs from other kinds. */
export function policyOfComponent(component: ComponentName): Policy {
  const kind = Object.values(kinds).find(({ titles }) => component in titles) ?? zeebeKind;
  return kind.policy;
}

/** Returns how the kind of this target differs from other kinds. */
export function policyOf({ kind }: { kind: keyof typeof kinds }): Policy {
  return kinds[kind].policy;
}
