import { fork } from 'node:child_process';
import * as z from 'zod';
import { cleanUp } from './clean-up.ts';
import { type Ended, endedOf } from './command.ts';

const answer = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });

/**
 * Starts one process for many commands, with the waits of `shortWaits`. A preloaded module (`--import`) needs a process
 * of its own, and a process costs more time than most commands. The commands run one after another.
 */
export function commandProcess(preload: string, env: NodeJS.ProcessEnv) {
  const program = new URL('./command-process-child.ts', import.meta.url).pathname;
  const child = fork(program, {
    execArgv: ['--no-warnings', `--import=${preload}`],
    env: { ...process.env, ...env },
  });
  const gone = Promise.withResolvers<never>();
  gone.promise.catch(() => undefined);
  child.on('exit', (code) => gone.reject(new Error(`The process of the commands ended with ${code}`)));
  cleanUp(async () => {
    child.kill('SIGKILL');
    await gone.promise.catch(() => undefined);
  });
  return {
    async ended(args: string[], cwd: string): Promise<Ended> {
      const answered = Promise.withResolvers<unknown>();
      child.once('message', answered.resolve);
      child.send({ args, cwd });
      const { code, ...texts } = answer.parse(await Promise.race([answered.promise, gone.promise]));
      return endedOf(code, null, texts);
    },
  };
}
