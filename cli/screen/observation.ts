import * as z from 'zod';
import { forEachStage } from '../../core/components/stages.ts';

/** An event of a Task state, from the engine of this process or from the history of an execution. */
export type Observation = { state: string; function: string; at: number } & (
  | { type: 'called'; input: unknown }
  | { type: 'answered'; input: unknown; output: unknown }
  | { type: 'threw'; input: unknown; error: Error }
);

/**
 * An observation as far as this version understands it. A newer stack may send more: unknown fields are ignored, and an
 * answer that cannot be read changes nothing on the screen. Instants are milliseconds since 1970.
 */
export type Seen = {
  state: string;
  at: number;
  /** The component whose backup the call is about, if it is about one. */
  component: string | undefined;
} & (
  | { type: 'called'; function: string }
  | { type: 'threw'; function: string; error: Error }
  | ({ type: 'answered' } & Answer)
);

type Answer =
  | { function: 'PrepareBackup'; plan: ShownPlan | undefined }
  | { function: 'PauseExporting' }
  | { function: 'ResumeExporting'; resumed: z.infer<typeof resumed>['resumed'] | undefined }
  | { function: 'CompleteBackup'; completed: unknown }
  | { function: 'RecordFailure'; recorded: z.infer<typeof recorded> | undefined }
  | { function: 'DeleteFailedBackup' }
  /** Any other function. That of a component answers with the progress of its backup. */
  | { function: 'other'; progress: z.infer<typeof progress> | undefined };

const shownTarget = z.looseObject({ component: z.string(), version: z.string().optional() });
const shownPlan = z.looseObject({
  run: z.looseObject({ cluster: z.string(), backupId: z.int() }),
  attempt: z.int(),
  order: z.enum(['PAUSE_FIRST', 'APPLICATIONS_FIRST']),
  ...forEachStage(z.array(shownTarget)),
});
/** The shown part of a plan. It keeps the other fields, because the way back needs the whole plan. */
export type ShownPlan = z.infer<typeof shownPlan>;

const componentCall = z.object({ target: z.object({ component: z.string() }) });
const progress = z.object({
  state: z.string(),
  partsDone: z.int(),
  partsExpected: z.int().optional(),
  remark: z.string().optional(),
});
const componentAnswer = z.object({ progress });
const resumed = z.object({ resumed: z.enum(['proven', 'answered', 'not-paused']) });
const recorded = z.object({
  outcome: z.enum(['TRY_AGAIN', 'FAILED', 'COMPLETED']),
  completed: z.unknown().optional(),
  notWritten: z.boolean().default(false),
});

/** Reads an observation. */
export function seenIn(observation: Observation): Seen {
  const { state, at, input } = observation;
  const component = componentCall.safeParse(input).data?.target.component;
  const about = { state, at, component };
  switch (observation.type) {
    case 'called':
      return { ...about, type: 'called', function: observation.function };
    case 'threw':
      return { ...about, type: 'threw', function: observation.function, error: observation.error };
    case 'answered':
      return { ...about, type: 'answered', ...answerOf(observation.function, observation.output) };
  }
}

function answerOf(name: string, output: unknown): Answer {
  switch (name) {
    case 'PrepareBackup':
      // The answer SKIPPED is no plan, so no steps follow.
      return { function: name, plan: shownPlan.safeParse(output).data };
    case 'ResumeExporting':
      return { function: name, resumed: resumed.safeParse(output).data?.resumed };
    case 'CompleteBackup':
      return { function: name, completed: output };
    case 'RecordFailure':
      return { function: name, recorded: recorded.safeParse(output).data };
    case 'PauseExporting':
    case 'DeleteFailedBackup':
      return { function: name };
    default:
      return { function: 'other', progress: componentAnswer.safeParse(output).data?.progress };
  }
}
