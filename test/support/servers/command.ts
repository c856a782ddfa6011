import { execFile } from 'node:child_process';

export interface CommandResult {
  code: number;
  /** stdout and stderr, as they came. */
  output: string;
}

/** Runs a program to its end. A program that cannot be started answers code -1. */
export function run(
  program: string,
  args: string[],
  options: { cwd?: string; timeoutMs?: number } = {},
): Promise<CommandResult> {
  const settings = {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    timeout: options.timeoutMs ?? 0,
    maxBuffer: 64 * 1024 * 1024,
  };
  return new Promise((resolve) => {
    execFile(program, args, settings, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, output: `${stdout}${stderr}` || (error?.message ?? '') });
    });
  });
}

/** Like run, but anything but exit code 0 is an error with the last lines of the output. */
export async function mustRun(
  program: string,
  args: string[],
  options: { cwd?: string } = {},
): Promise<string> {
  const { code, output } = await run(program, args, options);
  if (code !== 0) {
    const lastLines = output.trim().split('\n').slice(-15).join('\n');
    throw new Error(`${program} ${args.join(' ')} failed (${code}):\n${lastLines}`);
  }
  return output;
}
