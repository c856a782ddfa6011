import { applicationKind } from './applications/kind.ts';
import type { ComponentName } from './component.ts';
import type { Policy } from './kind.ts';
import { recordsKind } from './records/kind.ts';
import { zeebeKind } from './zeebe/kind.ts';

/** Every kind of component, by the `kind` of its target. A new kind is a folder beside these, and its lines here. */
export const kinds = { zeebe: zeebeKind, application: applicationKind, records: recordsKind };

/** The schemas of all targets. */
export const targets = [zeebeKind.target, applicationKind.target, recordsKind.target] as const;

export function policyOf(component: ComponentName): Policy {
  const kind = Object.values(kinds).find(({ names }) => names.some((name) => name === component));
  if (!kind) throw new Error(`${component} is of no kind`);
  return kind.policy;
}
