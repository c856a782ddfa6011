import { fold } from './fold.ts';
import { columnsOf, type Screen } from './output.ts';

const indent = '  ';

/** Makes `  name            text`, and indents the further lines of the text below its first. */
export function line(name: string, text: string, stdout: Screen, width = 16): string {
  const margin = `${indent}${' '.repeat(width)}`;
  const folded = stdout.isTTY ? fold(text, columnsOf(stdout) - margin.length) : text;
  return `${indent}${name.padEnd(width)}${folded.split('\n').join(`\n${margin}`)}`;
}
