import { Writable } from 'node:stream';
import type { Output } from '../../cli/screen/output.ts';

/** The output of a command. */
export interface Written {
  output: Output;
  stdout(): string;
  stderr(): string;
  json(): unknown;
}

/** An output with two pipes. */
export function written(seen: () => void = () => {}): Written {
  const texts = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof texts) =>
    new Writable({
      write(chunk: Buffer, _, done) {
        texts[name] += chunk.toString();
        done();
        seen();
      },
    });
  return {
    output: { stdout: stream('stdout'), stderr: stream('stderr'), env: {} },
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    json: () => JSON.parse(texts.stdout.trim().split('\n').at(-1) ?? ''),
  };
}
