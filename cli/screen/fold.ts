import { stripVTControlCharacters } from 'node:util';

/** In columns. Folding does not help in less than this. */
const narrowest = 20;

/**
 * Breaks long lines between words, where a terminal would break them within a word. Further lines have the indentation
 * of the first and `indent` more. A command, and a word that is longer than a line, stay whole so that they can be
 * pasted.
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

/** A program, its first word and the rest of the line. If it were broken, a shell would run each half. */
const command =
  /(?:npx |(?:'[^']*node'|[^\s']*node) )?(?:'[^']*(?:camunda-backup|main\.js)'|[^\s']*(?:camunda-backup|main\.js)) (?:run|status|list|show|verify|check|alert-test|repair|watch|watchdog|demo)\b.*|curl -.*/;

function piecesOf(text: string): string[] {
  const found = command.exec(text);
  if (!found) return text.split(' ');
  const words = text.slice(0, found.index).split(' ').slice(0, -1);
  return [...words, found[0]];
}

function lengthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
