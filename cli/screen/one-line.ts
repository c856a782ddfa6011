/**
 * Several problems in one line. Each is a sentence or a part of one: what begins with a capital letter is a sentence of
 * its own. Without a full stop at the end.
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
