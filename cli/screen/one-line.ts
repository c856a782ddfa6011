/**
 * Joins several problems in one line, without a full stop at the end. A problem that begins with a capital letter is a
 * sentence of its own; any other continues the sentence before it.
 */
export function inOneLine(problems: string[]): string {
  return problems
    .map((problem) => problem.replace(/\.+$/, ''))
    .map((problem, index) => {
      if (index === 0) return problem;
      return `${/^\p{Lu}/u.test(problem) ? '. ' : '; '}${problem}`;
    })
    .join('');
}
