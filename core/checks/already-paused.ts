import { type Replicas, replicasThat } from '../components/zeebe/exporting.ts';
import type { ExportingTarget } from '../components/zeebe/exporting-target.ts';
import { resumeByHand } from '../connect/by-hand.ts';
import { BackupError } from '../errors.ts';

/**
 * That somebody has paused exporting who is not this run; undefined where nobody is seen to have. `resume` is the
 * command that ends a pause that nobody needs.
 */
export function alreadyPaused(
  replicas: Replicas,
  target: Pick<ExportingTarget, 'url' | 'auth' | 'tls'>,
  resume: string,
): BackupError | undefined {
  const [paused] = replicasThat(replicas, 'PAUSED', 'SOFT_PAUSED', 'MIXED');
  if (!paused) return undefined;
  return new BackupError(
    'ExportingAlreadyPaused',
    `Exporting is paused already, and not by this run: ${paused}`,
    {
      remedy: `Find out who paused it: a person, another tool, or a run of another ledger, which may be at work. If nobody needs the pause, this looks whether anybody does, and ends it: ${resume}\n${resumeByHand(target)}\nThen start again.`,
    },
  );
}
