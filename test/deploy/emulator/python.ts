import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from '../../real/servers/cache.ts';
import { mustRun, run } from '../../real/servers/command.ts';
import { hostModeFile } from './files.ts';

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

const requirements = hostModeFile('requirements.txt');
const inCache = `localstack-${createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)}`;

/** The Python of an environment in the cache that holds LocalStack; installs it when it is not there: 520 MB, a minute. */
export async function localStackPython(python: string): Promise<string> {
  const folder = await cached(inCache, async (scratch) => {
    const environment = join(scratch, 'environment');
    await mustRun(python, ['-m', 'venv', environment]);
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
    const pip = ['-m', 'pip', 'install', ...quiet, '--no-deps', '-r', requirements];
    await mustRun(join(environment, 'bin', 'python'), pip);
    return environment;
  });
  // its scripts name the folder in which they were made; python itself finds its packages wherever it is
  return join(folder, 'bin', 'python');
}
