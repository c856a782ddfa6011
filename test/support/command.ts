import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter } from 'node:path';
import * as z from 'zod';

/** The last line of `run --json`, as scripts read it. */
const jsonResult = z.object({
  format: z.literal(1),
  backupId: z.number().nullable(),
  cluster: z.string().nullable(),
  state: z.enum(['COMPLETED', 'FAILED', 'SKIPPED', 'INTERRUPTED', 'UNKNOWN']),
  durationSeconds: z.number(),
  pausedSeconds: z.number().nullable(),
  components: z.array(z.object({ component: z.string(), state: z.string(), parts: z.number() })),
  manifest: z.string().nullable(),
  failure: z.object({ error: z.string(), message: z.string(), remedy: z.string().optional() }).nullable(),
  warnings: z.array(z.string()),
});

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Of a `--json` run. */
  json(): z.infer<typeof jsonResult>;
}

/** An environment in which a command does not wait before it repeats a state or tries a backup again. */
export const shortWaits = {
  NODE_OPTIONS: `--import=${new URL('./short-waits.ts', import.meta.url).href}`,
};

export interface Command {
  child: ChildProcess;
  /** Resolves with what matched when this was printed; throws when the command ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<Ended>;
}

/** `npm test` leaves its marks, by which a command would take itself for one that npm has started. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !/^npm_|^INIT_CWD$/.test(name));
  const folders = (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !/node_modules.\.bin$|node-gyp-bin$/.test(folder));
  return { ...Object.fromEntries(own), PATH: folders.join(delimiter) };
}

/** Starts the command line that `npm run build` made, as a user would. */
export function camundaBackup(
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Command {
  const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
    env: { ...withoutNpm(process.env), ...options.env },
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  const take = (text: string) => {
    for (const watch of watchers) watch();
    return text;
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    take(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    take(text);
  });
  const ended = once(child, 'close').then((): Ended => {
    take('');
    return {
      code: child.exitCode,
      signal: child.signalCode,
      stdout,
      stderr,
      json: () => jsonResult.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')),
    };
  });
  return {
    child,
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(stdout + stderr);
          if (found === null && child.exitCode === null && child.signalCode === null) return;
          watchers.delete(look);
          if (found) resolve(found);
          else reject(new Error(`The command ended without printing ${pattern}:\n${stderr}`));
        };
        watchers.add(look);
        look();
      }),
  };
}
