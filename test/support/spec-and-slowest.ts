import { relative } from 'node:path';
import { Readable } from 'node:stream';
import { spec, type TestEvent } from 'node:test/reporters';

const shown = 10;

/** A reporter for `node --test`: what `spec` prints, and then the tests that took longest. */
export default async function* specAndSlowest(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const tests: { name: string; file: string; seconds: number }[] = [];
  const watched = async function* () {
    for await (const event of source) {
      if ((event.type === 'test:pass' || event.type === 'test:fail') && event.data.details.type !== 'suite') {
        const { name, file = '', details } = event.data;
        tests.push({ name, file: relative('.', file), seconds: details.duration_ms / 1000 });
      }
      yield event;
    }
  };
  yield* Readable.from(watched()).pipe(new spec());
  const slowest = tests.toSorted((a, b) => b.seconds - a.seconds).slice(0, shown);
  const lines = slowest.map(
    ({ seconds, file, name }) => `${seconds.toFixed(1).padStart(6)} s  ${file}: ${name}\n`,
  );
  yield `\nThe slowest tests:\n${lines.join('')}`;
}
