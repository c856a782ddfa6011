import type { ComponentName } from '../core/components/kinds.ts';
import type { Failure, Manifest } from '../core/ledger/manifest.ts';

/** What a run came to: the object of `--json`, and what the summary is printed from. */
export interface RunResult {
  backupId: number | null;
  /** null where it could not be known, such as after a wrong option. */
  cluster: string | null;
  /** UNKNOWN: the run has ended, or goes on, and what came of it was not seen. */
  state: 'COMPLETED' | 'FAILED' | 'SKIPPED' | 'INTERRUPTED' | 'UNKNOWN';
  durationSeconds: number;
  /**
   * From the request of the pause to the answer of the resume. 0 only where it is known that this run has not paused;
   * null where nothing is known of it, or no end of the pause was seen.
   */
  pausedSeconds: number | null;
  components: {
    component: ComponentName;
    state: string;
    parts: number;
    durationSeconds: number | null;
  }[];
  /** Where the manifest is. */
  manifest: string | null;
  failure: Failure | null;
  warnings: string[];
}

export function componentsOf(manifest: Manifest | undefined): RunResult['components'] {
  return (manifest?.expectedComponents ?? []).map((component) => {
    const entry = manifest?.components.find((one) => one.component === component);
    const { startedAt, endedAt } = entry ?? {};
    return {
      component,
      state: entry?.state ?? 'NOT_STARTED',
      parts: entry?.parts?.length ?? 0,
      durationSeconds: startedAt && endedAt ? (Date.parse(endedAt) - Date.parse(startedAt)) / 1000 : null,
    };
  });
}

/** What a command answers to `--json` that an error ended: nothing is known of a pause. */
export function failedResult(cluster: string | null, failure: Failure, durationSeconds: number): RunResult {
  return {
    backupId: null,
    cluster,
    state: 'FAILED',
    durationSeconds,
    pausedSeconds: null,
    components: [],
    manifest: null,
    failure,
    warnings: [],
  };
}
