import { type Replicas, replicasThat } from '../components/zeebe/exporting.ts';
import type { ExportingTarget } from '../components/zeebe/exporting-target.ts';
import { resumeByHand } from '../connect/by-hand.ts';
import { BackupError } from '../errors.ts';

/**
 * Makes the error for a pause of exporting that is not this run's own; undefined if no replica is paused. `resume` is
 * the command that ends an unneeded pause.
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
    `Exporting is already paused, and not by this run: ${paused}`,
    {
      remedy: `Find out who paused it: a person, another tool, or a run of another ledger, which may still be in progress. If the pause is not needed, this command checks that again and ends it: ${resume}\n${resumeByHand(target)}\nThen start again.`,
    },
  );
}
