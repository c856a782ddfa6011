import { stripVTControlCharacters } from 'node:util';

/** Joins a message of several lines, such as a list of reasons, in one line, without losing a part of it. */
export function oneLine(text: string): string {
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '');
  const isList = lines.slice(1).every((line) => line.startsWith('- '));
  const [first = '', ...rest] = lines.map((line) => line.replace(/^- /, ''));
  if (first.endsWith(':')) return `${first} ${rest.join('; ')}`.trimEnd();
  return [first, ...rest].join(isList ? '; ' : ' ');
}

/** Breaks a text into lines of at most `width` letters, between words if possible, and within a word that is longer. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const letters = [...word];
    const joined = line === '' ? word : `${line} ${word}`;
    if ([...joined].length <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    while (letters.length > width) lines.push(letters.splice(0, width).join(''));
    line = letters.join('');
  }
  return [...lines, line];
}

/** The rest of a wait in whole seconds, because a number that is drawn eight times a second must not flicker. */
export function secondsLeft(milliseconds: number): number {
  return Math.max(0, Math.ceil(milliseconds / 1000));
}
