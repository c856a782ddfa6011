import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as z from 'zod';
import { commandLine } from '../../cli/command-line.ts';
import { fakeHost, main, type Surroundings, withoutNpm } from './host.ts';
import { written } from './written.ts';

/** The object in the last line of `run --json`. */
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
  /** Only for a run with `--json`. */
  json(): z.infer<typeof jsonResult>;
}

/** The environment of a process with the waits of `shortWaits` in waits.ts. */
export const shortWaitsOfProcess = {
  NODE_OPTIONS: `--import=${new URL('./short-waits.ts', import.meta.url).href}`,
};

export interface Command {
  /** Resolves with the match when a matching text is printed. Throws if the command ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<Ended>;
  /** Sends a signal. A command in this process gets only the signals that it listens to. */
  kill(signal: NodeJS.Signals): void;
}

/** A command in a process of its own. */
export interface Spawned extends Command {
  child: ChildProcess;
}

/** Calls the command line in this process, as a user would start it, but without the cost of a process. */
export function callCommandLine(args: string[], surroundings: Surroundings = {}): Command {
  const watched = watching();
  const screen = written(watched.look);
  const host = fakeHost(args, surroundings, screen);
  const read = () => ({ stdout: screen.stdout(), stderr: screen.stderr() });
  const ended = commandLine(host).then((code) => endedOf(code, null, read()));
  return {
    ended,
    printed: watched.printed(read, ended),
    kill: (signal) => host.send(signal),
  };
}

/** Starts the command line that `npm run build` made, or the one of `program`, as a user would. */
export function camundaBackup(
  args: string[],
  { program = main, env, ...options }: { program?: string; cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Spawned {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
    env: { ...withoutNpm(process.env), ...env },
  });
  const watched = watching();
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
      watched.look();
    });
  }
  const ended = once(child, 'close').then(() => endedOf(child.exitCode, child.signalCode, texts));
  return {
    child,
    ended,
    printed: watched.printed(() => texts, ended),
    kill: (signal) => {
      child.kill(signal);
    },
  };
}

type Texts = Pick<Ended, 'stdout' | 'stderr'>;

export function endedOf(code: Ended['code'], signal: Ended['signal'], { stdout, stderr }: Texts): Ended {
  return {
    code,
    signal,
    stdout,
    stderr,
    json: () => jsonResult.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')),
  };
}

/** Waits for a text in the output. */
function watching() {
  const watchers = new Set<() => void>();
  return {
    look: () => {
      for (const watch of watchers) watch();
    },
    printed: (read: () => Texts, ended: Promise<unknown>) => (pattern: RegExp) =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const look = () => {
          const { stdout, stderr } = read();
          const found = pattern.exec(stdout + stderr);
          if (!found) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
        const never = () =>
          reject(new Error(`The command ended without printing ${pattern}:\n${read().stderr}`));
        ended.then(never, reject);
      }),
  };
}
