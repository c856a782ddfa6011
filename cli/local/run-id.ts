import { randomBytes } from 'node:crypto';

/** A name for something that this process does, of which there is no other. */
export function newRunId(kind: 'local' | 'resume', now: number): string {
  return `${kind}-${new Date(now).toISOString().replace(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`;
}
