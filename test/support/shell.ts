import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';

/** The environment of a person's shell, without the variables of the npm that runs these tests. */
export const personal: NodeJS.ProcessEnv = {
  ...Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => name.startsWith('npm_') || name === 'INIT_CWD')
      .map((name) => [name, undefined]),
  ),
  PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
};

export interface Shell {
  cwd: string;
  env?: NodeJS.ProcessEnv;
}

/** Types a line into a shell. */
export async function typed(line: string, { cwd, env = personal }: Shell) {
  const child = spawn('/bin/sh', ['-c', line], { cwd, env: { ...process.env, ...env } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
  }
  await once(child, 'close');
  return { code: child.exitCode, text };
}
