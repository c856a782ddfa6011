/** Prints a line beside the tests, for facts that a person wants to read and that no assertion can hold. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
