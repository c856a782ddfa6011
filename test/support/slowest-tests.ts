import { relative } from 'node:path';
import type { Reporter, Test, TestResult } from '@jest/reporters';

const shown = 10;

/** A reporter for Jest that prints the slowest tests at the end. */
export default class SlowestTests implements Reporter {
  readonly #tests: { name: string; file: string; seconds: number }[] = [];

  onTestResult({ path }: Test, { testResults }: TestResult): void {
    for (const { fullName, duration, status } of testResults) {
      if (status !== 'passed' && status !== 'failed') continue;
      this.#tests.push({ name: fullName, file: relative('.', path), seconds: (duration ?? 0) / 1000 });
    }
  }

  onRunComplete(): void {
    const slowest = this.#tests.toSorted((a, b) => b.seconds - a.seconds).slice(0, shown);
    const lines = slowest.map(
      ({ seconds, file, name }) => `${seconds.toFixed(1).padStart(6)} s  ${file}: ${name}\n`,
    );
    process.stderr.write(`\nThe slowest tests:\n${lines.join('')}`);
  }
}
