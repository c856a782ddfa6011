import type { ComponentName } from '../core/components/kinds.ts';
import type { Failure, Manifest } from '../core/ledger/manifest.ts';

/** The result of a run. It is the object of `--json`, and the summary is printed from it. */
export interface RunResult {
  backupId: number | null;
  /** null if it is not known, for example after a wrong option. */
  cluster: string | null;
  /** UNKNOWN: the run has ended or goes on, and its result was not seen. */
  state: 'COMPLETED' | 'FAILED' | 'SKIPPED' | 'INTERRUPTED' | 'UNKNOWN';
  durationSeconds: number;
  /**
   * The time from the request of the pause to the answer of the resume. It is 0 only if this run has certainly not
   * paused, and null if a pause is not known or its end was not seen.
   */
  pausedSeconds: number | null;
  components: {
    component: ComponentName;
    state: string;
    parts: number;
    durationSeconds: number | null;
  }[];
  /** The location of the manifest. */
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

/** The object of `--json` for a command that an error ended. It does not know whether exporting was paused. */
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
