import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { cdkProgram } from './files.ts';
import type { Emulator } from './start.ts';

export interface CdkResult {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs the project's own `cdk` against the emulator, without any AWS setting of the caller: it cannot reach an
 * account. The app that it starts finds this process's Node first.
 */
export async function cdk(
  emulator: Emulator,
  args: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<CdkResult> {
  const child = spawn(process.execPath, [cdkProgram, ...args], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...withoutAws(), ...emulator.environment, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code: typeof code === 'number' ? code : -1, stdout, stderr };
}

function withoutAws(): Record<string, string> {
  const others = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || /^(AWS|CDK)_/.test(name) ? [] : [[name, value] as const],
  );
  const path = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  return { ...Object.fromEntries(others), PATH: path };
}
