import type * as z from 'zod';
import { applicationKind } from './applications/kind.ts';
import type { Policy } from './kind.ts';
import { recordsKind } from './records/kind.ts';
import { zeebeKind } from './zeebe/kind.ts';

/** Every kind of component, by the `kind` of its target. A new kind needs a folder beside these, and its lines here. */
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

/** Returns how the kind of this target differs from other kinds. */
export function policyOf({ kind }: { kind: keyof typeof kinds }): Policy {
  return kinds[kind].policy;
}
