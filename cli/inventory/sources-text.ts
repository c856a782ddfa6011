import type { Commands } from '../../core/commands.ts';
import { titles } from '../../core/components/kinds.ts';
import type { Source } from '../../core/inventory/sources.ts';
import { paint, type Screen } from '../screen/output.ts';

/** Sentences about the sources that could not be asked, and what to type next. */
export function sourceLines(
  cluster: string,
  sources: Source[],
  commands: Pick<Commands, 'check'>,
  stderr: Screen,
): string[] {
  const told = sources.filter(({ says }) => says !== undefined);
  const lines = told.flatMap(({ name, answered, says, remedy }) => [
    `${paint(stderr, 'yellow', answered ? 'Note:' : 'Not asked:')} ${aboutSource(name, says)}`,
    ...(remedy ? [`  What to do: ${remedy}`] : []),
  ]);
  const isSilent = sources.some(({ answered }) => !answered);
  return isSilent ? [...lines, `To see which addresses answer, run: ${commands.check(cluster)}`] : lines;
}

/** A sentence that begins with the source need not name it twice. */
function aboutSource(name: Source['name'], says = ''): string {
  const title = titleOf(name);
  return says.toLowerCase().startsWith(title.toLowerCase()) ? says : `${title}: ${says}`;
}

function titleOf(name: Source['name']): string {
  const others: Record<string, string> = {
    ledger: 'the ledger',
    repository: 'the snapshot repository',
    zeebeStore: "Zeebe's backup store",
    stack: 'what the stack reaches beside the ledger',
  };
  return Object.entries(titles).find(([component]) => component === name)?.[1] ?? others[name] ?? name;
}
