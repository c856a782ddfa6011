import type { AddHelpTextContext } from 'commander';
import { fold } from './fold.ts';
import { columnsOf, type Output } from './output.ts';

/**
 * Paragraphs below the options of a command. They are folded here, because commander folds its own text only.
 */
export const below = (paragraphs: string[], output: Output) => (context: AddHelpTextContext) => {
  const width = columnsOf(context.error ? output.stderr : output.stdout);
  return `\n${paragraphs.map((paragraph) => fold(paragraph, width)).join('\n')}`;
};
