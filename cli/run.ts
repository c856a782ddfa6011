import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { heldBy, repair } from '../core/backup/repair.ts';
import type { ClusterConfig, Config } from '../core/config.ts';
import { lock as lockSchema } from '../core/ledger/lock.ts';
import type { Manifest } from '../core/ledger/manifest.ts';
import { isOwnerAlive } from '../core/ledger/owner.ts';
import { splitRemedy } from '../lambdas/handler.ts';
import { type Observation, type Outcome, type Running, startExecution } from './engine.ts';
import { exitCodes } from './exit-codes.ts';
import { localContext } from './local-context.ts';
import { type Output, printLine } from './output.ts';
import { type Display, plainDisplay } from './plain-display.ts';
import { componentsOf, type RunResult, summary } from './summary.ts';
import { apply, end, newView } from './view.ts';

export interface RunOptions {
  config: Config;
  cluster: { name: string; cluster: ClusterConfig };
  backupId?: number;
  reason: string;
  json: boolean;
  output: Output;
  /** Calls `listener` at every SIGINT, SIGTERM or SIGHUP; returns how to stop that. */
  onSignal: (listener: (signal: string) => void) => () => void;
  /** Ends the process at once: the answer to a second signal. */
  exitNow: (code: number) => void;
}

/** Runs a backup in this process, from the state machine's first state to its last. Returns the exit code. */
export async function runBackup(options: RunOptions): Promise<number> {
  const { output, config, onSignal } = options;
  const cluster = options.cluster.name;
  const interrupt = new AbortController();
  const { context, close } = localContext(config, { interrupt: interrupt.signal });
  const now = () => context.clock.now();
  const startedAt = now();
  const runId = `local-${new Date(startedAt).toISOString().replace(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`;
  const display = await chooseDisplay(options, now);
  const view = newView(cluster);
  const observe = (seen: Observation) => {
    apply(view, seen);
    display.update(view);
  };

  await repairWhatIsLeft(cluster, context, display);
  const request = {
    cluster,
    reason: options.reason,
    ...(options.backupId === undefined ? {} : { backupId: options.backupId }),
  };
  let running: Running = startExecution({ context, runId, input: request, observe });
  let interrupted = false;
  const stopListening = onSignal((signal) => {
    if (interrupted) {
      const { pausedAt, resumedAt } = view;
      const paused = pausedAt !== undefined && resumedAt === undefined;
      printLine(
        output.stderr,
        paused ? leftPaused(cluster, options.cluster.cluster) : 'Ended. Exporting is not paused.',
      );
      options.exitNow(exitCodes.interrupted);
      return;
    }
    interrupted = true;
    display.say(`${signal}: resuming exporting before the end. Once more ends at once.`);
    interrupt.abort();
    stopped.resolve();
  });
  const stopped = Promise.withResolvers<void>();

  try {
    let outcome = await Promise.race([running.result, stopped.promise]);
    if (!outcome || interrupted) {
      await running.stop();
      // The rest of the state machine from where a failure enters it; its calls wait for their answers.
      const undo = localContext(config);
      running = startExecution({
        context: undo.context,
        runId,
        observe,
        ...(view.plan
          ? { startAt: 'ResumeExportingAfterFailure', input: { ...view.plan, failure: interruption } }
          : { startAt: 'RecordFailureToPrepare', input: { ...request, failure: interruption } }),
      });
      await running.result;
      await undo.close();
      outcome = { status: 'INTERRUPTED' };
    }
    end(view);
    await display.end(view);
    const backupId = view.plan?.run.backupId;
    const manifest =
      backupId === undefined ? undefined : await context.ledger.readManifest(cluster, backupId);
    const result = resultOf(outcome, cluster, manifest, {
      durationSeconds: (now() - startedAt) / 1000,
      pausedSeconds: pausedSeconds(view.pausedAt, view.resumedAt),
      location: backupId === undefined ? null : context.ledger.manifestLocation(cluster, backupId),
    });
    printLine(output.stderr, summary(result, manifest, output));
    if (options.json) printLine(output.stdout, JSON.stringify(result));
    return exitCodeOf(result);
  } finally {
    stopListening();
    await close();
  }
}

const interruption = { Error: 'Interrupted', Cause: 'The run was interrupted by a signal' };

/** Failures that the one who started the run caused: nothing was touched. */
const wrongUse = new Set(['ConfigurationError', 'SecretUnavailable', 'BackupIdRefused']);

function exitCodeOf({ state, failure }: RunResult): number {
  if (state === 'COMPLETED') return exitCodes.done;
  if (state === 'SKIPPED') return exitCodes.lockHeld;
  if (state === 'INTERRUPTED') return exitCodes.interrupted;
  return wrongUse.has(failure?.error ?? '') ? exitCodes.usage : exitCodes.failed;
}

async function chooseDisplay({ output }: RunOptions, now: () => number): Promise<Display> {
  if (!output.stderr.isTTY) return plainDisplay(output, now);
  const { terminalDisplay } = await import('./terminal-display.ts');
  return terminalDisplay(output, now);
}

/** A lock whose owner is gone, from this host, is put right before anything else: exporting may be paused. */
async function repairWhatIsLeft(
  cluster: string,
  context: Parameters<typeof repair>[2],
  display: Display,
): Promise<void> {
  const lock = await context.ledger.readLock(cluster);
  if (!lock || isOwnerAlive(lock.owner) !== 'gone') return;
  display.say(`${heldBy(lock, 'gone').message} That process is gone: putting right what it left.`);
  const repaired = await repair(cluster, { force: false }, context);
  const exporting =
    repaired?.exporting === 'not-paused' ? 'Exporting was not paused.' : 'Exporting is resumed.';
  display.say(`${exporting} The backup ${lock.backupId ?? ''} is marked FAILED, the lock is free.`);
}

const skippedOutput = z.object({ outcome: z.literal('SKIPPED'), heldBy: lockSchema });

function pausedSeconds(pausedAt: number | undefined, resumedAt: number | undefined): number | null {
  if (pausedAt === undefined) return 0;
  return resumedAt === undefined ? null : (resumedAt - pausedAt) / 1000;
}

function leftPaused(cluster: string, { zeebe }: ClusterConfig): string {
  return [
    `EXPORTING OF ${cluster} IS LEFT PAUSED: Zeebe cannot compact its log until it is resumed.`,
    `Run: camunda-backup repair --cluster ${cluster}`,
    `or by hand: curl -X POST ${zeebe.url}/actuator/exporting/resume`,
  ].join('\n');
}

function resultOf(
  outcome: Outcome,
  cluster: string,
  manifest: Manifest | undefined,
  measured: { durationSeconds: number; pausedSeconds: number | null; location: string | null },
): RunResult {
  const common = {
    backupId: manifest?.backupId ?? null,
    cluster,
    durationSeconds: measured.durationSeconds,
    pausedSeconds: measured.pausedSeconds,
    components: componentsOf(manifest),
    manifest: manifest ? measured.location : null,
    warnings: manifest?.warnings ?? [],
  };
  if (outcome.status === 'FAILED') {
    const failure = manifest?.failure ?? { error: outcome.error, ...splitRemedy(outcome.cause) };
    return { ...common, state: 'FAILED', failure };
  }
  if (outcome.status === 'INTERRUPTED')
    return { ...common, state: 'INTERRUPTED', failure: manifest?.failure ?? null };
  const skipped = skippedOutput.safeParse(outcome.output);
  if (!skipped.success) return { ...common, state: 'COMPLETED', failure: null };
  const { message, remedy, name } = heldBy(skipped.data.heldBy, isOwnerAlive(skipped.data.heldBy.owner));
  return { ...common, state: 'SKIPPED', failure: { error: name, message, ...(remedy ? { remedy } : {}) } };
}
