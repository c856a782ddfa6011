import * as z from 'zod';
import { recordFailure as record } from '../core/backup/finish.ts';
import { reportFailed } from '../core/backup/report.ts';
import { handler, splitRemedy } from './handler.ts';

/** What a Catch puts into the state: an error's name, and its message or (from Lambda) a JSON of it. */
const caught = z.object({ Error: z.string(), Cause: z.string().default('') });
const lambdaCause = z.object({ errorMessage: z.string() });

/** The state of the run: a plan, or (where preparing failed) still the request. */
const failedState = z.object({
  run: z.object({ cluster: z.string() }).optional(),
  cluster: z.string().catch('unknown'),
  failure: caught,
});

/** RecordFailure: `{ state, runId }` → `{ Error, Cause }` for the Fail state, the cause as a sentence */
export const recordFailure = handler(
  z.strictObject({ state: failedState, runId: z.string() }),
  async ({ state, runId }, context) => {
    const { failure } = state;
    const cluster = state.run?.cluster ?? state.cluster;
    const text = sentenceOf(failure.Cause);
    const why = { error: failure.Error, ...splitRemedy(text) };
    const manifest = await record({ cluster, runId }, why, context);
    await reportFailed({ cluster, runId, failure: why }, manifest, context);
    return { Error: failure.Error, Cause: text };
  },
);

function sentenceOf(cause: string): string {
  try {
    return lambdaCause.parse(JSON.parse(cause)).errorMessage;
  } catch {
    return cause;
  }
}
