import { delimiter } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Host } from '../../cli/host.ts';
import type { Ending } from '../../cli/signals.ts';
import { type Written, written } from './written.ts';

/** The command line that `npm run build` has built. */
export const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** The environment without the variables of `npm test`, because a command would think that npm has started it. */
export function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(
    ([name]) => !/^npm_|^INIT_CWD$|^JEST_WORKER_ID$|^NODE_ENV$/.test(name),
  );
  const folders = (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !/node_modules.\.bin$|node-gyp-bin$/.test(folder));
  return { ...Object.fromEntries(own), PATH: folders.join(delimiter) };
}

export interface Surroundings {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  waits?: Host['waits'];
}

const heard: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export interface FakeHost extends Host {
  /** Sends only signals that the command listens to. */
  send(signal: NodeJS.Signals): void;
}

/** A host that looks to a command like a process of its own, without a terminal, with the built program. */
export function fakeHost(
  args: string[],
  { cwd = process.cwd(), env: more = {}, waits }: Surroundings,
  { output }: Pick<Written, 'output'> = written(),
): FakeHost {
  if (more['NODE_OPTIONS']) throw new Error('NODE_OPTIONS are those of a process: start one');
  const env = { ...withoutNpm(process.env), ...more };
  const endings = new Set<(ending: Ending) => void>();
  const suspensions = new Set<() => void>();
  const listening =
    <T>(listeners: Set<T>) =>
    (listener: T) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    };
  return {
    args,
    main,
    execPath: process.execPath,
    execArgv: [],
    cwd,
    env,
    input: new PassThrough().end(),
    output: { ...output, env },
    onEnding: listening(endings),
    onSuspension: listening(suspensions),
    exitNow: (code) => {
      throw new Error(`It was to end at once with ${code}: only a process can`);
    },
    ...(waits ? { waits } : {}),
    send(signal) {
      const isHeard =
        signal === 'SIGTSTP' ? suspensions.size > 0 : heard.includes(signal) && endings.size > 0;
      if (!isHeard) throw new Error(`${signal} would be the end of the process: start one`);
      if (signal === 'SIGTSTP') for (const listener of suspensions) listener();
      else for (const listener of endings) listener({ kind: 'signal', signal });
    },
  };
}
