/** The names of the requests that occupy a thread of Node's pool: calls to files, and look-ups of host names. */
const inThreads = /^(FSReq|FileHandleCloseReq|GetAddrInfoReq)/;

/**
 * Ends this process with `code`, even if a silent file server blocks one of its threads. `process.exit` would wait for
 * that thread; so another program replaces this one, which ends the threads, and exits with the code.
 */
export function endNow(code: number): void {
  if (!process.getActiveResourcesInfo().some((name) => inThreads.test(name))) process.exit(code);
  process.emit('exit', code);
  const args = [process.execPath, '--eval', `process.exit(${code})`];
  // execve exists since Node 22.15, and not on Windows. Without it, the process is killed and the exit code is lost.
  process.execve?.(process.execPath, args, { ...process.env, NODE_OPTIONS: '' });
  process.kill(process.pid, 'SIGKILL');
}
