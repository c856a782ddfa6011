/** What is at work in the threads of Node's pool: files, and looking up the addresses of hosts. */
const inThreads = /^(FSReq|FileHandleCloseReq|GetAddrInfoReq)/;

/**
 * Ends this process with `code`, also when a file server keeps one of its threads: `process.exit` waits for each of
 * them. Another program takes the place of this one then, which ends the threads, and ends with the code.
 */
export function endNow(code: number): void {
  if (!process.getActiveResourcesInfo().some((name) => inThreads.test(name))) process.exit(code);
  process.emit('exit', code);
  const args = [process.execPath, '--eval', `process.exit(${code})`];
  // Node has it from 22.15 on, and not on Windows. Without it nothing can end the threads and keep the code.
  process.execve?.(process.execPath, args, { ...process.env, NODE_OPTIONS: '' });
  process.kill(process.pid, 'SIGKILL');
}
