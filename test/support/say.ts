/** Prints a line beside the tests: what a person wants to read of a run, and no assertion can hold. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
