import { closing } from './closing.ts';
import type { Component } from './component.ts';
import type { Kind, OpeningNeeds } from './kind.ts';
import { kinds } from './kinds.ts';
import type { Target } from './target.ts';

type KindName = Target['kind'];
type TargetOf = { [Name in KindName]: Extract<Target, { kind: Name }> };
const table: { [Name in KindName]: Pick<Kind<TargetOf[Name]>, 'open'> } = kinds;

/** Opens the component of a target until the end of the block: `await using component = await openComponent(…)`. */
export async function openComponent(
  target: Target,
  context: OpeningNeeds,
): Promise<Component & AsyncDisposable> {
  const component = await open(target.kind, target, context);
  return closing(component, async () => component.close?.(), context);
}

function open<Name extends KindName>(kind: Name, target: TargetOf[Name], context: OpeningNeeds) {
  return table[kind].open(target, context);
}
