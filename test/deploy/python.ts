import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from '../support/servers/cache.ts';
import { mustRun, run } from '../support/servers/command.ts';

const wanted = '3.11';
const candidates = [`python${wanted}`, 'python3'];

/** The program of Python 3.11, or the sentence that says why there is none. */
export async function findPython(): Promise<{ program: string } | string> {
  for (const program of candidates) {
    const code = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])";
    const { code: exit, output } = await run(program, ['-c', code], { timeoutMs: 20_000 });
    if (exit === 0 && output.trim() === wanted) return { program };
  }
  return `Python ${wanted} with venv and pip was not found (looked at ${candidates.join(', ')})`;
}

/**
 * The folder of an environment in the cache that holds the packages of a file; installs them when it is not there.
 * The file names every package with its version. A changed file is another environment.
 */
export async function pythonEnvironment(python: string, name: string, requirements: string): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return await cached(`${name}-${hash}`, async (scratch) => {
    const environment = join(scratch, 'environment');
    await mustRun(python, ['-m', 'venv', environment]);
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
    const pip = ['-m', 'pip', 'install', ...quiet, '--no-deps', '-r', requirements];
    await mustRun(pythonOf(environment), pip);
    return environment;
  });
}

/** The Python of an environment. Its other programs name the folder in which they were made, so Python starts them. */
export function pythonOf(environment: string): string {
  return join(environment, 'bin', 'python');
}
