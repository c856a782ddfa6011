import { stripVTControlCharacters } from 'node:util';

/** Narrower than this nothing is gained by it. */
const narrowest = 20;

/**
 * Breaks lines between words where a terminal would break them within one; further lines are indented as their first,
 * and by `indent` more. What is there to be pasted stays in one piece: a word that is longer than a line, and a command.
 */
export function fold(text: string, width: number, indent = 0): string {
  if (width - indent < narrowest) return text;
  return text
    .split('\n')
    .flatMap((line) => foldLine(line, width, indent))
    .join('\n');
}

function foldLine(line: string, width: number, indent: number): string[] {
  if (lengthOf(line) <= width) return [line];
  const before = /^ */.exec(line)?.[0] ?? '';
  const margin = before + ' '.repeat(indent);
  const lines: string[] = [];
  let current = '';
  for (const piece of piecesOf(line.slice(before.length))) {
    const start = lines.length === 0 ? before : margin;
    const joined = current === '' ? start + piece : `${current} ${piece}`;
    if (current === '' || lengthOf(joined) <= width) {
      current = joined;
    } else {
      lines.push(current);
      current = margin + piece;
    }
  }
  return [...lines, current];
}

/** A program and its first word, up to the end of the line: a shell would run each half of it. */
const command =
  /(?:npx |(?:'[^']*node'|[^\s']*node) )?(?:'[^']*(?:camunda-backup|main\.js)'|[^\s']*(?:camunda-backup|main\.js)) (?:run|status|repair|watch|watchdog|demo)\b.*|curl -.*/;

function piecesOf(text: string): string[] {
  const found = command.exec(text);
  if (!found) return text.split(' ');
  const words = text.slice(0, found.index).split(' ').slice(0, -1);
  return [...words, found[0]];
}

function lengthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
