import type { Clock } from '../../core/clock.ts';
import { BackupError } from '../../core/errors.ts';
import type { Ledger } from '../../core/ledger/ledger.ts';
import type { Manifest } from '../../core/ledger/manifest.ts';
import { executionUrl } from '../../core/tell/alert-message.ts';
import type { StackCommands } from '../../deployment/commands.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { chooseDisplay } from '../screen/display.ts';
import { type Output, printError, printJson, printLine } from '../screen/output.ts';
import type { Display } from '../screen/plain-display.ts';
import type { ShownProcedure } from '../screen/shown-procedure.ts';
import { summary } from '../screen/summary.ts';
import { newView, type RunView } from '../screen/view.ts';
import { end } from '../screen/view-changes.ts';
import type { Aws } from './aws.ts';
import { goesOn, nameOfExecution, stackRunResult, type Unwatched, watchCommand } from './ending.ts';
import type { Ended, NewEvents } from './history.ts';
import type { Stopping } from './stopping.ts';
import { untilEnd } from './until-end.ts';

export interface FollowOptions {
  shown: ShownProcedure;
  executionArn: string;
  commands: StackCommands;
  /** The cluster, if it is known before the first look. */
  cluster?: string;
  /** True if this command has just started the execution. */
  startedHere: boolean;
  json: boolean;
  output: Output;
  stopping: Stopping;
  aws: Aws;
  ledger: Ledger;
  clock: Clock;
}

/** Watches an execution until it ends, or until a signal ends only the watching. Returns the exit code. */
export async function follow(following: FollowOptions): Promise<number> {
  const { commands, executionArn, output, stopping, clock, json } = following;
  let instant: number | undefined;
  const now = () => instant ?? clock.now();
  const display = await chooseDisplay(output, now);
  let view = newView(following.cluster ?? '');
  const beganAt = clock.now();
  let startedAt = beganAt;
  try {
    display.say(`Execution ${nameOfExecution(executionArn)}: ${executionUrl(executionArn) ?? executionArn}`);
    const watching = await watchToTheEnd(following, display, (events) => {
      if (events.started) {
        startedAt = events.started.at;
        view = { ...view, cluster: clusterOf(events.started.input) ?? view.cluster };
      }
      for (const seen of events.observations) {
        view = following.shown.after(view, seen);
        // A log shows the time of the event, and not the time at which it was read.
        instant = seen.at;
        if (!display.stays) display.update(view);
      }
      // The clock of AWS may be ahead of this one.
      instant = instant !== undefined && instant > clock.now() ? instant : undefined;
      display.update(view);
    });
    if (stopping.seen?.kind === 'bug') throw stopping.seen.error;
    const ended = 'ended' in watching ? watching.ended : undefined;
    if (ended) {
      instant = ended.at;
      view = end(view);
    }
    display.end(view);
    const manifest = ended ? await manifestOfExecution(following, view) : undefined;
    const backupId = view.plan?.run.backupId;
    const result = await stackRunResult(
      watching,
      view,
      {
        manifest,
        location: backupId === undefined ? null : following.ledger.manifestLocation(view.cluster, backupId),
        seconds: ((ended?.at ?? clock.now()) - startedAt) / 1000,
      },
      following,
    );
    if ('ended' in watching) {
      printLine(
        output.stderr,
        summary(result, manifest, { output, commands, withComponents: !display.stays }),
      );
      if (result.pausedSeconds === null) printLine(output.stderr, `  ${watchdogSentence(commands)}`);
    } else if (watching.status === 'UNKNOWN') {
      printError(output.stderr, watching.failure);
    } else {
      const { message, remedy } = watching.failure;
      printLine(output.stderr, `${message}. ${remedy}`);
    }
    if (json) printJson(output.stdout, result);
    // Only the watching was interrupted: the backup goes on, and resumes exporting itself.
    return result.state === 'INTERRUPTED' ? exitCodes.interrupted : exitCodeOf(result);
  } finally {
    display.end();
  }
}

/** Passes new events to `take` until the execution ends or the watching is stopped. */
async function watchToTheEnd(
  following: FollowOptions,
  display: Display,
  take: (events: NewEvents) => void,
): Promise<{ ended: Ended } | Unwatched> {
  const { shown, stopping } = following;
  const watching = { ...following, procedure: shown.procedure, signal: stopping.signal };
  const end = await untilEnd(watching, take, (text) => display.say(text));
  if ('ended' in end) return end;
  if ('error' in end) return lost(end.error, following, end.isKnown);
  return { status: 'INTERRUPTED', failure: goesOn(following) };
}

/** A failure of the watching says nothing about the backup, so its result is UNKNOWN once the run is known to exist. */
function lost(error: unknown, following: FollowOptions, isKnown: boolean): Unwatched {
  if (!(error instanceof BackupError) || !isKnown) throw error;
  return {
    status: 'UNKNOWN',
    failure: {
      error: error.name,
      message: `This command cannot watch the backup any longer, and the backup goes on: ${error.message}`,
      remedy: `${error.remedy ?? ''}\nThen: ${watchCommand(following)}`.trimStart(),
    },
  };
}

function clusterOf(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || !('cluster' in input)) return undefined;
  return typeof input.cluster === 'string' ? input.cluster : undefined;
}

async function manifestOfExecution(
  { ledger, executionArn, output }: FollowOptions,
  { plan }: RunView,
): Promise<Manifest | undefined> {
  if (!plan) return undefined;
  const { cluster, backupId } = plan.run;
  try {
    const manifest = await ledger.readManifest(cluster, backupId);
    return manifest?.runId === executionArn ? manifest : undefined;
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    printLine(output.stderr, `The manifest cannot be read from here: ${error.message}`);
    return undefined;
  }
}

function watchdogSentence(commands: StackCommands): string {
  return `The watchdog of the stack resumes it within five minutes and says so. See: ${commands.status()}`;
}
