import { randomBytes } from 'node:crypto';

/** A unique name for a run, or for a resume by this process. */
export function newRunId(kind: 'local' | 'resume' | 'verify', now: number): string {
  return `${kind}-${new Date(now).toISOString().replace(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`;
}
